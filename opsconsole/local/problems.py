"""The one exception of the local supervisor: something the person at the keyboard can put right."""


class Problem(Exception):  # noqa: N818 - it is shown to a person, not caught by a library's user
    """One clear sentence with the remedy; shown without a traceback, exit code 1."""
