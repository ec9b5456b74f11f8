"""What becomes of an answer that has not left, decided by those who work its conversation.

The conversation is the gate, not the account: one that was handed over is the new unit's business.
"""

from django.db import transaction

from channels.actions import verdicts
from channels.actions.deliveries import delivery_withdraw
from channels.models import Delivery
from inbox.selectors.access import conversation_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.people.roles import Ability


def answer_stop(actor: Actor, *, conversation_id: int, delivery_id: int) -> None:
    """Stop an answer that nobody has begun to send; Conflict once a worker holds it."""
    with transaction.atomic():
        delivery = _delivery(actor, conversation_id, delivery_id, Ability.WORK_INBOX)
        delivery_withdraw(actor, delivery=delivery)


def answer_confirm_live(
    actor: Actor, *, conversation_id: int, delivery_id: int, address: str
) -> None:
    """Record a person's finding that an unclear answer stands on the platform."""
    with transaction.atomic():
        delivery = _delivery(actor, conversation_id, delivery_id, Ability.SETTLE_DELIVERIES)
        verdicts.confirm_live(actor, delivery, external_id=address)


def answer_send_again(actor: Actor, *, conversation_id: int, delivery_id: int) -> None:
    """Send once more what a person has found absent."""
    with transaction.atomic():
        delivery = _delivery(actor, conversation_id, delivery_id, Ability.SETTLE_DELIVERIES)
        verdicts.send_again(actor, delivery)


def answer_drop(actor: Actor, *, conversation_id: int, delivery_id: int) -> None:
    """Give up an answer: a person has decided that it shall not be sent."""
    with transaction.atomic():
        delivery = _delivery(actor, conversation_id, delivery_id, Ability.SETTLE_DELIVERIES)
        verdicts.drop(actor, delivery)


def _delivery(actor: Actor, conversation_id: int, delivery_id: int, ability: Ability) -> Delivery:
    conversation = conversation_for(actor, conversation_id, ability=ability)
    reply = conversation.replies.select_related("delivery__account").filter(delivery=delivery_id)
    found = reply.first()
    if found is None:
        raise NotFound
    return found.delivery
