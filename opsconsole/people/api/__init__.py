"""API of people: who asks, tokens, units, users."""
