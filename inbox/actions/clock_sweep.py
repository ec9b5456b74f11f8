"""What time itself does to waits: warnings before they are missed, the miss, and new measures for all."""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import F, Q, QuerySet

from inbox.actions import changes
from inbox.actions.clocks import clocks_follow_all
from inbox.actions.notices import notices_give
from inbox.models import CalendarVersion, Conversation, SlaPolicy, Wait
from inbox.notices import NoticeKind
from inbox.selectors.duty import is_off_shift, people_to_tell
from opsconsole.kernel.clock import now
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import people_who_can

#: What is done with a wait whose conversation is locked; tells whether it was done.
WaitAct = Callable[[Conversation, "QuerySet[Wait]"], bool]
#: Waits of one sweep, and conversations measured anew in one transaction.
BATCH = 200
_WARNABLE = Q(ended_at__isnull=True, breached_at__isnull=True, warned_at__isnull=True)
_BREACHABLE = Q(ended_at__isnull=True, breached_at__isnull=True)


def waits_sweep(limit: int = BATCH) -> int:
    """Warn of waits that are nearly due and note those that were missed. Returns how many; call until 0."""
    at = now()
    breached = _each(_BREACHABLE & Q(due_at__lt=at), "due_at", limit, _breach)
    warned = _each(_WARNABLE & Q(warn_at__lte=at), "warn_at", limit, _warn)
    return breached + warned


def _each(which: Q, order: str, limit: int, handle: WaitAct) -> int:
    """One short transaction for each, under the lock that every other change takes first.

    What somebody is working on this very moment is left to the next sweep.
    """
    due = list(
        Wait.objects.filter(which).order_by(order).values_list("pk", "conversation_id")[:limit]
    )
    done = 0
    for pk, conversation_id in due:
        with transaction.atomic():
            rows = Conversation.objects.filter(pk=conversation_id)
            conversation = rows.select_for_update(skip_locked=True).first()
            if conversation is not None:
                done += handle(conversation, Wait.objects.filter(which, pk=pk))
    return done


def _breach(conversation: Conversation, wait: QuerySet[Wait]) -> bool:
    """Only one of several sweeps finds the wait as it was; a wait is missed once."""
    pk = wait.values_list("pk", flat=True).first()
    if not wait.update(breached_at=F("due_at")):
        return False
    changes.apply(conversation, is_breached=True)
    unit = conversation.unit_id
    managers = people_who_can(Ability.DIRECT_INBOX, unit).values_list("pk", flat=True)
    told = {*managers, *([conversation.assignee_id] if conversation.assignee_id else [])}
    notices_give(told, NoticeKind.BREACHED, key=f"wait:{pk}", conversation=conversation)
    return True


def _warn(conversation: Conversation, wait: QuerySet[Wait]) -> bool:
    pk = wait.values_list("pk", flat=True).first()
    if not wait.update(warned_at=now()):
        return False
    notices_give(
        _who_can_act(conversation),
        NoticeKind.DUE_SOON,
        key=f"wait:{pk}",
        conversation=conversation,
    )
    return True


def _who_can_act(conversation: Conversation) -> Iterable[int]:
    """Return whoever has it, unless they are off duty; otherwise those of the unit who are there."""
    at, assignee = now(), conversation.assignee_id
    if assignee is not None and not is_off_shift(assignee, conversation.unit_id, at):
        return [assignee]
    return people_to_tell(conversation.unit_id, at)


def waits_measure_anew() -> bool:
    """Measure all open waits by service levels and calendars that were changed. Returns whether any was.

    Starts over when a worker dies on the way: measuring twice comes to the same.
    """
    policies = dict(SlaPolicy.objects.filter(is_applied=False).values_list("pk", "changed_at"))
    versions = list(CalendarVersion.objects.filter(is_applied=False).values_list("pk", flat=True))
    if not policies and not versions:
        return False
    last: int | None = 0
    while last is not None:
        last = _measure_after(last)
    for pk, changed_at in policies.items():  # one that was changed again meanwhile comes again
        SlaPolicy.objects.filter(pk=pk, changed_at=changed_at).update(is_applied=True)
    CalendarVersion.objects.filter(pk__in=versions).update(is_applied=True)
    return True


def _measure_after(last: int) -> int | None:
    """Measure one batch of open waits; return where to go on."""
    with transaction.atomic():
        waits = dict(
            Wait.objects.filter(ended_at__isnull=True, pk__gt=last)
            .order_by("pk")
            .values_list("pk", "conversation_id")[:BATCH]
        )
        if not waits:
            return None
        rows = Conversation.objects.filter(pk__in=waits.values()).order_by("pk")
        conversations = list(rows.select_for_update())
        before = {row.pk: (row.due_at, row.is_breached) for row in conversations}
        clocks_follow_all(conversations)
        for row in conversations:
            if before[row.pk] != (row.due_at, row.is_breached):
                changes.touch(row)
        return max(waits)
