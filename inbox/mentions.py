"""Finding colleagues who are mentioned in a note. Pure: takes a text and names, returns who is meant."""

import re
from collections.abc import Iterable, Mapping

#: An @ that begins a word; in "me@example.com" nobody is meant.
_AT = re.compile(r"(?<![\w.@])@(?=\w)")


def mentioned(text: str, names: Mapping[int, Iterable[str]]) -> set[int]:
    """Return the people whose user name or nickname follows an @, whatever its case.

    A Korean particle may follow the name ("@유나에게"), and of two names that fit the longer one counts.
    """
    ordered = sorted(
        ((name.casefold(), person) for person, own in names.items() for name in own if name),
        key=lambda pair: -len(pair[0]),
    )
    folded = text.casefold()
    found = set()
    for match in _AT.finditer(folded):
        rest = folded[match.end() :]
        hit = next((name for name, _ in ordered if _begins(rest, name)), None)
        found |= {person for name, person in ordered if name == hit}
    return found


def _begins(rest: str, name: str) -> bool:
    """Whether a name stands at the head of what is left, not only the beginning of a longer Latin word."""
    if not rest.startswith(name):
        return False
    after = rest[len(name) : len(name) + 1]
    return not (after.isascii() and after.isalnum()) or not name.isascii()
