"""Automatic assignment: whoever waits longest goes to somebody who is there and has room.

One giver at a time, so that nobody's capacity is counted twice; people who claim by hand meanwhile lock the
conversation itself, and the giver passes over what is locked.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from inbox.actions.assignment import begin
from inbox.actions.notices import notices_give
from inbox.lifecycle import AssignmentMode, ConversationState
from inbox.models import Assignment, Conversation, Desk, Lease, Turn
from inbox.notices import NoticeKind
from inbox.selectors.duty import CrewMember, crew, has_roster
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now

S = ConversationState
_LOCK = 0x6F70_6769
#: How many of those who wait are looked at when nobody may be given the first.
LOOK_AHEAD = 50
#: Ways in which somebody has let go of a conversation: it is not given to them again for the same wait.
LET_GO = ("released", "returned", "off_shift")


def conversations_give_out() -> int:
    """Give one waiting conversation of each unit to somebody. Returns how many; call again until 0."""
    automatic = Desk.objects.exclude(assignment_mode=AssignmentMode.MANUAL)
    desks = automatic.filter(unit__is_active=True).order_by("unit")
    return sum(_give_one(desk.unit_id) for desk in desks)


def _give_one(unit_id: int) -> bool:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        desk = Desk.objects.get(unit=unit_id)
        at = now()
        free = _free(unit_id, at) if desk.assignment_mode != AssignmentMode.MANUAL else []
        if not free:
            return False
        for conversation in _waiting(unit_id, at):
            fit = _fit(conversation, free)
            if fit:
                _give(conversation, _next(desk, fit), desk.assignment_mode, at)
                return True
    return False


def _free(unit_id: int, at: datetime) -> list[CrewMember]:
    """Return who may be given something: on duty, not on a pause, with room.

    Where there is no roster nobody is known to be there, so nothing is given out.
    """
    if not has_roster(unit_id, at):
        return []
    return [member for member in crew(unit_id, at) if member.is_there and member.has_room]


def _waiting(unit_id: int, at: datetime) -> Iterator[Conversation]:
    """Yield what nobody has and somebody waits in, what is due first, each locked when its turn comes.

    What is in use, by a lock or by somebody who is answering it, is left out.
    """
    answering = Lease.objects.filter(conversation=OuterRef("pk"), expires_at__gt=at)
    waiting = Conversation.objects.filter(
        ~Exists(answering),
        unit=unit_id,
        contact__blocked_at__isnull=True,
        assignee__isnull=True,
        state__in=[S.NEW, S.OPEN],
        waiting_since__isnull=False,
    )
    found = waiting.order_by("queue_at", "id").values_list("pk", flat=True)[:LOOK_AHEAD]
    for pk in list(found):
        rows = waiting.filter(pk=pk).select_for_update(skip_locked=True, of=("self",))
        if (conversation := rows.first()) is not None:
            yield conversation


def _fit(conversation: Conversation, free: Sequence[CrewMember]) -> list[CrewMember]:
    """Return who is fit for a conversation: those who speak its language before all others.

    Whoever has let go of it during this wait is not asked again.
    """
    let_go = Assignment.objects.filter(
        conversation=conversation, end_reason__in=LET_GO, ended_at__gte=conversation.waiting_since
    )
    gone = set(let_go.values_list("assignee", flat=True))
    rest = [member for member in free if member.person.pk not in gone]
    language = conversation.language.partition("-")[0].lower()
    speakers = [member for member in rest if language in member.languages]
    open_to_all = [member for member in rest if not member.languages]
    return speakers or open_to_all or rest


def _next(desk: Desk, fit: Sequence[CrewMember]) -> CrewMember:
    """Return whose turn it is: by the fewest in hand, or by who was given something longest ago."""
    given = dict(Turn.objects.filter(unit=desk.unit_id).values_list("person", "given_at"))

    def turn(member: CrewMember) -> tuple[float, int]:
        last = given.get(member.person.pk)
        return (last.timestamp() if last else 0.0, member.person.pk)

    if desk.assignment_mode == AssignmentMode.LEAST_LOADED:
        return min(fit, key=lambda member: (member.in_hand, *turn(member)))
    return min(fit, key=turn)


def _give(conversation: Conversation, member: CrewMember, mode: str, at: datetime) -> None:
    assignment = begin(SYSTEM, conversation, member.person.pk)
    Turn.objects.update_or_create(
        unit_id=conversation.unit_id, person=member.person, defaults={"given_at": at}
    )
    record(
        SYSTEM, "inbox.conversation.given", conversation, unit_id=conversation.unit_id,
        to=str(member.person), to_id=member.person.pk, mode=str(mode), in_hand=member.in_hand,
    )  # fmt: skip
    notices_give(
        [member.person.pk], NoticeKind.ASSIGNED,
        key=f"assignment:{assignment.pk}", conversation=conversation,
    )  # fmt: skip
