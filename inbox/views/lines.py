"""A thread's entries as lines to draw: how deep, in answer to what, in which words. Reads no rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.lifecycle import ChannelKind
from inbox.models import Message
from inbox.selectors.thread import Entry, Thread
from opsconsole.audit.phrases import phrase

#: Answers below this depth are drawn at this depth.
DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline. `key` is its identity on the page; `quoted` what it answers."""

    kind: str
    key: str
    at: datetime
    row: Any
    depth: int = 0
    quoted: Message | None = None
    sentence: str = ""


def lines_of(thread: Thread, units: Mapping[str, str]) -> list[Line]:
    """Return the lines of a thread, oldest first; `units` names units by slug."""
    messages = {
        entry.row.external_id: entry.row for entry in thread.entries if entry.kind == "message"
    }
    is_tree = thread.conversation.channel != ChannelKind.X
    made: list[Line] = []
    above: Message | None = None
    for entry in thread.entries:
        made.append(_line(entry, messages, above, units, is_tree))
        if entry.kind == "message":
            above = entry.row
    return made


def _line(
    entry: Entry,
    messages: Mapping[str, Message],
    above: Message | None,
    units: Mapping[str, str],
    is_tree: bool,
) -> Line:
    row, key = entry.row, f"{entry.kind}-{entry.row.pk}"
    if entry.kind == "activity":
        return Line("activity", key, entry.at, row, sentence=phrase(row, units))
    if entry.kind == "note":
        return Line("note", key, entry.at, row)
    parent = row.answers if entry.kind == "reply" else messages.get(row.parent_external_id)
    depth = _depth(parent, messages) if is_tree else 0
    quoted = None if parent is None or above is None or parent.pk == above.pk else parent
    return Line(entry.kind, key, entry.at, row, depth, quoted)


def _depth(parent: Message | None, messages: Mapping[str, Message]) -> int:
    """Count the ancestors that are on the page, up to DEEPEST."""
    depth = 0
    while parent is not None and depth < DEEPEST:
        depth += 1
        parent = messages.get(parent.parent_external_id)
    return depth
