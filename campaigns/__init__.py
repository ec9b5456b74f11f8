"""Scheduled posts and where each one went."""
