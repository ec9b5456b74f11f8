"""Each way in which sending can go wrong, brought about on purpose; see docs/faults.md."""
