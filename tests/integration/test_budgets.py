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
from inbox.actions.notes import note_add
from inbox.actions.triage import conversation_tag
from inbox.models import Conversation, Message, Reply
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.people.models import User
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import make_post
from tests.factories.channels import make_account, make_delivery, make_fetched
from tests.factories.inbox import ingest, make_conversations
from tests.factories.people import make_unit, make_user

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
    """Each with another tag and another assignee to look up."""
    for row in make_conversations(count, account=house.account):
        worker = make_user(role="operator", unit=house.account.unit)
        Conversation.objects.filter(pk=row.pk).update(assignee_id=worker.pk, state="open")
        conversation_tag(SYSTEM, conversation_id=row.pk, name=f"tag {row.pk}")


def one_long_conversation(house, count):
    """Lines with pictures and edits, answers that stand and that do not, notes and acts."""
    (row,) = make_conversations(1, account=house.account, author="hong")
    question = row.messages.get()
    below = {"parent_external_id": question.external_id}
    line = {"author": "hong", "media": (Media("https://cdn.example/a.png"),), **below}
    keys = [f"{row.pk}-{number}" for number in range(count)]
    for text in ("first", "second"):
        ingest(house.account, *(make_fetched(key, text=text, **line) for key in keys))
    ingest(house.account, *(make_fetched(is_own=True, author="us", **below) for _key in keys))
    for ours in row.messages.filter(direction="outbound"):
        make_unit()
        worker = make_user(role="operator", unit=house.account.unit)
        sent = make_delivery(account=house.account, state="sent")
        Message.objects.filter(pk=ours.pk).update(operator_id=worker.pk, delivery_id=sent.pk)
        Reply.objects.create(
            conversation=row, answers=question, author=worker, text="No.", request_key=uuid4(),
            delivery=make_delivery(account=house.account, state="rejected"), created_at=now(),
        )  # fmt: skip
        note_add(actor_for(worker), conversation_id=row.pk, text="psst")
        conversation_tag(SYSTEM, conversation_id=row.pk, name=f"tag {worker.pk}")


def many_posts(house, count):
    """Each on accounts of other units, half of them on their way."""
    for number in range(2 * count):
        others = [make_account(unit=make_unit(), kind="x") for _ in range(2)]
        post = make_post(house.account, *others, actor=house.actor)
        for target in post.targets.all() if number % 2 else ():
            target.delivery = make_delivery(account=target.account, kind="post")
            target.save()
            Post.objects.filter(pk=post.pk).update(state="scheduled", publish_at=now())


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
    many_posts: {"/posts/": 9, "/posts/?view=drafts": 8},
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
