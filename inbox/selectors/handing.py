"""What one shift passes on to the next: who waits, what wakes, what is being written, and notes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from inbox.lifecycle import LIVE_DRAFTS, ConsultState, ConversationState
from inbox.models import Consult, Conversation, Draft, FollowUp, HandOverNote
from inbox.selectors.access import conversations_for
from inbox.selectors.duty import IN_HAND, next_shift_ends
from inbox.selectors.follow_ups import open_follow_ups
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.people.models import BusinessUnit
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import units_within

S = ConversationState
#: Rows of each list on the page; more are counted.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """The first rows of a list, and how many there are in all."""

    rows: list[Conversation]
    count: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.rows)


@dataclass(frozen=True, slots=True)
class HandOver:
    """The state of a unit's work at a moment, as the next shift needs to know it."""

    unit: BusinessUnit
    at: datetime
    until: datetime
    waits: Listed
    wakes: Listed
    drafts: list[Draft]
    promises: list[FollowUp]
    consults: list[Consult]
    notes: list[HandOverNote]


def unit_to_read(actor: Actor, unit_id: int) -> BusinessUnit:
    """Return a unit whose inbox the actor reads; NotFound for any other."""
    found = units_within(actor, Ability.READ_INBOX).filter(pk=unit_id).first()
    if found is None:
        raise NotFound
    return found


def hand_over(actor: Actor, unit_id: int, at: datetime) -> HandOver:
    """Return what a unit passes on at a moment. A fixed number of queries."""
    unit = unit_to_read(actor, unit_id)
    until = next_shift_ends(unit_id, at)
    mine = conversations_for(actor).filter(unit=unit_id)
    waits = mine.filter(IN_HAND).order_by("waiting_since", "id")
    wakes = mine.filter(state=S.SNOOZED, snoozed_until__lte=until).order_by("snoozed_until", "id")
    drafts = Draft.objects.filter(
        conversation__unit=unit_id, state__in=[state.value for state in LIVE_DRAFTS]
    )
    return HandOver(
        unit=unit,
        at=at,
        until=until,
        waits=Listed(list(waits[:SHOWN]), waits.order_by().count()),
        wakes=Listed(list(wakes[:SHOWN]), wakes.order_by().count()),
        drafts=list(
            drafts.select_related("author", "conversation__contact").order_by(
                "-updated_at", "-id"
            )[:SHOWN]
        ),
        promises=open_follow_ups([unit_id], until)[:SHOWN],
        consults=_consults(unit_id),
        notes=notes_of(unit_id),
    )


def _consults(unit_id: int) -> list[Consult]:
    """Return the questions that others owe a unit an answer to, and those that it owes, due first."""
    here = Q(conversation__unit=unit_id) | Q(unit=unit_id)
    rows = Consult.objects.filter(here, state=ConsultState.OPEN).order_by("due_at", "id")
    return list(rows.select_related("unit", "conversation__unit", "conversation__contact")[:SHOWN])


def notes_of(unit_id: int) -> list[HandOverNote]:
    """Return the newest notes of a unit, newest first."""
    rows = HandOverNote.objects.filter(unit=unit_id).select_related("author", "confirmed_by")
    return list(rows.order_by("-pk")[:10])


def unread_notes(actor: Actor) -> dict[int, int]:
    """Count by unit the notes that the actor could confirm. One query."""
    units = actor.units(Ability.WORK_INBOX)
    rows = HandOverNote.objects.filter(confirmed_at__isnull=True).exclude(author=actor.user_id)
    if units is not None:
        rows = rows.filter(unit__in=units)
    found: dict[int, int] = {}
    for unit in rows.order_by("-pk").values_list("unit", flat=True)[:500]:
        found[unit] = found.get(unit, 0) + 1
    return found


def note_for(actor: Actor, note_id: int, *, lock: bool = False) -> HandOverNote:
    """Return a note of a unit in which the actor works; NotFound for any other."""
    rows = HandOverNote.objects.filter(pk=note_id)
    units = actor.units(Ability.WORK_INBOX)
    if units is not None:
        rows = rows.filter(unit__in=units)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound
    return found
