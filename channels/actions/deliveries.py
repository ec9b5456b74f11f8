"""Asking for a delivery, changing or stopping one that has not left; the gates of people's verdicts."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from channels.actions import verdicts
from channels.lifecycle import STOPPABLE, DeliveryState
from channels.models import ChannelAccount, Delivery
from channels.selectors.deliveries import delivery_for
from channels.types import OutgoingKind
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict
from opsconsole.people.roles import Ability

S = DeliveryState
#: Replies overtake posts.
URGENT, NORMAL = 1, 5


def delivery_request(
    actor: Actor,
    *,
    origin: str,
    account: ChannelAccount,
    kind: OutgoingKind,
    text: str,
    not_before: datetime,
    deadline: datetime,
    title: str = "",
    reply_to: str = "",
    thread: str = "",
    priority: int = NORMAL,
) -> Delivery:
    """Write down an intention; the caller has checked the actor. Asking again returns the first.

    Rings on commit. `origin` is the idempotency key.
    """
    with transaction.atomic():
        delivery, is_new = Delivery.objects.get_or_create(
            origin=origin,
            defaults={
                "account": account,
                "kind": kind,
                "text": text,
                "title": title,
                "reply_to": reply_to,
                "thread": thread,
                "nonce": f"oc-{secrets.token_hex(10)}",
                "requested_by_id": actor.user_id,
                "requested_at": now(),
                "priority": priority,
                "not_before": not_before,
                "deadline": deadline,
                "state": S.PLANNED,
            },
        )
        if is_new:
            record(
                actor, "channels.delivery.requested", delivery,
                unit_id=account.unit_id, origin=origin,
            )  # fmt: skip
            ring_on_commit("delivery_requested")
    return delivery


def delivery_revise(
    actor: Actor,
    *,
    delivery: Delivery,
    text: str,
    title: str,
    not_before: datetime,
    deadline: datetime,
) -> None:
    """Change a delivery nobody has begun to send. Conflict once a worker holds it. Caller has gated."""
    changed = Delivery.objects.filter(pk=delivery.pk, state__in=STOPPABLE).update(
        text=text,
        title=title,
        not_before=not_before,
        deadline=deadline,
        state=S.PLANNED,
        retries=0,
        reason="",
        reason_code="",
        settled_at=None,
    )
    if not changed:
        raise Conflict(
            _("This is already being sent and can no longer be changed."), code="in_flight"
        )
    record(actor, "channels.delivery.revised", delivery, unit_id=delivery.account.unit_id)
    ring_on_commit("delivery_requested")


def delivery_cancel(actor: Actor, *, delivery_id: int) -> Delivery:
    """Stop a delivery that nobody has begun to send; Conflict once a worker holds it."""
    with transaction.atomic():
        delivery = _gated(actor, delivery_id)
        delivery_withdraw(actor, delivery=delivery)
    return delivery


def delivery_withdraw(actor: Actor, *, delivery: Delivery) -> None:
    """Cancel on behalf of an app that has checked the actor itself."""
    verdicts.move_by_hand(
        delivery, STOPPABLE, S.CANCELLED, settled_at=now(),
        refusal=_("This is already being sent and can no longer be stopped."),
    )  # fmt: skip
    record(actor, "channels.delivery.cancelled", delivery, unit_id=delivery.account.unit_id)


def delivery_confirm_live(
    actor: Actor, *, delivery_id: int, external_id: str, url: str = ""
) -> Delivery:
    """Record a person's finding that an unclear delivery stands on the platform.

    `external_id` is its number there, or its address.
    """
    with transaction.atomic():
        delivery = _settling(actor, delivery_id)
        verdicts.confirm_live(actor, delivery, external_id=external_id, url=url)
    return delivery


def delivery_send_again(actor: Actor, *, delivery_id: int, minutes: int = 30) -> Delivery:
    """Send once more what a person has found absent, giving it a new window."""
    with transaction.atomic():
        delivery = _settling(actor, delivery_id)
        verdicts.send_again(actor, delivery, minutes=minutes)
    return delivery


def delivery_drop(actor: Actor, *, delivery_id: int) -> Delivery:
    """Give up an unclear delivery: a person has decided that it shall not be sent."""
    with transaction.atomic():
        delivery = _settling(actor, delivery_id)
        verdicts.drop(actor, delivery)
    return delivery


def deliveries_look_now(actor: Actor) -> list[int]:
    """Have every unclear delivery within reach read back at once. Returns their numbers."""
    actor.must(Ability.SETTLE_DELIVERIES)
    units = actor.units(Ability.SETTLE_DELIVERIES)
    unclear = Delivery.objects.filter(state=S.AMBIGUOUS)
    if units is not None:
        unclear = unclear.filter(account__unit_id__in=units)
    ids = list(unclear.order_by("pk").values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=ids, state=S.AMBIGUOUS).update(next_look_at=now())
    return ids


def _gated(actor: Actor, delivery_id: int) -> Delivery:
    """Those who may send as this account may also stop it."""
    delivery = delivery_for(actor, delivery_id)
    ability = Ability.WORK_INBOX if delivery.kind == OutgoingKind.REPLY else Ability.WRITE_POSTS
    actor.must(ability, delivery.account.unit_id)
    return delivery


def _settling(actor: Actor, delivery_id: int) -> Delivery:
    return delivery_for(actor, delivery_id, Ability.SETTLE_DELIVERIES)
