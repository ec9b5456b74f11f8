"""Checks: pure functions from a draft and the channel capabilities to findings."""
