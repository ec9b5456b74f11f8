"""Reads across the apps, for those who direct. No tables."""
