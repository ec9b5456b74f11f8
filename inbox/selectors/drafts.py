"""Drafts within reach: one by its number, and the lists of one's own and of one's units."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from inbox.lifecycle import LIVE_DRAFTS, DraftState
from inbox.models import Draft
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.pagination import KeysetPage, cut, moment_and_number
from opsconsole.people.roles import Ability

#: Older ones are no longer listed; they are still in their conversations.
LISTED_FOR = timedelta(days=30)
VIEWS = ("mine", "unit", "scheduled")


def listed() -> Q:
    """Return the condition that a draft is recent enough to be listed; what is scheduled always is."""
    return Q(updated_at__gt=now() - LISTED_FOR) | Q(state=DraftState.SCHEDULED)


def drafts_for(actor: Actor) -> QuerySet[Draft]:
    """Return live drafts in the conversations that the actor may read."""
    units = actor.units(Ability.READ_INBOX)
    rows = Draft.objects.filter(state__in=LIVE_DRAFTS)
    return rows if units is None else rows.filter(conversation__unit_id__in=units)


def draft_for(actor: Actor, draft_id: int) -> Draft:
    """Return one draft within reach, whatever has become of it; NotFound for any other."""
    units = actor.units(Ability.READ_INBOX)
    rows = Draft.objects.filter(pk=draft_id)
    found = (rows if units is None else rows.filter(conversation__unit_id__in=units)).first()
    if found is None:
        raise NotFound
    return found


def draft_page(
    actor: Actor, view: str = "mine", *, cursor: str = "", size: int = 50
) -> KeysetPage[Draft]:
    """Return one page of drafts that hold words, the newest first."""
    if view not in VIEWS:
        raise Invalid(code="unknown_view", field="view")
    rows = (
        drafts_for(actor)
        .filter(listed())
        .exclude(text="")
        .select_related(
            "author", "conversation__contact", "conversation__unit", "conversation__account"
        )
    )
    if view == "mine":
        rows = rows.filter(author_id=actor.user_id)
    elif view == "scheduled":
        rows = rows.filter(send_at__isnull=False)
    if cursor:
        at, pk = moment_and_number(cursor)
        rows = rows.filter(updated_at__lte=at).filter(Q(updated_at__lt=at) | Q(pk__lt=pk))
    page = rows.order_by("-updated_at", "-id")[: size + 1]
    return cut(page, size, lambda row: [row.updated_at.isoformat(), row.pk])
