"""The parts of the bench of gaps."""
