"""Reads of the channels app, each behind a gate that knows the actor."""
