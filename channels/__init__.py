"""Everything about platforms, nothing about conversations."""
