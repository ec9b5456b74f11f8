"""Asking for a delivery, changing one that has not left, and a person's verdict on an unclear one."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.addresses import id_in, id_of_post
from channels.lifecycle import DELIVERY, STOPPABLE, DeliveryState
from channels.models import ChannelAccount, Delivery, InboundItem
from channels.selectors.deliveries import delivery_for
from channels.types import OutgoingKind
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import storable, storable_id, web_address
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
    _move(
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
    given = storable(external_id).strip()
    if not given:
        raise Invalid(
            _("Give the address or number of what stands on the platform."),
            code="blank", field="external_id",
        )  # fmt: skip
    with transaction.atomic():
        delivery = _settling(actor, delivery_id)
        external_id, found_url = _ours(delivery, given)
        _move(
            delivery, {S.NEEDS_HUMAN}, S.SENT,
            external_id=external_id, url=web_address(url) or found_url,
            sent_at=delivery.ambiguous_at or now(),
            settled_at=now(), reason="", reason_code="",
        )  # fmt: skip
        _close_open_attempt(delivery, "sent")
        record(
            actor, "channels.delivery.confirmed", delivery,
            unit_id=delivery.account.unit_id, external_id=external_id,
        )  # fmt: skip
    return delivery


def delivery_send_again(actor: Actor, *, delivery_id: int, minutes: int = 30) -> Delivery:
    """Send once more what a person has found absent, giving it a new window."""
    with transaction.atomic():
        delivery = _settling(actor, delivery_id)
        at = now()
        _move(
            delivery, {S.NEEDS_HUMAN, S.FAILED, S.MISSED, S.HELD}, S.READY,
            not_before=at, deadline=_later(at, minutes), retries=0, empty_reads=0,
            ambiguous_at=None, settled_at=None, reason="", reason_code="",
        )  # fmt: skip
        _close_open_attempt(delivery, "absent")
        record(actor, "channels.delivery.sent_again", delivery, unit_id=delivery.account.unit_id)
        ring_on_commit("delivery_requested")
    return delivery


def delivery_drop(actor: Actor, *, delivery_id: int) -> Delivery:
    """Give up an unclear delivery: a person has decided that it shall not be sent."""
    with transaction.atomic():
        delivery = _settling(actor, delivery_id)
        _move(delivery, {S.NEEDS_HUMAN, S.FAILED, S.MISSED, S.HELD}, S.CANCELLED, settled_at=now())
        _close_open_attempt(delivery, "dropped")
        record(actor, "channels.delivery.dropped", delivery, unit_id=delivery.account.unit_id)
    return delivery


def _gated(actor: Actor, delivery_id: int) -> Delivery:
    """Those who may send as this account may also stop it."""
    delivery = delivery_for(actor, delivery_id)
    ability = Ability.WORK_INBOX if delivery.kind == OutgoingKind.REPLY else Ability.WRITE_POSTS
    actor.must(ability, delivery.account.unit_id)
    return delivery


def _settling(actor: Actor, delivery_id: int) -> Delivery:
    return delivery_for(actor, delivery_id, Ability.SETTLE_DELIVERIES)


def _ours(delivery: Delivery, given: str) -> tuple[str, str]:
    """Return the number and address behind either; refuse a customer's item and another delivery's."""
    number = _number_in(delivery, given)
    item = (
        InboundItem.objects.filter(account=delivery.account)
        .filter(Q(external_id__in={storable_id(given), number}) | Q(permalink=given, is_own=True))
        .order_by("-is_own")
        .first()
    )
    if item is not None and not item.is_own:
        raise Invalid(_("That was written by a customer."), code="not_ours", field="external_id")
    external_id = item.external_id if item else number
    if not external_id:
        raise Invalid(
            _("This address does not say which one it is. Open the comment or post itself."),
            code="no_number", field="external_id",
        )  # fmt: skip
    if Delivery.objects.filter(account=delivery.account, external_id=external_id).exists():
        raise Conflict(
            _("Another delivery already stands for that."),
            code="external_id_taken", field="external_id",
        )  # fmt: skip
    return external_id, web_address(given) or (item.permalink if item else "")


def _number_in(delivery: Delivery, given: str) -> str:
    account = delivery.account
    if delivery.kind == OutgoingKind.POST:
        return storable_id(id_of_post(given, kind=account.kind, owner=account.external_id))
    return storable_id(id_in(given, kind=account.kind, thread=delivery.thread))


def _later(at: datetime, minutes: int) -> datetime:
    from_now = max(1, min(minutes, 24 * 60))
    return at.fromtimestamp(at.timestamp() + from_now * 60, tz=at.tzinfo)


def _close_open_attempt(delivery: Delivery, outcome: str) -> None:
    delivery.attempts.filter(outcome__isnull=True).update(outcome=outcome, ended_at=now())


def _move(
    delivery: Delivery,
    old: set[DeliveryState] | frozenset[DeliveryState],
    new: DeliveryState,
    *,
    refusal: object = None,
    **changes: object,
) -> None:
    """Compare and set; Conflict when the delivery has moved on meanwhile."""
    legal = [state for state in old if DELIVERY.allows(state, new)]
    moved = Delivery.objects.filter(pk=delivery.pk, state__in=legal).update(
        state=new, is_unseen=True, lease_until=None, **changes
    )
    if not moved:
        raise Conflict(refusal, code="moved_on")
    delivery.refresh_from_db()
    ring_on_commit("delivery_settled")
    hint_on_commit("delivery", units=[delivery.account.unit_id], id=delivery.pk)
