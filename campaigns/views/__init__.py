"""Screens, one module per subject."""
