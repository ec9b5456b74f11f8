"""The part of a line in which the words of a search stand, with the words marked."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inbox.lifecycle import Searchable
from inbox.models import Message, Note
from inbox.selectors.search import Hit

#: Letters shown before the first word, and in all.
BEFORE, LENGTH = 30, 140


@dataclass(frozen=True, slots=True)
class Snippet:
    """A line's part as pieces of (text, whether it is one of the words). `kind` says what line it is."""

    kind: str
    pieces: list[tuple[str, bool]]


def snippets(hits: Iterable[Hit], words: Sequence[str]) -> dict[int, Snippet]:
    """Return the snippet of each hit's conversation. Two queries; hits on a name have none."""
    found = list(hits)
    texts = {
        Searchable.MESSAGE: _texts(Message, found, Searchable.MESSAGE),
        Searchable.NOTE: _texts(Note, found, Searchable.NOTE),
    }
    return {
        hit.conversation: Snippet(hit.kind, pieces_of(texts[Searchable(hit.kind)][hit.row], words))
        for hit in found
        if hit.row in texts.get(Searchable(hit.kind), {})
    }


def _texts(
    table: type[Message] | type[Note], hits: Iterable[Hit], kind: Searchable
) -> dict[int, str]:
    wanted = [hit.row for hit in hits if hit.kind == kind]
    return dict(table._default_manager.filter(pk__in=wanted).values_list("pk", "text"))


def pieces_of(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """Cut a line around the first of the words and mark them all."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    marks = re.compile(
        "|".join(map(re.escape, sorted(words, key=len, reverse=True))), re.IGNORECASE
    )
    first = marks.search(line) if words else None
    start = max(0, first.start() - BEFORE) if first else 0
    shown = line[start : start + LENGTH]
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    at = 0
    for match in marks.finditer(shown) if words else ():
        pieces += [(shown[at : match.start()], False), (match.group(), True)]
        at = match.end()
    pieces.append((shown[at:] + ("…" if start + LENGTH < len(line) else ""), False))
    return [piece for piece in pieces if piece[0]]
