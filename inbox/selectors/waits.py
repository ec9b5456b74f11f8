"""The waits of a conversation for those who read it: the one that runs, and how each of them went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from inbox.business_time import NoOpenTimeError, due_after
from inbox.models import Assignment, Conversation, Wait
from inbox.selectors.access import conversation_for
from inbox.selectors.measures import hours_of
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.prepared import prepared


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened during a wait. `after_s` counts from the step before."""

    kind: str
    at: datetime
    after_s: float = 0.0
    who: object = None


@dataclass(frozen=True, slots=True)
class WaitStory:
    """One wait and how it went, step by step.

    `closed_s` is how much of it fell outside open hours, `margin_s` how much of the target was left;
    negative when it was missed, None without a target or while it runs.
    """

    wait: Wait
    steps: Sequence[Step]
    closed_s: int | None
    margin_s: float | None


def waits_of_conversation(actor: Actor, conversation_id: int) -> QuerySet[Wait]:
    """Return the waits of a conversation within reach, oldest first."""
    return _waits(conversation_for(actor, conversation_id)).order_by("seq")


def latest_wait(conversation: Conversation) -> Wait | None:
    """Return the wait that runs, otherwise the one that ended last."""
    return _latest.first(conversation.pk)


@prepared
def _latest(conversation_id: int) -> QuerySet[Wait]:
    rows = Wait.objects.filter(conversation_id=conversation_id)
    return rows.select_related("policy", "calendar_version__calendar").order_by("-seq")[:1]


def resolution_due(conversation: Conversation, latest: Wait | None) -> datetime | None:
    """Return by when a conversation must be resolved, counted from its cycle's first line; None for no limit.

    One query at most, and none where no limit is set.
    """
    policy = latest.policy if latest else None
    if latest is None or policy is None or policy.resolution_s is None or latest.is_backfill:
        return None
    first = conversation.waits.filter(cycle=latest.cycle).order_by("seq").first()
    version = latest.calendar_version if latest.by_calendar else None
    hours = hours_of(version) if version else None
    try:
        return due_after(hours, (first or latest).opened_at, policy.resolution_s)
    except NoOpenTimeError:
        return None


def _waits(conversation: Conversation) -> QuerySet[Wait]:
    return conversation.waits.select_related(
        "policy", "calendar_version__calendar", "replier", "assignee_at_end", "unit_at_open"
    )


def wait_stories(actor: Actor, conversation_id: int) -> tuple[Conversation, list[WaitStory]]:
    """Return a conversation and how each of its waits went, newest first. A fixed number of queries."""
    conversation = conversation_for(actor, conversation_id)
    assignments = list(
        conversation.assignments.select_related("assignee").order_by("started_at", "id")
    )
    waits = _waits(conversation).order_by("-seq")[:100]
    return conversation, [_story(wait, assignments) for wait in waits]


def _story(wait: Wait, assignments: Sequence[Assignment]) -> WaitStory:
    happened = [Step("wrote", wait.opened_at)]
    if wait.desk_opened_at > wait.opened_at:
        happened.append(Step("collected", wait.desk_opened_at))
    happened += _assigned(wait, assignments)
    if wait.warned_at is not None:
        happened.append(Step("warned", wait.warned_at))
    if wait.breached_at is not None:
        happened.append(Step("due", wait.breached_at))
    happened.sort(key=lambda step: step.at)
    if wait.ended_at is not None:
        happened.append(Step(wait.end_kind, wait.ended_at, who=wait.replier))
    steps = [
        Step(step.kind, step.at, (step.at - before.at).total_seconds(), step.who)
        for before, step in zip([happened[0], *happened], happened, strict=False)
    ]
    closed = None if wait.wall_s is None or wait.biz_s is None else wait.wall_s - wait.biz_s
    margin = None
    if wait.ended_at is not None and wait.due_at is not None:
        margin = (wait.due_at - wait.ended_at).total_seconds()
    return WaitStory(wait, steps, closed, margin)


def _assigned(wait: Wait, assignments: Sequence[Assignment]) -> list[Step]:
    """Return who took it during the wait; whoever had it from before is known at its beginning."""
    return [
        Step("assigned", row.started_at, who=row.assignee)
        for row in assignments
        if wait.opened_at < row.started_at
        and (wait.ended_at is None or row.started_at < wait.ended_at)
    ]
