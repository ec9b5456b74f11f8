"""Against a real WordPress."""
