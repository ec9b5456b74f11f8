"""Reads, one module per subject, each behind a gate that knows the actor."""
