"""Whole columns as PostgreSQL's own array literals.

One quoted word for a column is read in less than half the time that a constructor with a constant per
value takes, by the driver and by the server alike.
https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID


def array_literal(values: Iterable[Any]) -> str:
    """Return values as a literal to be cast to an array: words, numbers, moments, truth, or None.

    Raises TypeError for anything that has no such form here.
    """
    return f"{{{','.join([_element(value) for value in values])}}}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return _quoted(str(value))  # an enum is its word
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in an array")


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
