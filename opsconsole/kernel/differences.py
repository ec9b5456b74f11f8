"""What changed between two versions of a text, readable by people. Pure.

Works on words of Latin script and on single syllables of Hangul, so that 로밍이 → 로밍은 shows one changed
syllable; a letter and its marks, or an emoji made of several, are never torn apart.
"""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

#: Above so many parts the comparison would cost more than anybody reads: the whole is shown as changed.
MOST_PARTS = 1500
#: Between two changes, fewer unchanged letters than this are no help to the eye.
SHORT_ISLAND = 2

#: Words of Latin letters and digits, runs of space, or one sign with all that clings to it.
_PARTS = re.compile(
    r"[A-Za-z0-9À-ɏ]+|\s+"
    r"|.(?:[\u0300-\u036f\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d.)*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text and what befell it: `kind` is same, added or removed."""

    kind: str
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """Return the pieces of both texts in reading order, removed before added."""
    before, after = _parts(old), _parts(new)
    if len(before) > MOST_PARTS or len(after) > MOST_PARTS:
        return _tidy([Piece("removed", old), Piece("added", new)])
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    pieces: list[Piece] = []
    for code, i1, i2, j1, j2 in matcher.get_opcodes():
        gone, come = "".join(before[i1:i2]), "".join(after[j1:j2])
        if code == "equal":
            pieces.append(Piece("same", come))
        else:
            pieces += [Piece("removed", gone), Piece("added", come)]
    return _tidy(_without_islands(pieces))


def _parts(text: str) -> list[str]:
    return _PARTS.findall(unicodedata.normalize("NFC", text))


def _without_islands(pieces: list[Piece]) -> list[Piece]:
    """Join changes that only a letter or a space keeps apart."""
    last = len(pieces) - 1
    joined: list[Piece] = []
    for number, piece in enumerate(pieces):
        is_island = piece.kind == "same" and 0 < number < last
        if is_island and len(piece.text.strip()) < SHORT_ISLAND and "\n" not in piece.text:
            joined += [Piece("removed", piece.text), Piece("added", piece.text)]
        else:
            joined.append(piece)
    return joined


def _tidy(pieces: list[Piece]) -> list[Piece]:
    """Gather what stands between two unchanged pieces into one removal and one addition."""
    tidy: list[Piece] = []
    for is_same, run in groupby(pieces, key=lambda piece: piece.kind == "same"):
        kept = list(run)
        kinds = ("same",) if is_same else ("removed", "added")
        for kind in kinds:
            text = "".join(piece.text for piece in kept if piece.kind == kind)
            if text:
                tidy.append(Piece(kind, text))
    return tidy
