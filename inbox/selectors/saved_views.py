"""Reads of saved views: one's own, and those shared with units whose inbox one reads."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict

from inbox.models import Conversation, HomeView, SavedView
from inbox.selectors.access import conversations_for
from inbox.selectors.asking import search_of
from inbox.selectors.filters import BY_RECENCY, QueueFilter, narrowed, of_view
from inbox.selectors.queue import counts_of
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.kernel.prepared import prepared
from opsconsole.people.roles import Ability

#: Stands for no unit at all: a list for `in` must not be empty.
NO_UNIT = (0,)
#: Saved views that one person sees, and how far each is counted.
MOST_VIEWS, COUNT_LIMIT = 50, 100


@dataclass(frozen=True, slots=True)
class Shelf:
    """The saved views within reach, in their order, and the one that the inbox opens with."""

    views: list[SavedView]
    home: SavedView | None

    def view(self, view_id: int) -> SavedView:
        """Return one of them; NotFound for any other."""
        found = next((view for view in self.views if view.pk == view_id), None)
        if found is None:
            raise NotFound
        return found


def shelf_of(actor: Actor) -> Shelf:
    """Return the saved views that the actor may use. One query."""
    rows: list[Any] = _shelf(actor)
    return Shelf(rows, next((row for row in rows if row.is_home), None))


def _shelf(actor: Actor) -> list[SavedView]:
    units = actor.units(Ability.READ_INBOX)
    if units is None:
        return _of_everybody(actor.user_id or 0)
    return _of_units(actor.user_id or 0, tuple(sorted(units)) or NO_UNIT)


@prepared
def _of_everybody(user_id: int) -> QuerySet[SavedView]:
    return _in_order(user_id, Q(unit__isnull=False))


@prepared
def _of_units(user_id: int, units: tuple[int, ...]) -> QuerySet[SavedView]:
    return _in_order(user_id, Q(unit__in=units))


def _in_order(user_id: int, shared: Q) -> QuerySet[SavedView]:
    home = HomeView.objects.filter(user=user_id, view=OuterRef("pk"))
    rows = SavedView.objects.filter(Q(owner=user_id, unit__isnull=True) | shared)
    return (
        rows.annotate(is_home=Exists(home))
        .select_related("unit", "owner")
        .order_by(F("unit").asc(nulls_first=True), "position", "name", "id")[:MOST_VIEWS]
    )


def _within(actor: Actor) -> QuerySet[SavedView]:
    units = actor.units(Ability.READ_INBOX)
    shared = Q(unit__isnull=False) if units is None else Q(unit__in=units)
    return SavedView.objects.filter(Q(owner=actor.user_id, unit__isnull=True) | shared)


def view_to_change(actor: Actor, view_id: int) -> SavedView:
    """Return a view that the actor may change: an own one, or a shared one of a unit they direct."""
    found = _within(actor).filter(pk=view_id).select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound
    if found.owner_id != actor.user_id:
        actor.must(Ability.DIRECT_INBOX, found.unit_id)
    return found


def filter_of(view: SavedView) -> QueueFilter:
    """Return the filters that a view was saved with."""
    return QueueFilter.from_query(QueryDict(view.query))


def view_counts(actor: Actor, views: list[SavedView]) -> dict[int, int]:
    """Count what each view lists, up to COUNT_LIMIT, in one statement.

    Only what is on somebody's list is counted, and never by words: the rest would have to be looked for.
    """
    lists: dict[str, QuerySet[Conversation]] = {}
    for view in views:
        try:
            wanted = search_of(actor, filter_of(view))
        except DomainError:
            continue  # it names what no longer exists; opening it says so
        if wanted.has_words or wanted.filters.view in BY_RECENCY - {"waiting", "mentions"}:
            continue
        rows = of_view(conversations_for(actor), wanted.filters.view, actor.user_id)
        lists[str(view.pk)] = narrowed(rows, wanted.filters, actor)
    return {int(pk): count for pk, count in counts_of(lists, COUNT_LIMIT).items()}
