"""What may be said and how long it may be: pure checks on a text before it leaves."""
