"""Reads of deliveries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from channels.lifecycle import GROUPS, DeliveryState
from channels.models import Delivery, InboundItem
from channels.types import OutgoingKind
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.people.roles import Ability

#: Lines of ours on the platform that a person may choose from.
CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries to list. Empty means no restriction."""

    group: str = ""
    state: str = ""
    kind: str = ""
    account: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What helps a person to judge: the line being answered, and what stands there in our name since."""

    answered: InboundItem | None
    since: datetime
    candidates: list[InboundItem]


def deliveries_for(actor: Actor) -> QuerySet[Delivery]:
    """Return the deliveries of accounts whose inbox the actor may read: their words are part of it."""
    rows = Delivery.objects.select_related("account", "account__unit", "requested_by")
    for ability in (Ability.READ_ACCOUNTS, Ability.READ_INBOX):
        units = actor.units(ability)
        if units is not None:
            rows = rows.filter(account__unit_id__in=units)
    return rows


def delivery_for(actor: Actor, delivery_id: int, ability: str = Ability.READ_ACCOUNTS) -> Delivery:
    """Return one delivery with its attempts; NotFound when invisible, NotAllowed when only readable."""
    rows = deliveries_for(actor).select_related("hold__placed_by", "hold__lifted_by")
    row = rows.prefetch_related("attempts", "media").filter(pk=delivery_id).first()
    if row is None:
        raise NotFound
    actor.must(ability, row.account.unit_id)
    return row


def delivery_page(
    actor: Actor, wanted: DeliveryFilter, *, cursor: str = "", size: int = 50
) -> KeysetPage[Delivery]:
    """Return deliveries, newest first."""
    rows = deliveries_for(actor).filter(**_conditions(wanted)).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows[: size + 1], size, lambda row: [row.pk])


def _conditions(wanted: DeliveryFilter) -> dict[str, Any]:
    known: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("state", wanted.state, DeliveryState),
        ("group", wanted.group, GROUPS),
        ("kind", wanted.kind, OutgoingKind),
    )
    for name, asked, allowed in known:
        if asked and asked not in set(allowed):
            raise Invalid(code=f"unknown_{name}", field=name)
    given: dict[str, Any] = {
        "state": wanted.state or None,
        "state__in": GROUPS.get(wanted.group),
        "kind": wanted.kind or None,
        "account_id": wanted.account,
    }
    return {column: value for column, value in given.items() if value is not None}


def deliveries_among(actor: Actor, ids: Iterable[int]) -> list[Delivery]:
    """Return those of some deliveries that are within reach, oldest first."""
    return list(deliveries_for(actor).filter(pk__in=list(ids)).order_by("pk"))


def deliveries_needing_people(actor: Actor) -> int:
    """Count the deliveries that only a person can settle."""
    return deliveries_for(actor).filter(state=DeliveryState.NEEDS_HUMAN).count()


def evidence_for(delivery: Delivery) -> Evidence:
    """Return what helps to judge a delivery that has come through its gate. Two queries."""
    items = InboundItem.objects.filter(account_id=delivery.account_id)
    answered = items.filter(external_id=delivery.reply_to).first() if delivery.reply_to else None
    armed = [attempt.armed_at for attempt in delivery.attempts.all()]
    since = min(armed, default=delivery.requested_at)
    ours = items.filter(is_own=True, posted_at__gte=since - timedelta(seconds=5))
    if delivery.is_answer:
        ours = ours.filter(thread_external_id=delivery.thread)
    taken = Delivery.objects.filter(
        account_id=delivery.account_id, external_id=OuterRef("external_id")
    )
    rows = ours.exclude(Exists(taken)).order_by("posted_at", "id")
    return Evidence(answered, since, list(rows[:CANDIDATES]))
