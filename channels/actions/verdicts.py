"""What people do to a delivery by hand, for callers who have put it through a gate and a transaction."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.addresses import id_in, id_of_post
from channels.lifecycle import DELIVERY, DeliveryState, LateRule
from channels.models import Delivery, InboundItem
from channels.selectors.holds import hold_over
from channels.types import OutgoingKind
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import storable, storable_id, web_address

S = DeliveryState
#: Where only a person can say how it goes on.
_STUCK = frozenset({S.NEEDS_HUMAN, S.FAILED, S.MISSED, S.HELD})


def confirm_live(actor: Actor, delivery: Delivery, *, external_id: str, url: str = "") -> None:
    """Record that an unclear delivery stands on the platform, under a number or an address."""
    given = storable(external_id).strip()
    if not given:
        raise Invalid(
            _("Give the address or number of what stands on the platform."),
            code="blank", field="external_id",
        )  # fmt: skip
    external_id, found_url = _ours(delivery, given)
    move_by_hand(
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


def send_again(actor: Actor, delivery: Delivery, *, minutes: int = 30) -> None:
    """Send once more what a person has found absent, giving it a new window.

    Conflict for what has to be approved and is not.
    """
    at = now()
    must_be_wanted_late(delivery)
    must_be_permitted(delivery)
    must_be_free(delivery)
    move_by_hand(
        delivery, _STUCK, S.READY,
        not_before=at, deadline=_later(at, minutes), retries=0, empty_reads=0,
        ambiguous_at=None, settled_at=None, reason="", reason_code="", hold=None,
    )  # fmt: skip
    _close_open_attempt(delivery, "absent")
    record(actor, "channels.delivery.sent_again", delivery, unit_id=delivery.account.unit_id)
    ring_on_commit("delivery_requested")


def drop(actor: Actor, delivery: Delivery) -> None:
    """Give up a delivery: a person has decided that it shall not be sent."""
    move_by_hand(delivery, _STUCK, S.CANCELLED, settled_at=now())
    _close_open_attempt(delivery, "dropped")
    record(actor, "channels.delivery.dropped", delivery, unit_id=delivery.account.unit_id)


def must_be_permitted(delivery: Delivery) -> None:
    """Refuse to send what has to be approved and is not; Conflict says so. Keeps it so in this transaction."""
    if not Delivery.objects.select_for_update().get(pk=delivery.pk).is_permitted:
        raise Conflict(_("This was not approved."), code="not_approved")


def must_be_wanted_late(delivery: Delivery) -> None:
    """Refuse to send what its writer did not want late; Conflict says so."""
    if delivery.state == S.MISSED and delivery.late_rule == LateRule.DROP:
        raise Conflict(
            _("Its writer did not want it late. Write a new post instead."), code="dropped"
        )


def must_be_free(delivery: Delivery) -> None:
    """Refuse to send what a hold in force covers; Conflict says so."""
    if hold_over(delivery.pk) is not None:
        raise Conflict(_("A hold is in force for this. Lift it first."), code="on_hold")


def move_by_hand(
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


def _ours(delivery: Delivery, given: str) -> tuple[str, str]:
    """Return the number and address behind either; refuse a customer's item and another delivery's."""
    if delivery.kind == OutgoingKind.PRIVATE:
        # A Page's inbox shows no number of a message, and a comment has one private answer at most.
        return f"private:{delivery.nonce}", web_address(given)
    number = _number_in(delivery, given)
    item = (
        InboundItem.objects.filter(account=delivery.account)
        .filter(Q(external_id__in={storable_id(given), number}) | Q(permalink=given))
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
    return at + timedelta(minutes=max(1, min(minutes, 24 * 60)))


def _close_open_attempt(delivery: Delivery, outcome: str) -> None:
    delivery.attempts.filter(outcome__isnull=True).update(outcome=outcome, ended_at=now())
