"""Runs the whole console on one machine, for development, tests and benches; production never imports it."""
