"""The waits of a conversation, read from its log: who waited from when to when, and how each wait ended. Pure.

A customer's line waits until the first of: an answer of ours that is not older than it, a resolve
that covered it, or its own removal. Lines that wait for the same end are one wait. What is kept in
the database is always what this module makes of the log, so it can be worked out again at any time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

_NEVER = datetime.max.replace(tzinfo=UTC)


class EndKind(StrEnum):
    """How a wait ended."""

    ANSWERED = "answered"
    CLOSED_NO_REPLY = "closed_no_reply"
    WITHDRAWN = "withdrawn"  # the customer's lines are gone, or the customer is blocked
    MERGED = "merged"
    EVENT = "event"


class WaitKind(StrEnum):
    """Which answer of its cycle a wait is for."""

    FIRST = "first"
    NEXT = "next"


#: Resolves that end a wait as something else than closed without a reply.
ELSEWHERE = "elsewhere"
CLOSING_ENDS = {
    ELSEWHERE: EndKind.ANSWERED,
    "blocked": EndKind.WITHDRAWN,
    "merged": EndKind.MERGED,
    "duplicate": EndKind.MERGED,
    "event": EndKind.EVENT,
}


@dataclass(frozen=True, slots=True)
class Line:
    """Something a customer wrote that asked for an answer.

    `at` is the platform's time, `seen_at` when we had it. `gone_at` is when it stopped asking, and
    `gone_why` how (removed, hidden, spam); None while it stands. One that `is_late` was not read in time.
    """

    pk: int
    at: datetime
    landed_at: datetime
    gone_at: datetime | None = None
    gone_why: str = ""
    is_late: bool = False

    @property
    def seen_at(self) -> datetime:
        """When the desk could first know of it."""
        return max(self.at, self.landed_at)


@dataclass(frozen=True, slots=True)
class Answer:
    """A public answer of ours that stands. `covers` is up to when it answers the customer's lines."""

    pk: int
    at: datetime
    covers: datetime
    replier: int | None = None
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """A resolve that stands: lines up to message `through` wait no longer.

    With the reason ELSEWHERE it is the word of person `by` that they were answered on the site itself.
    """

    pk: int
    at: datetime
    through: int
    reason: str = ""
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """All that decides about waits in one conversation, in any order."""

    lines: Sequence[Line]
    answers: Sequence[Answer] = ()
    closings: Sequence[Closing] = ()


@dataclass(frozen=True, slots=True)
class PlannedWait:
    """One wait as the log has it. `lines` names every line that was part of it; an open one has no end."""

    lines: frozenset[int]
    opened_by: int
    opened_at: datetime
    desk_opened_at: datetime
    is_suspect: bool
    ended_at: datetime | None = None
    end_kind: EndKind | None = None
    end_reason: str = ""
    answer: Answer | None = None
    said_by: int | None = None
    double_answers: int = 0
    cycle: int = 1
    seq: int = 1
    kind: WaitKind = WaitKind.FIRST
    is_late: bool = False


#: What a line waits for: the answer or resolve that ended it; None while it waits.
End = Answer | Closing | None


def waits_of(log: Log) -> list[PlannedWait]:
    """Return the waits of a conversation in their order; at most the last one is open."""
    answers = sorted(log.answers, key=lambda answer: (answer.covers, answer.pk))
    closings = sorted(log.closings, key=lambda closing: (closing.at, closing.pk))
    together: dict[End, list[Line]] = {}
    for line in log.lines:
        together.setdefault(_end_of(line, answers, closings), []).append(line)
    waits = [wait for end, lines in together.items() for wait in _waits_for(end, lines)]
    waits = [_with_doubles(wait, log.lines, answers) for wait in waits]
    return _numbered([replace(wait, cycle=_cycle(wait, closings)) for wait in waits])


def _end_of(line: Line, answers: Sequence[Answer], closings: Sequence[Closing]) -> End:
    answer = next((found for found in answers if found.covers >= line.at), None)
    closing = next((found for found in closings if found.through >= line.pk), None)
    if answer is not None and (closing is None or answer.covers <= closing.at):
        return answer
    return closing


def _waits_for(end: End, lines: Sequence[Line]) -> list[PlannedWait]:
    """Of lines with the same end, those that stood until then are one wait.

    Lines that went before stood alone at times: without anything else waiting, that was a wait that the
    customer withdrew.
    """
    until = end.at if end is not None else _NEVER
    standing = [line for line in lines if line.gone_at is None or line.gone_at >= until]
    gone = [line for line in lines if line.gone_at is not None and line.gone_at < until]
    waits = []
    parts = _overlapping(gone)
    if standing:
        first_seen = min(line.seen_at for line in standing)
        joined = [part for part in parts if _gone_at(part) >= first_seen]
        parts = [part for part in parts if part not in joined]
        names = [line.pk for part in joined for line in part]
        waits.append(_ended(end, standing, names))
    return [*(_withdrawn(part) for part in parts), *waits]


