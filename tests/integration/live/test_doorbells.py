"""Doorbells: what they wake, and that losing every one of them costs no work."""

import contextlib
from time import monotonic
from uuid import uuid4

import pytest
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from channels.models import Delivery
from channels.tasks import poll_account
from inbox.actions.replies import reply_send
from inbox.models import Conversation, Message
from opsconsole.kernel import doorbell, live
from opsconsole.wiring import BEAT
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor
from tests.support.platforms import connect


@pytest.fixture
def rung(own_redis):
    """Return the names of the tasks that doorbells have asked for, and forget them."""

    def take():
        key = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}celery"
        found = own_redis.lrange(key, 0, -1)
        own_redis.delete(key)
        return {name for name in set(doorbell.connected().values()) if name in "".join(found)}

    return take


def beat():
    """One turn of the beat, every task of its table once, in this process."""
    for task, _seconds in BEAT.values():
        import_string(task)()


@pytest.mark.django_db(transaction=True)
def test_each_step_rings_and_without_any_bell_the_beat_does_the_same(sandbox, rung):
    line = connect(sandbox, "facebook")
    line.say("안 돼요", kind="comment")
    poll_account(line.account.pk)
    assert rung() == {"inbox.tasks.ingest"}  # and now it is lost
    beat()
    conversation = Conversation.objects.get()
    ana = make_actor("operator", line.account.unit)
    reply_send(
        ana, conversation_id=conversation.pk, answers_id=None, text="네!", request_key=uuid4()
    )
    assert rung() == {"channels.tasks.dispatch", "inbox.tasks.give_out"}
    beat()
    assert Delivery.objects.get().state == "sent"
    rung()
    beat()
    assert rung() == set(), "a settled world rings no bell"
    assert Message.objects.filter(direction="outbound", delivery__isnull=False).count() == 1
    conversation.refresh_from_db()
    assert conversation.state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_whoever_does_many_things_in_a_row_rings_seldom_and_never_swallows_the_last(
    own_redis, monkeypatch
):
    monkeypatch.setattr(doorbell, "REST", 60)  # seconds: however slow the machine
    key = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}celery"
    doorbell._rung.clear()
    with doorbell.bells_gathered():
        for _ in range(20):
            doorbell.ring_on_commit("delivery_settled")
        assert own_redis.llen(key) == 1
    assert own_redis.llen(key) == 2
    doorbell.ring_on_commit("delivery_settled")
    assert own_redis.llen(key) == 3, "outside, each ring is rung at once"


@pytest.mark.django_db(transaction=True)
def test_a_transaction_rings_each_bell_once_even_when_a_part_of_it_is_undone(own_redis):
    key = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}celery"
    with transaction.atomic():
        for _ in range(20):
            with transaction.atomic():
                doorbell.ring_on_commit("delivery_requested")
    assert own_redis.llen(key) == 1
    with transaction.atomic():
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            doorbell.ring_on_commit("delivery_requested")
            raise ZeroDivisionError
        doorbell.ring_on_commit("delivery_requested")
    assert own_redis.llen(key) == 2


@pytest.fixture
def away(monkeypatch):
    """Redis is not there for those who ring and hint."""
    nowhere = "redis://127.0.0.1:9/0"
    monkeypatch.setattr(settings, "REDIS_URL", nowhere)
    for name in ("broker_write_url", "broker_url"):  # what is read first is still the old one
        monkeypatch.setattr(current_app.conf, name, nowhere)
    monkeypatch.setattr(current_app, "_pool", None)
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    live._client.cache_clear()
    yield
    live._client.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_an_act_neither_fails_nor_waits_while_redis_is_away(away, rung):
    conversation = make_conversation()
    ana = make_actor("operator", conversation.unit)
    began = monotonic()
    reply_send(
        ana, conversation_id=conversation.pk, answers_id=None, text="네!", request_key=uuid4()
    )
    assert monotonic() - began < 3
    assert Delivery.objects.get().state == "planned"
    assert rung() == set()
