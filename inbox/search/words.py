"""Words as the search compares them: folded text, grams of a few letters, and slices of time. Pure."""

import re
import unicodedata
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

#: Letters of one line that are searched; far more than any platform lets a customer write at once.
LONGEST = 10_000
#: Days of one slice. Grams are told apart by slice, so that a common word costs one slice, not all.
SLICE_DAYS = 4

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Runs of one script: Latin letters and digits, or anything else that makes words.
_RUNS = re.compile(r"[0-9a-z_]+|[^\W0-9a-z_]+")


def folded(text: str) -> str:
    """Return the text as it is compared: composed (NFC), without case, blanks made one."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return " ".join(plain.split())[:LONGEST]


def line_grams(words: str) -> set[int]:
    """Return the grams under which a folded line is found, as 32-bit numbers.

    Korean and its like by every two letters; Latin by every three, and by how a word begins.
    """
    found: set[int] = set()
    for run in _RUNS.findall(words):
        if run.isascii():
            found.update(_gram(run[at : at + 3]) for at in range(len(run) - 2))
            if len(run) > 1:
                found.add(_gram(f"^{run[:2]}"))
        else:
            found.update(_gram(run[at : at + 2]) for at in range(len(run) - 1))
    return found


def asked_grams(words: str) -> set[int]:
    """Return the grams that every line with these folded words has; none for a single letter."""
    found: set[int] = set()
    for run in _RUNS.findall(words):
        if not run.isascii():
            found.update(_gram(run[at : at + 2]) for at in range(len(run) - 1))
        elif len(run) == 2:
            found.add(_gram(f"^{run}"))
        else:
            found.update(_gram(run[at : at + 3]) for at in range(len(run) - 2))
    return found


def _gram(letters: str) -> int:
    """A number for a few letters. Two may share one: what is found is compared once more."""
    return zlib.crc32(letters.encode())


def slice_of(at: datetime) -> int:
    """Return the number of the slice of time a moment lies in."""
    return max(0, (at - _EPOCH).days // SLICE_DAYS)


def slice_start(number: int) -> datetime:
    """Return when a slice begins."""
    return _EPOCH + timedelta(days=number * SLICE_DAYS)


def keyed(grams: Iterable[int], slice_number: int) -> list[int]:
    """Return grams with their slice, as 64-bit numbers: the form in which they are stored."""
    above = slice_number << 32
    return sorted(above | gram for gram in grams)