def _overlapping(lines: Sequence[Line]) -> list[list[Line]]:
    """Put lines together that stood at the same time, or one after the other without a break."""
    parts: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.seen_at, line.pk)):
        if line.gone_at is None or line.gone_at < line.seen_at:
            continue  # gone before anybody could have seen it
        if parts and line.seen_at <= _gone_at(parts[-1]):
            parts[-1].append(line)
        else:
            parts.append([line])
    return parts


def _gone_at(part: Iterable[Line]) -> datetime:
    return max(line.gone_at for line in part if line.gone_at is not None)


def _opened(lines: Sequence[Line], names: Iterable[int]) -> PlannedWait:
    first = min(lines, key=lambda line: (line.at, line.pk))
    return PlannedWait(
        lines=frozenset({*names, *(line.pk for line in lines)}),
        opened_by=first.pk,
        opened_at=first.at,
        desk_opened_at=min(line.seen_at for line in lines),
        is_suspect=first.at
        == first.landed_at,  # what claims to come from the future is dated by us
        is_late=first.is_late,
    )


def _ended(end: End, lines: Sequence[Line], names: Iterable[int]) -> PlannedWait:
    wait = _opened(lines, names)
    if end is None:
        return wait
    ended_at = max(end.at, wait.opened_at)
    if isinstance(end, Answer):
        return replace(wait, ended_at=ended_at, end_kind=EndKind.ANSWERED, answer=end)
    kind = CLOSING_ENDS.get(end.reason, EndKind.CLOSED_NO_REPLY)
    return replace(wait, ended_at=ended_at, end_kind=kind, end_reason=end.reason, said_by=end.by)


def _withdrawn(part: Sequence[Line]) -> PlannedWait:
    """The wait was that of whatever stood last: lines that had gone before counted no more."""
    ended_at = _gone_at(part)
    last = [line for line in part if line.gone_at == ended_at]
    wait = _opened(last, [line.pk for line in part])
    return replace(
        wait, ended_at=max(ended_at, wait.opened_at), end_kind=EndKind.WITHDRAWN,
        end_reason=last[0].gone_why,
    )  # fmt: skip


def _with_doubles(
    wait: PlannedWait, lines: Collection[Line], answers: Sequence[Answer]
) -> PlannedWait:
    """Count the answers that somebody else gave to what had been answered already."""
    if wait.answer is None:
        return wait
    place = answers.index(wait.answer)
    following = min((line.at for line in lines if line.at > wait.answer.covers), default=_NEVER)
    others = [
        answer
        for answer in answers[place + 1 :]
        if answer.covers < following and answer.replier != wait.answer.replier
    ]
    return replace(wait, double_answers=len(others)) if others else wait


def _cycle(wait: PlannedWait, closings: Sequence[Closing]) -> int:
    """A cycle ends with a resolve; what the customer wrote afterwards is the next."""
    end, first = wait.ended_at or _NEVER, min(wait.lines)
    resolves = [closing for closing in closings if closing.reason != ELSEWHERE]
    return 1 + sum(closing.through < first and closing.at < end for closing in resolves)


def _numbered(waits: list[PlannedWait]) -> list[PlannedWait]:
    """Number waits as they ended, and tell the first answer of a cycle from those that follow it."""
    waits.sort(
        key=lambda wait: (wait.cycle, wait.ended_at or _NEVER, wait.opened_at, wait.opened_by)
    )
    answered: set[int] = set()
    numbered = []
    for seq, wait in enumerate(waits, 1):
        kind = WaitKind.NEXT if wait.cycle in answered else WaitKind.FIRST
        numbered.append(replace(wait, seq=seq, kind=kind))
        if wait.end_kind == EndKind.ANSWERED:
            answered.add(wait.cycle)
    return numbered


def matched(
    stored: Iterable[tuple[int, int | None]], planned: Sequence[PlannedWait]
) -> tuple[dict[int, list[int]], list[int]]:
    """Find which stored waits, as (id, opened by), live on in which planned ones.

    Returns the ids by place in `planned`, and those that live on in none. Where corrections make one
    wait of several, the first of its ids stays and takes over what befell the others.
    """
    kept: dict[int, list[int]] = {}
    lost = []
    for pk, opened_by in stored:
        place = next((n for n, wait in enumerate(planned) if opened_by in wait.lines), None)
        if place is None:
            lost.append(pk)
        else:
            kept.setdefault(place, []).append(pk)
    return kept, lost
