"""Co-tags in a text: how they are put under an answer and read back from one. Pure."""

import re
import unicodedata
from enum import StrEnum


class Style(StrEnum):
    """Where the co-tag stands."""

    BLANK = "blank"  # after a blank: "… ^YN"
    LINE = "line"  # on a line of its own


_BEFORE = {Style.BLANK: " ^", Style.LINE: "\n^"}
INITIALS = re.compile(r"[^\W_]{1,6}")
#: Platforms put the addresses of pictures behind the words.
_AT_END = re.compile(r"\^\s?([^\W_]{1,6})[\s.!~)]*(?:https?://\S+\s*)*$")


def normalised(initials: str) -> str:
    """Return initials as they are kept and compared: without the mark, composed, in capitals."""
    return unicodedata.normalize("NFC", initials).strip().lstrip("^").strip().upper()


def signature(initials: str, style: str) -> str:
    """Return what is put behind the text, its blank or line break included."""
    return f"{_BEFORE[Style(style)]}{initials}" if initials else ""


def signed(text: str, suffix: str) -> str:
    """Return the text with its co-tag; one that its author has typed is not doubled."""
    bare = text.rstrip()
    if not suffix or bare.endswith(suffix.strip()):
        return text
    return bare + suffix


def initials_in(text: str) -> str:
    """Return the initials that a text ends in, in capitals; empty when it ends in none."""
    found = _AT_END.search(text)
    return normalised(found.group(1)) if found else ""
