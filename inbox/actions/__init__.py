"""Verbs that write inbox tables."""
