"""API of campaigns: posts."""
