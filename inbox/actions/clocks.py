"""Keeping the waits of conversations true to their log, in the transaction that changes the log.

`inbox.actions.changes` calls it for whatever happens; nobody else has to think of clocks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from channels.models import ChannelAccount
from inbox.business_time import Hours, NoOpenTimeError, business_seconds, due_after
from inbox.lifecycle import ConversationState
from inbox.models import Closing, Conversation, Message, Wait
from inbox.selectors.measures import Measure, Measures, measures
from inbox.selectors.wait_logs import History, histories, log_of, logs_of
from inbox.wait_log import ELSEWHERE, EndKind, Log, PlannedWait, WaitKind, matched, waits_of
from inbox.waits import queue_at
from opsconsole.kernel.bulk import row_new, rows_insert, rows_update
from opsconsole.kernel.clock import now

S = ConversationState
#: The columns of a conversation that tell of something waits depend on.
LINES = frozenset({"waiting_since", "answered_up_to", "message_count"})
MEASURED_BY = frozenset({"unit_id", "priority"})
#: What was written this long before an account was connected is history, and nobody's duty.
BACKFILL = timedelta(hours=24)
#: A warning comes when this share of the target is used up.
WARN_AT = 0.75
#: Ends that no service level is asked about.
_NOT_COUNTED = {"spam": "spam", "event": "event"}
_COLUMNS = [
    field.attname
    for field in Wait._meta.concrete_fields
    if field.attname not in {"id", "conversation_id"}
]


def clocks_follow(conversation: Conversation, *, was: str, changed: Collection[str]) -> None:
    """Follow a change to a locked conversation whose state `was` another."""
    if was != conversation.state == S.RESOLVED:
        Closing.objects.create(
            conversation=conversation, at=conversation.resolved_at or now(),
            through=conversation.closed_through, reason=conversation.resolution,
        )  # fmt: skip
    elif conversation.state == S.RESOLVED and "resolution" in changed:
        _closed_otherwise(conversation)
    moved = MEASURED_BY.intersection(changed) and conversation.waiting_since is not None
    if moved or LINES.intersection(changed):
        clocks_follow_all([conversation])


def _closed_otherwise(conversation: Conversation) -> None:
    """A conversation that was resolved already has been resolved for another reason."""
    stands = Closing.objects.filter(conversation=conversation, undone_at__isnull=True)
    latest = stands.order_by("-id").values("pk")[:1]
    Closing.objects.filter(pk__in=latest).update(reason=conversation.resolution)
    clocks_follow_all([conversation])


def closing_undo(conversation: Conversation) -> int:
    """Take back the latest resolve of a locked conversation; return up to where it stays closed."""
    stands = Closing.objects.filter(conversation=conversation, undone_at__isnull=True)
    found = list(stands.order_by("-id")[:2])
    Closing.objects.filter(pk__in=[row.pk for row in found[:1]]).update(undone_at=now())
    return found[1].through if len(found) > 1 else 0


def clocks_follow_all(
    conversations: Sequence[Conversation],
    *,
    fresh: Mapping[int, Sequence[Message]] | None = None,
) -> int:
    """Bring the waits and due times of locked conversations up to date; each table is read once.

    `fresh` holds the messages of conversations that were made just now. Returns how many waits
    were not yet as the log has them.
    """
    follow = _Follow(conversations, fresh or {})
    follow.plan()
    follow.fill()
    written = follow.write()
    _mirror(conversations, follow)
    return written


def clocks_foresee(conversations: Sequence[Conversation]) -> None:
    """Give conversations that are about to be stored the due time that their first wait will have.

    `clocks_follow_all` then finds them as they should be and need not write them again.
    """
    waiting = [row for row in conversations if row.waiting_since is not None]
    in_force, connected, at = measures(), _connected(waiting), now()
    for conversation in waiting:
        opened_at = conversation.waiting_since or at
        wait = row_new(
            Wait, opened_at=opened_at, desk_opened_at=opened_at,
            is_backfill=opened_at < connected[conversation.account_id] - BACKFILL,
        )  # fmt: skip
        measure = in_force.of(
            conversation.unit_id, conversation.channel, conversation.priority, WaitKind.FIRST
        )
        _measure(wait, measure)
        _reckon(wait, measure.hours, at)
        conversation.due_at = wait.due_at
        conversation.queue_at = queue_at(opened_at, wait.due_at)


def waits_recompute(*, after: int = 0, limit: int = 200) -> tuple[int, int, int]:
    """Read the waits of some conversations from their logs anew and store what differs.

    Returns the last conversation of the batch, how many there were, and how many waits differed;
    call again from there until there were none.
    """
    with transaction.atomic():
        rows = Conversation.objects.filter(pk__gt=after).order_by("pk").select_for_update()
        conversations = list(rows[:limit])
        differed = clocks_follow_all(conversations)
    return (conversations[-1].pk if conversations else after), len(conversations), differed


def waits_from_log(conversations: Sequence[Conversation]) -> list[Wait]:
    """Return the waits that the logs of conversations tell of, as unsaved rows: what should be stored.

    As if nothing had been kept: measured by what is in force now.
    """
    follow = _Follow(conversations, {}, anew=True)
    follow.plan()
    follow.fill()
    return [pair.row for pair in follow.pairs]


@dataclass
class _Pair:
    """A wait as the log has it, and the row that keeps it."""

    conversation: Conversation
    plan: PlannedWait
    row: Wait
    before: list[object]

    @property
    def is_news(self) -> bool:
        """Whether the end is one that the row does not know of yet."""
        return self.plan.ended_at is not None and self.row.ended_at != self.plan.ended_at


@dataclass
class _Follow:
    """One pass over some conversations: read, compare with what is stored, write the difference."""

    conversations: Sequence[Conversation]
    fresh: Mapping[int, Sequence[Message]]
    anew: bool = False
    pairs: list[_Pair] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    at: datetime = field(default_factory=now)

    def plan(self) -> None:
        """Work out the waits of each conversation and find their rows."""
        known = [row.pk for row in self.conversations if row.pk not in self.fresh]
        logs = logs_of(known) if known else {}
        logs |= {pk: log_of(messages) for pk, messages in self.fresh.items()}
        stored: dict[int, list[Wait]] = {}
        if known and not self.anew:
            for wait in Wait.objects.filter(conversation__in=known).order_by("seq"):
                stored.setdefault(wait.conversation_id, []).append(wait)
        for conversation in self.conversations:
            self._pair(conversation, logs[conversation.pk], stored.get(conversation.pk, []))

    def _pair(self, conversation: Conversation, log: Log, rows: list[Wait]) -> None:
        planned = waits_of(log)
        kept, lost = matched([(row.pk, row.opened_by_id) for row in rows], planned)
        by_id = {row.pk: row for row in rows}
        self.lost += lost
        for place, plan in enumerate(planned):
            same = [by_id[pk] for pk in kept.get(place, [])]
            row = same[0] if same else _row(conversation)
            before = _values(row) if same else []
            for other in same[1:]:  # corrections made one wait of several: nobody is warned again
                row.warned_at = row.warned_at or other.warned_at
                self.lost.append(other.pk)
            self.pairs.append(_Pair(conversation, plan, row, before))

    def fill(self) -> None:
        """Give every row what its plan says."""
        told = {pair.conversation.pk for pair in self.pairs if pair.is_news}
        past = histories(told)
        in_force = measures()
        connected = _connected(self.conversations)
        for pair in self.pairs:
            since = connected[pair.conversation.account_id]
            pair.row.is_backfill = pair.plan.opened_at < since - BACKFILL
            _fill(pair, in_force, past.get(pair.conversation.pk), self.at)

    def write(self) -> int:
        """Write what differs: first what goes and ends, so that never two are open at once."""
        if self.lost:
            Wait.objects.filter(pk__in=self.lost).delete()
        stored = [pair for pair in self.pairs if pair.row.pk]
        differs = [pair.row for pair in stored if pair.before != _values(pair.row)]
        rows_update([row for row in differs if row.ended_at is not None], _COLUMN_NAMES)
        rows_update([row for row in differs if row.ended_at is None], _COLUMN_NAMES)
        new = [pair.row for pair in self.pairs if not pair.row.pk]
        rows_insert(new)
        return len(self.lost) + len(differs) + len(new)


_COLUMN_NAMES = [
    column.name for column in Wait._meta.concrete_fields if column.attname in _COLUMNS
]


def _row(conversation: Conversation) -> Wait:
    return row_new(
        Wait, conversation=conversation, account_id=conversation.account_id,
        channel=conversation.channel, unit_at_open_id=conversation.unit_id,
        language=conversation.language,
    )  # fmt: skip


def _values(row: Wait) -> list[object]:
    return [getattr(row, name) for name in _COLUMNS]


def _connected(conversations: Sequence[Conversation]) -> dict[int, datetime]:
    """Return when each account was connected."""
    wanted = {row.account_id for row in conversations}
    return dict(ChannelAccount.objects.filter(pk__in=wanted).values_list("pk", "created_at"))


def _fill(pair: _Pair, in_force: Measures, past: History | None, at: datetime) -> None:
    row, plan, conversation = pair.row, pair.plan, pair.conversation
    is_new, kind_changed = row.pk is None, row.kind != plan.kind
    if pair.is_news and past is not None:
        if is_new:
            row.unit_at_open_id = past.unit_at(plan.opened_at, conversation.unit_id)
        ended_at = plan.ended_at or at
        row.unit_at_end_id = past.unit_at(ended_at, conversation.unit_id)
        row.assignee_at_end_id = past.assignee_at(ended_at)
    elif plan.ended_at is None:
        row.unit_at_end_id = row.assignee_at_end_id = None
    _copy(row, plan)
    if plan.ended_at is None or is_new or kind_changed:
        unit = row.unit_at_end_id or conversation.unit_id
        _measure(row, in_force.of(unit, row.channel, conversation.priority, plan.kind))
    _reckon(row, in_force.hours_by_id(row.calendar_version_id), at)


def _copy(row: Wait, plan: PlannedWait) -> None:
    row.seq, row.cycle, row.kind = plan.seq, plan.cycle, plan.kind.value
    row.is_reopened = plan.cycle > 1
    row.opened_by_id, row.opened_at = plan.opened_by, plan.opened_at
    row.desk_opened_at, row.clock_suspect = plan.desk_opened_at, plan.is_suspect
    row.ended_at, row.end_reason = plan.ended_at, plan.end_reason
    row.end_kind = plan.end_kind.value if plan.end_kind else ""
    row.answer_id = plan.answer.pk if plan.answer else None
    row.replier_id = plan.answer.replier if plan.answer else plan.said_by
    row.is_outside = plan.answer.is_outside if plan.answer else plan.end_reason == ELSEWHERE
    row.double_answers, row.is_late = plan.double_answers, plan.is_late


def _measure(row: Wait, measure: Measure) -> None:
    row.policy_id, row.by_calendar = measure.policy_id, measure.by_calendar
    row.calendar_version_id, row.target_s = measure.version_id, measure.target_s


def _reckon(row: Wait, hours: Hours | None, at: datetime) -> None:
    """Work out when the wait is due, how long it took, and whether it was missed."""
    counted = hours if row.by_calendar else None
    target = None if row.is_backfill else row.target_s
    row.due_at = row.warn_at = None
    if target is not None:
        try:
            since = row.desk_opened_at if row.is_late else row.opened_at
            row.due_at = due_after(counted, since, target)
            row.warn_at = due_after(counted, since, target * WARN_AT)
        except NoOpenTimeError:  # hours are checked when they are set, but exceptions run out
            row.due_at = row.warn_at = None
    ended_at, due_at = row.ended_at, row.due_at
    if ended_at is None:
        is_missed = due_at is not None and row.breached_at is not None and due_at < at
        row.wall_s = row.biz_s = row.desk_biz_s = None
    else:
        is_missed = due_at is not None and ended_at > due_at
        row.wall_s = int((ended_at - row.opened_at).total_seconds())
        row.biz_s = int(business_seconds(hours, row.opened_at, ended_at))
        row.desk_biz_s = int(business_seconds(hours, row.desk_opened_at, ended_at))
    row.breached_at = due_at if is_missed else None
    row.excluded_reason = _excluded(row)


def _excluded(row: Wait) -> str:
    """Say why a wait does not count for service levels; empty when it does."""
    if row.is_backfill:
        return "backfill"
    if row.end_reason in _NOT_COUNTED:
        return _NOT_COUNTED[row.end_reason]
    is_withdrawn = row.end_kind == EndKind.WITHDRAWN and row.breached_at is None
    return "withdrawn" if is_withdrawn else ""


def _mirror(conversations: Sequence[Conversation], follow: _Follow) -> None:
    """Show the open wait on the conversation, which the queue is read from."""
    opened = {
        pair.conversation.pk: pair.row for pair in follow.pairs if pair.plan.ended_at is None
    }
    changed = []
    for conversation in conversations:
        wait = opened.get(conversation.pk)
        due_at = wait.due_at if wait else None
        is_breached = wait is not None and wait.breached_at is not None
        place = queue_at(conversation.waiting_since, due_at)
        shown = (conversation.due_at, conversation.is_breached, conversation.queue_at)
        if shown != (due_at, is_breached, place):
            conversation.due_at, conversation.is_breached = due_at, is_breached
            conversation.queue_at = place
            changed.append(conversation)
    rows_update(changed, ["due_at", "is_breached", "queue_at"])
