"""Lines taken in together leave what lines taken in one by one leave."""

import random
from datetime import timedelta

import pytest
from django.db import transaction

from channels.actions.landing import items_land
from channels.types import ItemKind, Visibility
from inbox.actions.ingest import items_ingest
from inbox.models import Contact, Conversation, Message
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_fetched

pytestmark = pytest.mark.django_db

#: Differ by nature: numbers of rows, and the versions that count writes.
_OF_CONVERSATION = (
    "account_id", "thread_key", "cycle", "state", "preview", "message_count", "opened_at",
    "waiting_since", "queue_at", "last_message_at", "last_inbound_at", "language", "version",
    "inbound_version", "answered_up_to", "contact__external_id", "previous__thread_key",
)  # fmt: skip
_OF_MESSAGE = (
    "account_id", "external_id", "conversation__thread_key", "conversation__cycle", "text",
    "contact__external_id", "direction", "visibility", "posted_at",
)  # fmt: skip
_OF_CONTACT = ("network", "external_id", "name", "followers", "last_seen_at")


def traffic(seed: int):
    """Threads, nested answers in any order, held comments, answers of ours and repeated authors."""
    chance = random.Random(seed)
    began = now() - timedelta(hours=5)
    made = []
    for number in range(24):
        parent = chance.choice(["", "", f"c{seed}-{chance.randrange(24)}"])
        made.append(
            make_fetched(
                f"c{seed}-{number}",
                author=chance.choice(["ana", "bo", "cy", "dae", None]),
                kind=ItemKind.COMMENT,
                thread_external_id=f"post{chance.randrange(4)}",
                parent_external_id=parent,
                text=f"문의 {number}",
                is_own=chance.random() < 0.15,
                visibility=chance.choice([Visibility.PUBLIC] * 5 + [Visibility.HELD]),
                posted_at=began + timedelta(minutes=chance.randrange(200)),
            )
        )
    return made


def outcome(accounts, items, limit):
    """What stands in the inbox after the items have been ingested so many at a time; nothing stays."""
    with transaction.atomic():
        for account in accounts:
            items_land(account, items)
        while items_ingest(limit):
            pass
        found = (
            sorted(map(repr, Conversation.objects.values_list(*_OF_CONVERSATION))),
            sorted(map(repr, Message.objects.values_list(*_OF_MESSAGE))),
            sorted(map(repr, Contact.objects.values_list(*_OF_CONTACT))),
            sorted(Activity.objects.filter(verb__startswith="inbox.").values_list("verb")),
        )
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_a_batch_leaves_what_single_lines_leave(seed):
    accounts = [make_account(kind="x"), make_account(kind="facebook"), make_account(kind="blog")]
    items = traffic(seed)
    assert outcome(accounts, items, 500) == outcome(accounts, items, 1)
