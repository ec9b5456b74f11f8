"""Taking one person's part out of what a platform pushed. Pure."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

#: Under which names a platform gives the id of the very thing that it tells of.
_OWN_ID = frozenset({"id", "id_str", "comment_id"})
#: How our ids of people begin who have none on their platform.
_SITE = "site:"


@dataclass(frozen=True, slots=True)
class Names:
    """The ids of a person, and those of what they wrote."""

    people: frozenset[str]
    lines: frozenset[str]

    @classmethod
    def of(cls, people: Collection[str], lines: Collection[str]) -> "Names":
        """Return the names of a person; nobody has an empty one."""
        bare = {name.removeprefix(_SITE) for name in people}
        return cls(frozenset(bare - {""}), frozenset({*lines} - {""}))

    @property
    def as_written(self) -> list[bytes]:
        """Every form in which a name can stand in a call: plain, in JSON, in a form."""
        forms = {
            form
            for name in self.people | self.lines
            for form in (name, name.replace("/", "\\/"), quote(name, safe=""))
        }
        return [form.encode() for form in sorted(forms)]


def without(raw: bytes, names: Names) -> bytes | None:
    """Return a call without what names a person; None when nothing is left, `raw` when nothing did.

    Whatever stands in a list goes alone: one change among others, one post of several. What cannot be
    understood goes as a whole.
    """
    try:
        body = json.loads(raw)
    except ValueError:
        return None if _is_in(raw, names) else raw
    left, is_named = _cut(body, names)
    if is_named:
        return None
    return raw if left == body else json.dumps(left, ensure_ascii=False).encode()


def _cut(node: Any, names: Names) -> tuple[Any, bool]:
    """Return a part without what names the person, and whether it itself does."""
    if isinstance(node, list):
        parts = [_cut(part, names) for part in node]
        kept = [part for part, is_named in parts if not is_named]
        return kept, bool(node) and not kept
    if not isinstance(node, dict):
        return node, str(node) in names.people
    found = {}
    for key, value in node.items():
        found[key], is_named = _cut(value, names)
        if is_named or (key in _OWN_ID and str(value) in names.lines):
            return node, True
    return found, False


def _is_in(raw: bytes, names: Names) -> bool:
    return any(
        re.search(rb"(?<![0-9A-Za-z_])" + re.escape(name) + rb"(?![0-9A-Za-z_])", raw)
        for name in names.as_written
    )
