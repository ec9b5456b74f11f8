"""API of channels: kinds, accounts, deliveries."""
