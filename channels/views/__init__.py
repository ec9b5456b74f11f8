"""Screens of accounts and deliveries."""
