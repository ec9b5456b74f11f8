"""How a day book is laid out: columns of numbers, one after the other, read alone or together. Pure.

Seconds are whole. NONE stands for "there is no such time".
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

Column: TypeAlias = "np.ndarray[Any, Any]"
NONE = 0xFFFF_FFFF

#: Columns in the order in which they lie in a book, with their types. Append only at the end, and make
#: all books anew: `python3 manage.py day_books`.
COLUMNS: dict[str, str] = {
    "key": "<i8",  # the row this was counted from, and the place by which pages go on
    "opened": "<u4",  # seconds since 1970; the customer's clock
    "ended": "<u4",  # the same; 0 while it is open
    "account": "<u4",
    "person": "<u4",  # who answered, resolved or decided; 0 for nobody of the house
    "language": "<u8",  # see `as_word`
    "flags": "<u4",
    "wall": "<u4",
    "biz": "<u4",
    "desk_biz": "<u4",
    "delay": "<u4",  # from the customer's clock to the desk's
    "due": "<u4",  # since 1970, rounded up; 0 without a target
    "assign": "<u4",  # from opening until somebody first took it
    "held": "<u4",  # from when the replier had it until the answer
    "policy": "<u4",
    "hour": "<u1",  # hour of the week in which it opened, from Monday midnight
    "doubles": "<u1",  # answers given to what had been answered
}
_WIDTHS = {name: np.dtype(kind).itemsize for name, kind in COLUMNS.items()}

#: Bits of `flags`.
FLAGS = {
    name: 1 << place
    for place, name in enumerate(
        (
            "first", "reopened", "answered", "closed", "withdrawn", "merged", "event", "outside",
            "late", "suspect", "backfill", "spam", "uncounted", "had_somebody", "given_up", "met",
        )
    )
}  # fmt: skip
#: Ends that are nobody's answer: one before the due time is neither met nor missed.
GONE = FLAGS["withdrawn"] | FLAGS["merged"] | FLAGS["event"]
#: An end that is none of these has not come: the row is open.
ENDS = FLAGS["answered"] | FLAGS["closed"] | GONE


def as_word(text: str) -> int:
    """Return the number that stands for a short word; of a longer one its first eight letters."""
    return int.from_bytes(text.encode("ascii", "ignore")[:8].ljust(8, b"\0"), "little")


def from_word(number: int) -> str:
    """Return the word that a number stands for."""
    return number.to_bytes(8, "little").rstrip(b"\0").decode("ascii")


def packed(rows: Sequence[Mapping[str, int]]) -> bytes:
    """Lay rows out as columns."""
    return b"".join(
        np.array([row[name] for row in rows], dtype=kind).tobytes()
        for name, kind in COLUMNS.items()
    )


def before(name: str) -> int:
    """Return the bytes of one row that lie before a column."""
    names = list(COLUMNS)
    return sum(_WIDTHS[other] for other in names[: names.index(name)])


def width(name: str) -> int:
    """Return the bytes of one value."""
    return _WIDTHS[name]


def column(name: str, data: "bytes | memoryview") -> Column:
    """Read a column; the array shares the bytes and cannot be written."""
    return np.frombuffer(data, dtype=COLUMNS[name])


def packed_tags(pairs: Sequence[tuple[int, int]]) -> bytes:
    """Lay out which row has which tag."""
    return np.array(sorted(pairs), dtype="<u4").tobytes()


def tag_pairs(data: "bytes | memoryview") -> Column:
    """Read pairs of place and tag."""
    return np.frombuffer(data, dtype="<u4").reshape(-1, 2)
