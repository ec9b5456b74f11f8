"""An answer that did not leave, or of which nobody knows: who decides, wherever its conversation went."""

from uuid import uuid4

import pytest

from channels.errors import Ambiguous
from channels.models import Delivery
from inbox.actions.assignment import conversation_hand_over
from inbox.actions.deliveries import (
    answer_confirm_live,
    answer_drop,
    answer_send_again,
    answer_stop,
)
from inbox.actions.replies import reply_send
from inbox.models import Message
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.tasks import settle
from tests.factories.channels import make_fetched
from tests.factories.inbox import ingest, make_conversation
from tests.factories.people import make_actor, make_unit
from tests.support.sending import arm_next, refuse_next, send_next

pytestmark = pytest.mark.django_db

ACTS = {
    "confirm": lambda who, **where: answer_confirm_live(who, address="777", **where),
    "again": answer_send_again,
    "drop": answer_drop,
    "stop": answer_stop,
}


@pytest.fixture
def conversation():
    return make_conversation()


@pytest.fixture
def delivery(conversation):
    return reply_send(
        make_actor("operator", conversation.unit), conversation_id=conversation.pk,
        answers_id=None, text="Hello.", request_key=uuid4(),
    ).delivery  # fmt: skip


def lost(delivery):
    """Nobody knows whether it stands, and it could not be read back."""
    refuse_next(Ambiguous("reset"))
    Delivery.objects.filter(pk=delivery.pk).update(state="needs_human")


def where(conversation, delivery):
    return {"conversation_id": conversation.pk, "delivery_id": delivery.pk}


def state(delivery):
    delivery.refresh_from_db()
    return delivery.state


def test_an_operator_stops_what_nobody_has_begun_to_send(conversation, delivery):
    ana = make_actor("operator", conversation.unit)
    answer_stop(ana, **where(conversation, delivery))
    assert state(delivery) == "cancelled"
    settle()
    conversation.refresh_from_db()
    assert conversation.waiting_since is not None
    with pytest.raises(Conflict):
        answer_stop(ana, **where(conversation, delivery))


def test_what_is_under_way_is_no_longer_stopped(conversation, delivery):
    arm_next()
    with pytest.raises(Conflict) as told:
        answer_stop(SYSTEM, **where(conversation, delivery))
    assert told.value.code == "moved_on"


def test_found_on_the_platform_it_counts_as_sent(conversation, delivery):
    lost(delivery)
    boss = make_actor("manager", conversation.unit)
    answer_confirm_live(boss, address=" 777 ", **where(conversation, delivery))
    settle()
    assert (state(delivery), delivery.external_id) == ("sent", "777")
    message = Message.objects.get(direction="outbound")
    assert message.operator_id == delivery.requested_by_id
    conversation.refresh_from_db()
    assert conversation.state == "waiting"
    assert Activity.objects.filter(
        verb="channels.delivery.confirmed", actor_id=boss.user_id
    ).exists()


def test_sent_again_it_is_sent(conversation, delivery):
    lost(delivery)
    answer_send_again(make_actor("manager", conversation.unit), **where(conversation, delivery))
    assert (state(delivery), delivery.attempts.get().outcome) == ("ready", "absent")
    send_next()
    assert (state(delivery), delivery.attempts.count()) == ("sent", 2)


def test_dropped_it_leaves_the_customer_waiting(conversation, delivery):
    lost(delivery)
    answer_drop(make_actor("manager", conversation.unit), **where(conversation, delivery))
    assert (state(delivery), delivery.attempts.get().outcome) == ("cancelled", "dropped")
    conversation.refresh_from_db()
    assert conversation.waiting_since is not None


@pytest.mark.parametrize(
    ("address", "refusal"), [("", Invalid), ("c1", Invalid), ("taken", Conflict)]
)
def test_what_is_not_ours_alone_is_not_taken_for_it(conversation, delivery, address, refusal):
    ingest(conversation.account, make_fetched("c1", author="somebody"))
    lost(delivery)
    other = Delivery.objects.get(pk=delivery.pk)
    other.pk, other.origin, other.nonce = None, "other", "other"
    other.state, other.external_id = "sent", "taken"
    other.save()
    with pytest.raises(refusal):
        answer_confirm_live(SYSTEM, address=address, **where(conversation, delivery))
    assert state(delivery) == "needs_human"


def test_whoever_took_the_conversation_over_decides(conversation, delivery):
    """The account is the old unit's; the customer is now the new unit's."""
    home = make_unit()
    conversation_hand_over(
        SYSTEM, conversation_id=conversation.pk, unit_id=home.pk, reason="theirs"
    )
    lost(delivery)
    with pytest.raises(NotFound):
        answer_drop(make_actor("manager", conversation.unit), **where(conversation, delivery))
    answer_drop(make_actor("manager", home), **where(conversation, delivery))
    assert state(delivery) == "cancelled"


@pytest.mark.parametrize("name", ACTS)
def test_each_verdict_has_its_gate(conversation, delivery, name):
    lost(delivery)
    place = where(conversation, delivery)
    with pytest.raises(NotFound):
        ACTS[name](make_actor("manager", make_unit()), **place)
    for role in ("guest", "staff") if name == "stop" else ("guest", "staff", "operator"):
        with pytest.raises(NotAllowed):
            ACTS[name](make_actor(role, conversation.unit), **place)
    other = make_conversation(account=conversation.account)
    with pytest.raises(NotFound):  # it is no answer of that conversation
        ACTS[name](SYSTEM, **place | {"conversation_id": other.pk})
    assert state(delivery) == "needs_human"
