"""The log that waits are read from: messages, resolves, and who had a conversation when."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from channels.types import CameAs, Visibility
from inbox.lifecycle import UNASKED, Direction
from inbox.models import Assignment, Closing, Message
from inbox.wait_log import Answer, Line, Log
from inbox.wait_log import Closing as Resolve
from inbox.waits import later
from opsconsole.audit.models import Activity
from opsconsole.people.models import BusinessUnit

#: Visible enough to ask for an answer, or to be one: a held comment waits for us too.
LIVE = frozenset({Visibility.PUBLIC, Visibility.HELD})


def logs_of(conversation_ids: Sequence[int]) -> dict[int, Log]:
    """Return the log of each conversation. Two queries, whatever their number."""
    said: dict[int, list[Message]] = defaultdict(list)
    closed: dict[int, list[Resolve]] = defaultdict(list)
    messages = Message.objects.filter(conversation__in=conversation_ids).only(
        "conversation_id", "external_id", "parent_external_id", "direction", "visibility",
        "posted_at", "landed_at", "came_as", "quiet_since", "operator_id", "delivery_id", "is_part", "kind",
    )  # fmt: skip
    for message in messages:
        said[message.conversation_id].append(message)
    stands = Closing.objects.filter(conversation__in=conversation_ids, undone_at__isnull=True)
    for row in stands:
        resolve = Resolve(row.pk, row.at, row.through, row.reason, row.by_id)
        closed[row.conversation_id].append(resolve)
    return {pk: log_of(said[pk], closed[pk]) for pk in conversation_ids}


def log_of(messages: Sequence[Message], closings: Sequence[Resolve] = ()) -> Log:
    """Return the log of one conversation from its messages."""
    posted = {message.external_id: message.posted_at for message in messages}
    return Log(
        lines=[line for message in messages if (line := _line(message)) is not None],
        answers=[
            _answer(message, posted)
            for message in messages
            if message.direction == Direction.OUTBOUND
            and message.visibility in LIVE
            and not message.is_part
        ],
        closings=closings,
    )


def _line(message: Message) -> Line | None:
    if message.direction != Direction.INBOUND or message.kind in UNASKED:
        return None
    is_late = message.came_as != CameAs.LIVE
    if message.visibility in LIVE:
        return Line(message.pk, message.posted_at, message.landed_at, is_late=is_late)
    if message.quiet_since is None:
        return None  # it came as spam or hidden and never asked for anything
    return Line(
        message.pk, message.posted_at, message.landed_at, message.quiet_since, message.visibility,
        is_late,
    )  # fmt: skip


def _answer(message: Message, posted: Mapping[str, datetime]) -> Answer:
    """Platforms keep whole seconds and clocks of their own: an answer is never older than its question."""
    covers = later(posted.get(message.parent_external_id), message.posted_at)
    return Answer(
        message.pk, message.posted_at, covers, message.operator_id,
        is_outside=message.delivery_id is None,
    )  # fmt: skip


@dataclass
class History:
    """Who had a conversation and which unit it belonged to, moment by moment."""

    assignments: list[Assignment] = field(default_factory=list)
    moves: list[tuple[datetime, int | None, int]] = field(default_factory=list)

    def assignee_at(self, moment: datetime) -> int | None:
        """Return who had it."""
        return next(
            (
                row.assignee_id
                for row in self.assignments
                if row.started_at <= moment and (row.ended_at is None or moment < row.ended_at)
            ),
            None,
        )

    def unit_at(self, moment: datetime, present: int) -> int:
        """Return whose it was; `present` is whose it is now."""
        if not self.moves:
            return present
        place = bisect_right([at for at, _from, _to in self.moves], moment)
        return self.moves[place - 1][2] if place else self.moves[0][1] or present


def histories(conversation_ids: Iterable[int]) -> dict[int, History]:
    """Return who had each conversation when. Three queries, whatever their number."""
    found: dict[int, History] = {pk: History() for pk in conversation_ids}
    if not found:
        return found
    for row in Assignment.objects.filter(conversation__in=list(found)).order_by("-id"):
        found[row.conversation_id].assignments.append(row)
    moves = (
        Activity.objects.filter(
            subject_type="inbox.conversation",
            subject_id__in=list(found),
            verb="inbox.conversation.handed_over",
        )
        .order_by("id")
        .values("subject_id", "at", "unit_id", "data")
    )
    units = dict(BusinessUnit.objects.values_list("slug", "pk"))
    for move in moves:
        left = units.get(move["data"].get("from_unit"))
        if move["unit_id"] is not None:
            found[move["subject_id"]].moves.append((move["at"], left, move["unit_id"]))
    return found
