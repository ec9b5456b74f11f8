"""Keeping lists under a name: saving, sharing, ordering, and choosing the one to begin with."""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from inbox.models import HomeView, SavedView
from inbox.selectors.filters import QueueFilter
from inbox.selectors.saved_views import shelf_of, view_to_change
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability

#: Views that one person keeps.
MOST_OWN = 40


def view_save(actor: Actor, *, name: str, query: str, unit_id: int | None = None) -> SavedView:
    """Keep a list under a name, for oneself or for a unit; one's own view of that name is replaced."""
    name, filters = _named(name), QueueFilter.from_query(QueryDict(query))
    if unit_id is not None:
        actor.must(Ability.WORK_INBOX, unit_id)
    with transaction.atomic():
        mine = SavedView.objects.select_for_update().filter(
            owner_id=actor.person_id, unit_id=unit_id
        )
        view = mine.filter(name__iexact=name).first()
        if view is None and mine.count() >= MOST_OWN:
            raise Invalid(_("Delete a saved view first: there are too many."), code="too_many")
        if view is None:
            view = _new(actor, name, unit_id)
        view.query = _kept(filters)
        view.save(update_fields=["query"])
        record(actor, "inbox.view.saved", view, unit_id=unit_id, name=name)
    return view


def _new(actor: Actor, name: str, unit_id: int | None) -> SavedView:
    last = SavedView.objects.filter(owner=actor.person_id, unit=unit_id).aggregate(
        last=Max("position")
    )["last"]
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                owner_id=actor.person_id, unit_id=unit_id, name=name, position=(last or 0) + 1,
                created_at=now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(
            _("A colleague has shared a view of that name."), code="name_taken", field="name"
        ) from error


def _kept(filters: QueueFilter) -> str:
    query = QueryDict(mutable=True)
    query.update(filters.to_query())
    return query.urlencode()


def _named(name: str) -> str:
    kept = " ".join(storable(name).split())
    if not kept or len(kept) > 60:
        raise Invalid(_("A name has 1 to 60 characters."), code="name", field="name")
    return kept


def view_rename(actor: Actor, *, view_id: int, name: str) -> SavedView:
    """Give a view another name."""
    name = _named(name)
    with transaction.atomic():
        view = view_to_change(actor, view_id)
        try:
            with transaction.atomic():
                SavedView.objects.filter(pk=view.pk).update(name=name)
        except IntegrityError as error:
            raise Conflict(
                _("There is a view of that name already."), code="name_taken", field="name"
            ) from error
        record(actor, "inbox.view.renamed", view, unit_id=view.unit_id, name=name)
    return view


def view_delete(actor: Actor, *, view_id: int) -> None:
    """Throw a view away; whoever began with it begins with what is open."""
    with transaction.atomic():
        view = view_to_change(actor, view_id)
        record(actor, "inbox.view.deleted", view, unit_id=view.unit_id, name=view.name)
        view.delete()


def view_move(actor: Actor, *, view_id: int, step: int) -> None:
    """Move a view up (-1) or down (1) among those it stands with."""
    with transaction.atomic():
        view = view_to_change(actor, view_id)
        beside = SavedView.objects.select_for_update().filter(unit=view.unit_id)
        if view.unit_id is None:
            beside = beside.filter(owner=view.owner_id)
        order = [row.pk for row in beside.order_by("position", "name", "id")]
        at = order.index(view.pk)
        order.insert(min(max(at + step, 0), len(order) - 1), order.pop(at))
        for position, pk in enumerate(order, 1):
            SavedView.objects.filter(pk=pk).exclude(position=position).update(position=position)


def view_make_home(actor: Actor, *, view_id: int | None) -> None:
    """Begin with this view from now on; without one, with what is open."""
    user_id = actor.person_id
    if view_id is None:
        HomeView.objects.filter(user=user_id).delete()
        return
    view = shelf_of(actor).view(view_id)
    HomeView.objects.update_or_create(user_id=user_id, defaults={"view": view})
