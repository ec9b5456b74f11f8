"""Reading a thread: what answers what, where a day begins, and what is new to whoever looks."""

from datetime import timedelta

import pytest
from django.test import Client

from channels.models import InboundItem
from channels.types import ItemKind, Media
from inbox.actions.assignment import conversation_claim, conversation_release
from inbox.models import ReadMark
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation, make_message
from tests.factories.people import make_unit, make_user
from tests.support.html import harmless, read, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return make_conversation(author="hong", text="로밍이 안 돼요")


@pytest.fixture
def user(conversation):
    return make_user("ana", role="operator", unit=conversation.unit, language="en")


@pytest.fixture
def ana(user):
    client = Client()
    client.force_login(user)
    return client


def path(conversation, rest=""):
    return f"/conversations/{conversation.pk}/{rest}"


def lines(response):
    return response.context["lines"]


def seen(client, response):
    """Tell the console, as the screen does, that this page has been looked at."""
    shown = response.context
    body = {"version": shown["conversation"].version, "newest": shown["thread"].newest_message}
    answer = client.post(path(shown["conversation"], "read/"), body)
    assert answer.status_code == 204


# --- What answers what ---


def test_a_line_quotes_what_it_answers_unless_that_stands_right_above(conversation, ana):
    first = conversation.messages.get()
    second = make_message(conversation, text="둘", parent_external_id=first.external_id)
    third = make_message(conversation, text="셋", parent_external_id=first.external_id)
    response = ana.get(path(conversation))
    quoted = {line.row.pk: line.quoted for line in lines(response) if line.kind == "message"}
    assert quoted[first.pk] is quoted[second.pk] is None
    assert quoted[third.pk].text == "로밍이 안 돼요"
    links = [a.get("href") for tag, a in read(response).tags if tag == "a"]
    assert f"#message-{first.pk}" in links


def test_what_stands_on_an_older_page_is_quoted_too(conversation, ana):
    first = conversation.messages.get()
    at = now()
    items = [
        make_fetched(author="hong", posted_at=at, parent_external_id=first.external_id)
        for _ in range(105)
    ]
    ingest(conversation.account, *items)
    shown = [line for line in lines(ana.get(path(conversation))) if line.kind == "message"]
    assert shown[0].quoted is not None
    assert all(line.depth == 1 for line in shown)


def test_our_post_stands_above_with_all_that_landed_of_it(ana, user):
    account = make_account(kind="x", unit=user.memberships.get().unit, name="@olleh")
    post = make_fetched(
        "900", kind=ItemKind.OWN_POST, is_own=True, text="이벤트 시작!", thread_external_id="900",
        author="us", permalink="https://x.example/900",
        media=(Media("https://cdn.example/p.png", alt_text="포스터"),),
    )  # fmt: skip
    ingest(account, post)
    line = {"kind": ItemKind.REPLY, "parent_external_id": "900", "thread_external_id": "900"}
    conversation = make_conversation(account=account, author="hong", context="이벤트", **line)
    make_message(conversation)
    again = make_message(conversation, **line)
    response = ana.get(path(conversation))
    shown = response.context["post"]
    assert (shown.text, shown.author, shown.is_ours) == ("이벤트 시작!", "@olleh", True)
    words = text_of(response)
    for part in ("In response to our post", "이벤트 시작!", "@olleh"):
        assert part in words
    assert 'alt="포스터"' in response.content.decode()
    harmless(response)
    quoted = [line.quoted for line in lines(response) if line.kind == "message"]
    assert quoted[0] is None
    assert (quoted[-1].author, quoted[-1].url) == (None, "https://x.example/900")
    assert again.pk
    InboundItem.objects.filter(external_id="900").update(visibility="removed")
    words = text_of(ana.get(path(conversation)))
    assert "This post no longer stands on the platform." in words
    assert "이벤트 시작!" not in words


def test_days_are_told_apart_and_long_runs_of_acts_are_folded(conversation, ana, user):
    make_message(conversation, posted_at=now() - timedelta(days=3))
    for _ in range(3):
        conversation_claim(actor_for(user), conversation_id=conversation.pk)
        conversation_release(actor_for(user), conversation_id=conversation.pk)
    kinds = [line.kind for line in lines(ana.get(path(conversation)))]
    assert kinds == ["day", "message", "day", "message", "acts"]
    words = text_of(ana.get(path(conversation)))
    assert "Today" in words
    assert "6 events" in words


# --- What is new ---


def test_reading_begins_at_the_first_line_one_has_not_seen(conversation, ana, user):
    first = ana.get(path(conversation))
    assert "since" not in [line.kind for line in lines(first)]
    seen(ana, first)
    assert "since" not in [line.kind for line in lines(ana.get(path(conversation)))]
    late = make_message(conversation, text="늦게 온 줄", posted_at=now() - timedelta(days=1))
    response = ana.get(path(conversation))
    kinds = [line.kind for line in lines(response)]
    assert kinds.index("since") < kinds.index("message"), "what came late is new, though older"
    assert "New since you were here" in text_of(response)
    seen(ana, response)
    live = {"HX-Request": "true", "X-New-From": str(response.context["new_from"])}
    part = ana.get(path(conversation, "timeline/"), headers=live)
    assert "since" in [line.kind for line in lines(part)], "it stays while the screen is open"
    assert late.pk == response.context["new_from"]


def test_the_queue_marks_what_is_new_to_whoever_looks(conversation, ana, user):
    def dots(client):
        return client.get("/").content.count(b"data-unread")

    boss = Client()
    boss.force_login(make_user(role="manager", unit=conversation.unit))
    assert dots(ana) == 1
    seen(ana, ana.get(path(conversation)))
    assert (dots(ana), dots(boss)) == (0, 1)
    make_message(conversation)
    assert dots(ana) == 1
    seen(ana, ana.get(path(conversation)))
    ana.post(path(conversation, "unread/"))
    assert dots(ana) == 1
    assert "since" in [line.kind for line in lines(ana.get(path(conversation)))]


def test_a_slow_tab_takes_nothing_back_and_nobody_reads_ahead(conversation, ana, user):
    old = ana.get(path(conversation))
    make_message(conversation)
    seen(ana, ana.get(path(conversation)))
    mark = ReadMark.objects.get()
    seen(ana, old)
    ana.post(path(conversation, "read/"), {"version": 10**9, "newest": 1})
    again = ReadMark.objects.get()
    conversation.refresh_from_db()
    assert (again.message, again.version) == (mark.message, conversation.version)


def test_out_of_reach_nothing_is_marked(conversation):
    stranger = Client()
    stranger.force_login(make_user(role="operator", unit=make_unit()))
    for rest in ("read/", "unread/"):
        answer = stranger.post(path(conversation, rest), {"version": 1, "newest": 1})
        assert answer.status_code == 404
    assert not ReadMark.objects.exists()
