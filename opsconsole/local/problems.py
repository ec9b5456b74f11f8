"""The one exception of the supervisor: something the person at the keyboard can put right."""


class Problem(Exception):
    """One clear sentence with the remedy; shown without a traceback, exit code 1."""
