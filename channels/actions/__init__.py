"""Verbs that write channel tables."""
