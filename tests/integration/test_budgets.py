"""What each screen costs in queries: as many at thirty rows as at three, and no more than agreed here."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import Post
from channels.models import ChannelAccount
from channels.types import Media
from inbox.actions.assignment import conversation_claim
from inbox.actions.notes import note_add
from inbox.actions.replies import reply_send
from inbox.actions.triage import conversation_tag
from inbox.models import Conversation
from opsconsole.kernel.actor import SYSTEM
from opsconsole.people.models import User
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import make_post
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversations
from tests.factories.people import make_unit, make_user
from tests.support.sending import send_next

pytestmark = pytest.mark.django_db


@dataclass
class House:
    """A unit with an account, and somebody who may do everything there."""

    account: ChannelAccount
    user: User

    @property
    def actor(self):
        return actor_for(self.user)


def many_conversations(house, count):
    """Each with a tag, another assignee and another unit's colour to look up."""
    for number, row in enumerate(make_conversations(count, account=house.account)):
        conversation_tag(SYSTEM, conversation_id=row.pk, name=f"tag {number}")
        worker = make_user(role="operator", unit=house.account.unit)
        conversation_claim(actor_for(worker), conversation_id=row.pk)


def one_long_conversation(house, count):
    """Lines with pictures and edits, answers, notes and acts."""
    (row,) = make_conversations(1, account=house.account, author="hong")
    question = row.messages.get()
    pictures = (Media("https://cdn.example/a.png"),)
    line = {"author": "hong", "parent_external_id": question.external_id, "media": pictures}
    for text in ("first", "second"):
        keys = [f"{row.pk}-{number}" for number in range(count)]
        ingest(house.account, *(make_fetched(key, text=text, **line) for key in keys))
    for number in range(count):
        reply_send(
            house.actor, conversation_id=row.pk, answers_id=None, text=f"Answer {number}",
            request_key=uuid4(),
        )  # fmt: skip
        send_next()
        note_add(house.actor, conversation_id=row.pk, text="psst")
        conversation_tag(SYSTEM, conversation_id=row.pk, name=f"tag {number}")
    for _ in range(count):
        make_unit()
        make_user(role="operator", unit=house.account.unit)


def many_posts(house, count):
    for _ in range(count):
        others = [make_account(unit=make_unit(), kind="x") for _ in range(2)]
        body = f"News {uuid4()}"
        make_post(house.account, *others, actor=house.actor, body=body, scheduled=True)


def one_wide_post(house, count):
    accounts = [make_account(unit=house.account.unit) for _ in range(count)]
    body = f"News {uuid4()}"
    make_post(house.account, *accounts, actor=house.actor, body=body, scheduled=True)


#: What fills the screens; each screen's address ({} is the newest conversation or post) and its queries.
SCREENS = {
    many_conversations: {"/": 14, "/?view=all&text=line": 14, "/?view=resolved": 13},
    one_long_conversation: {
        "/conversations/{}/": 26,
        "/conversations/{}/customer/": 26,
        "/conversations/{}/timeline/": 14,
    },
    many_posts: {"/posts/": 9, "/posts/?view=drafts": 6},
    one_wide_post: {"/posts/{}/": 7, "/posts/{}/edit/": 9},
}
NEWEST = {one_long_conversation: Conversation, one_wide_post: Post}


def cost(client, fill, address):
    """Return the queries of one look."""
    newest = NEWEST[fill].objects.order_by("-pk").first().pk if fill in NEWEST else ""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address.format(newest)).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.parametrize("fill", SCREENS, ids=lambda fill: fill.__name__)
def test_thirty_rows_cost_no_more_queries_than_three(fill):
    house = House(make_account(), make_user("boss", role="administrator", language="en"))
    client = Client()
    client.force_login(house.user)
    fill(house, 3)
    few = {address: len(cost(client, fill, address)) for address in SCREENS[fill]}
    fill(house, 27)
    for address, agreed in SCREENS[fill].items():
        statements = cost(client, fill, address)
        assert len(statements) == few[address], statements
        assert len(statements) <= agreed, statements
