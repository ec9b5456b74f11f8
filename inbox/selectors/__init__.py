"""Reads for the inbox screens and API."""
