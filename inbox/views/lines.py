"""A thread's entries as lines to draw: how deep, in answer to what, in which words. Reads no rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from channels.lifecycle import ChannelKind
from inbox.models import Message
from inbox.selectors.answered import Quotable
from inbox.selectors.thread import Thread
from inbox.selectors.timeline import Entry
from opsconsole.audit.phrases import phrase
from opsconsole.kernel.differences import Piece, difference

#: Answers below this depth are drawn at this depth.
DEEPEST = 2
#: From so many acts in a row on, they are folded into one line.
FOLDED = 4
#: Edits of one message that are drawn; nobody reads more.
MOST_EDITS = 20


@dataclass(frozen=True, slots=True)
class Quote:
    """What a line answers, said shortly. `author` is None for ours; `anchor` is its key when on the page."""

    author: str | None
    text: str
    anchor: str = ""
    url: str = ""
    is_removed: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a message: when, and what changed."""

    at: datetime
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline. `key` is its identity on the page; `quoted` what it answers, `why` a resolution.

    Kinds beside those of entries: day (a new day begins), since (what follows is new to the reader)
    and acts (several acts in a row, in `acts`).
    """

    kind: str
    key: str
    at: datetime
    row: Any = None
    depth: int = 0
    quoted: Quote | None = None
    sentence: str = ""
    edits: Sequence[Edit] = ()
    acts: Sequence["Line"] = ()
    why: str = ""


def lines_of(thread: Thread, units: Mapping[str, str], *, new_from: int = 0) -> list[Line]:
    """Return the lines of a thread, oldest first; `units` names units by slug.

    `new_from` is the message from which on everything is new to the reader, 0 when nothing is.
    """
    messages = {
        entry.row.external_id: entry.row for entry in thread.entries if entry.kind == "message"
    }
    is_tree = thread.conversation.channel != ChannelKind.X
    drawn: list[Line] = []
    above: Message | None = None
    for entry in thread.entries:
        line = _line(entry, units)
        if entry.kind in {"message", "reply"}:
            line = _placed(line, entry.row, messages, thread.elsewhere, above, is_tree)
        if entry.kind == "message":
            above = entry.row
        drawn.append(line)
    folded = _folded(drawn, is_cut=thread.earlier_at is not None)
    return list(_with_marks(folded, thread.earlier_at, new_from))


def _line(entry: Entry, units: Mapping[str, str]) -> Line:
    row = entry.row
    line = Line(entry.kind, f"{entry.kind}-{row.pk}", entry.at, row)
    if entry.kind == "activity":
        why = str(row.data.get("resolution", ""))
        return replace(line, sentence=phrase(row, units), why=why)
    if entry.kind == "message" and row.edited_at:
        return replace(line, edits=_edits(row))
    return line


def _edits(message: Message) -> list[Edit]:
    """Return the changes of a message, oldest first."""
    revisions = list(message.revisions.all())[-MOST_EDITS:]
    texts = [*(revision.text for revision in revisions), message.text]
    return [
        Edit(revision.replaced_at, difference(texts[number], texts[number + 1]))
        for number, revision in enumerate(revisions)
    ]


def _placed(
    line: Line,
    row: Any,
    messages: Mapping[str, Message],
    elsewhere: Mapping[str, Quotable],
    above: Message | None,
    is_tree: bool,
) -> Line:
    """Give a line its depth, and a quote unless what it answers stands right above it."""
    if line.kind == "reply":
        parent, wanted = row.answers, row.answers.external_id
    else:
        parent, wanted = messages.get(row.parent_external_id), row.parent_external_id
    depth = _depth(parent, messages) if is_tree else 0
    if parent is not None:
        quoted = None if above is None or parent.pk == above.pk else _quote(parent, messages)
        return replace(line, depth=depth, quoted=quoted)
    far = elsewhere.get(wanted)
    if far is None or (above is None and (not is_tree or far.author is None)):
        # the post stands above the thread
        return replace(line, depth=depth)
    quoted = Quote(far.author, far.text, url=far.url, is_gone=far.is_gone)
    return replace(line, depth=1 if is_tree and far.author else depth, quoted=quoted)


def _quote(message: Message, messages: Mapping[str, Message]) -> Quote:
    author = str(message.contact) if message.is_inbound else None
    anchor = f"message-{message.pk}" if message.external_id in messages else ""
    return Quote(author, message.text, anchor, is_removed=message.removed_at is not None)


def _depth(parent: Message | None, messages: Mapping[str, Message]) -> int:
    """Count the ancestors that are on the page, up to DEEPEST."""
    depth = 0
    while parent is not None and depth < DEEPEST:
        depth += 1
        parent = messages.get(parent.parent_external_id)
    return depth


def _folded(lines: list[Line], *, is_cut: bool) -> list[Line]:
    """Fold long runs of acts. One that the page's edge cuts stays open: it would not keep its key."""
    made: list[Line] = []
    for is_act, group in groupby(lines, key=lambda line: line.kind == "activity"):
        run = list(group)
        if is_act and len(run) >= FOLDED and (made or not is_cut):
            made += [
                Line("acts", f"acts-{part[0].row.pk}", part[-1].at, acts=part)
                for part in _by_day(run)
            ]
        else:
            made += run
    return made


def _by_day(lines: Iterable[Line]) -> list[list[Line]]:
    return [list(group) for _day, group in groupby(lines, key=lambda line: _day_of(line.at))]


def _day_of(at: datetime) -> date:
    return timezone.localtime(at).date()


def _with_marks(lines: list[Line], earlier_at: datetime | None, new_from: int) -> Iterable[Line]:
    """Put in where a day begins and where what is new begins."""
    day = None if earlier_at is None else _day_of(earlier_at)
    is_marked = new_from == 0
    for line in lines:
        if _day_of(line.at) != day:
            day = _day_of(line.at)
            yield Line("day", f"day-{day.isoformat()}", line.at)
        if not is_marked and _is_new(line, new_from):
            is_marked = True
            yield Line("since", "since-you", line.at)
        yield line


def _is_new(line: Line, new_from: int) -> bool:
    return line.kind == "message" and line.row.is_inbound and line.row.pk >= new_from
