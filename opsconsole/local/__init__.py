"""Runs the whole console on one machine, to develop, test and measure; not part of production."""
