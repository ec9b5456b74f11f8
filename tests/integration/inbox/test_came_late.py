"""What was not read in time comes in quietly, and its clock runs from when the desk could know of it."""

from datetime import timedelta

import pytest

from channels.actions.landing import items_store
from channels.models import ChannelAccount
from channels.types import CameAs
from inbox.actions.assignment import conversation_claim
from inbox.models import Conversation, Message, Notice, Wait
from inbox.tasks import clocks, ingest
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_fetched
from tests.factories.clocks import make_policy
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    account = make_account(kind="x")
    long_ago = now() - timedelta(days=90)
    ChannelAccount.objects.filter(pk=account.pk).update(created_at=long_ago)
    make_policy(unit=account.unit)
    return account


def come(account, how, **given):
    items_store(account, [make_fetched(**given)], came_as=lambda _item: how)
    ingest()
    return Message.objects.latest("pk")


@pytest.mark.parametrize("how", [CameAs.FILLED, CameAs.HISTORY])
def test_what_came_late_is_due_from_when_we_had_it(account, how):
    line = come(account, how, posted_at=now() - timedelta(hours=5))
    wait = Wait.objects.get()
    assert (wait.is_late, wait.opened_at) == (True, line.posted_at)
    assert wait.due_at == line.landed_at + timedelta(hours=1)
    clocks()
    assert Wait.objects.get().breached_at is None
    assert not Notice.objects.exists()
    assert Conversation.objects.get().due_at == wait.due_at


def test_what_came_live_is_due_from_when_it_was_written(account):
    line = come(account, CameAs.LIVE, posted_at=now() - timedelta(minutes=10))
    wait = Wait.objects.get()
    assert (wait.is_late, wait.due_at) == (False, line.posted_at + timedelta(hours=1))


def test_history_from_long_before_the_account_was_connected_has_no_clock(account):
    ChannelAccount.objects.update(created_at=now())
    come(account, CameAs.HISTORY, posted_at=now() - timedelta(days=3))
    wait = Wait.objects.get()
    assert (wait.is_backfill, wait.due_at) == (True, None)


@pytest.mark.parametrize(("how", "told"), [(CameAs.LIVE, 1), (CameAs.FILLED, 0)])
def test_only_what_came_live_is_told_to_whoever_has_the_conversation(account, how, told):
    come(account, CameAs.LIVE, author="cho", thread_external_id="t1")
    conversation = Conversation.objects.get()
    ana = make_actor("operator", account.unit)
    conversation_claim(ana, conversation_id=conversation.pk)
    Notice.objects.all().delete()
    come(account, how, author="cho", thread_external_id="t1")
    assert Notice.objects.filter(kind="customer_wrote").count() == told


def test_a_question_found_late_beside_its_answer_waits_for_nobody(account):
    at = now()
    come(
        account,
        CameAs.LIVE,
        author="cho",
        thread_external_id="t1",
        posted_at=at - timedelta(hours=3),
    )
    question = Message.objects.get()
    answer = make_fetched(
        is_own=True, author="us", parent_external_id=question.external_id, thread_external_id="t1",
        posted_at=at - timedelta(hours=1),
    )  # fmt: skip
    items_store(account, [answer])
    ingest()
    come(
        account,
        CameAs.FILLED,
        author="cho",
        thread_external_id="t1",
        posted_at=at - timedelta(hours=2),
    )
    assert Conversation.objects.get().waiting_since is None
    assert not Wait.objects.filter(ended_at__isnull=True).exists()
