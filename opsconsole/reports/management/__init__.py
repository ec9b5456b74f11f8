"""Commands that read across the apps."""
