"""Doorbells: what they wake, and that losing every one of them costs no work."""

from time import monotonic
from uuid import uuid4

import pytest
from celery import current_app
from django.conf import settings
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
    assert rung() == {"channels.tasks.dispatch"}
    beat()
    assert Delivery.objects.get().state == "sent"
    rung()
    beat()
    assert rung() == set(), "a settled world rings no bell"
    assert Message.objects.filter(direction="outbound", delivery__isnull=False).count() == 1
    conversation.refresh_from_db()
    assert conversation.state == "waiting"


@pytest.fixture
def away(monkeypatch):
    """Redis is not there for those who ring and hint."""
    nowhere = "redis://127.0.0.1:9/0"
    monkeypatch.setattr(settings, "REDIS_URL", nowhere)
    for name in ("broker_url", "broker_write_url"):
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
