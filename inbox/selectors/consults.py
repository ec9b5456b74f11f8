"""Reads of consults: who asks and who is asked see them; a guest sees what their link shows."""

import hashlib
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from inbox.lifecycle import ConsultState
from inbox.models import Consult, ConsultLink, Conversation, Message
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.kernel.prepared import prepared
from opsconsole.people.roles import Ability

#: The number in the rail stops here.
COUNT_LIMIT = 100
#: Lines of the conversation that who is asked reads, newest kept.
LINES = 200


@dataclass(frozen=True, slots=True)
class ConsultView:
    """A consult as who is asked sees it: lines only while it is open."""

    consult: Consult
    lines: list[Message]
    can_answer: bool
    can_withdraw: bool
    sees_conversation: bool
    links: list[ConsultLink]


def consults_asked_of(actor: Actor) -> QuerySet[Consult]:
    """Return the consults that units of the actor are asked."""
    units = actor.units(Ability.READ_INBOX)
    rows = Consult.objects.select_related("unit", "asked_by", "answered_by", "conversation__unit")
    return rows if units is None else rows.filter(unit__in=units)


def consults_for(actor: Actor) -> QuerySet[Consult]:
    """Return the consults the actor may see: asked of a unit of theirs, or about a conversation of theirs."""
    units = actor.units(Ability.READ_INBOX)
    rows = Consult.objects.select_related(
        "unit", "asked_by", "answered_by", "conversation__unit", "conversation__contact"
    )
    if units is None:
        return rows
    return rows.filter(Q(unit__in=units) | Q(conversation__unit__in=units))


def consult_for(actor: Actor, consult_id: int) -> Consult:
    """Return one consult within reach; NotFound for any other."""
    found = consults_for(actor).filter(pk=consult_id).first()
    if found is None:
        raise NotFound
    return found


def consult_view(actor: Actor, consult_id: int) -> ConsultView:
    """Return a consult with what the actor may see and do. Three queries."""
    consult = consult_for(actor, consult_id)
    home = consult.conversation.unit_id
    sees = actor.can(Ability.READ_INBOX, home)
    works = actor.can(Ability.WORK_INBOX, home)
    may_read = consult.is_open or sees
    return ConsultView(
        consult=consult,
        lines=lines_of(consult.conversation) if may_read else [],
        can_answer=consult.is_open and actor.can(Ability.WRITE_NOTES, consult.unit_id),
        can_withdraw=consult.is_open and works,
        sees_conversation=sees,
        links=list(consult.links.select_related("made_by").order_by("pk")) if works else [],
    )


def lines_of(conversation: Conversation) -> list[Message]:
    """Return the conversation's lines that still stand, oldest first: no notes, no other history."""
    lines = conversation.messages.filter(removed_at__isnull=True).select_related(
        "contact", "operator"
    )
    return list(lines.order_by("-posted_at", "-id")[:LINES])[::-1]


def consult_page(
    actor: Actor, *, is_open: bool, cursor: str = "", size: int = 50
) -> KeysetPage[Consult]:
    """Return what units of the actor are asked: the open ones by due time, the others newest first."""
    rows = consults_asked_of(actor)
    if is_open:
        return KeysetPage(
            list(rows.filter(state=ConsultState.OPEN).order_by("due_at", "pk")[:200])
        )
    rows = rows.exclude(state=ConsultState.OPEN).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows[: size + 1], size, lambda row: [row.pk])


def open_count(actor: Actor) -> int:
    """Count the open consults of the actor's units, up to COUNT_LIMIT. One query on its own index."""
    units = actor.units(Ability.READ_INBOX)
    if units is None:
        return len(_open_anywhere())
    return len(_open_in(tuple(sorted(units)))) if units else 0


@prepared
def _open_anywhere() -> QuerySet[Consult, int]:
    rows = Consult.objects.filter(state=ConsultState.OPEN)
    return rows.order_by().values_list("pk", flat=True)[:COUNT_LIMIT]


@prepared
def _open_in(units: tuple[int, ...]) -> QuerySet[Consult, int]:
    rows = Consult.objects.filter(state=ConsultState.OPEN, unit__in=units)
    return rows.order_by().values_list("pk", flat=True)[:COUNT_LIMIT]


def open_consults(conversation: Conversation) -> list[Consult]:
    """Return the open questions about a conversation that has come through its gate. One query."""
    rows = conversation.consults.filter(state=ConsultState.OPEN).select_related("unit")
    return list(rows.order_by("due_at"))


def digest_of(secret: str) -> str:
    """Return what is kept of a guest link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_of(secret: str, *, lock: bool = False) -> ConsultLink:
    """Return a guest link that may still be used; NotFound for all others, whatever is wrong with them."""
    rows = ConsultLink.objects.filter(
        digest=digest_of(secret), used_at__isnull=True, withdrawn_at__isnull=True,
        expires_at__gt=now(), consult__state=ConsultState.OPEN,
    )  # fmt: skip
    rows = rows.select_for_update() if lock else rows.select_related("consult")
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def lines_shown(link: ConsultLink) -> list[Message]:
    """Return the lines that the asker chose for a guest and that still stand, oldest first."""
    chosen = Message.objects.filter(
        conversation=link.consult.conversation_id, pk__in=link.lines, removed_at__isnull=True
    )
    return list(chosen.select_related("contact").order_by("posted_at", "id"))
