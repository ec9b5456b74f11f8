"""The list of conversations over HTTP: tabs, filters, pages, and the part that a live screen asks for."""

from datetime import timedelta

import pytest
from django.test import Client

from inbox.actions.assignment import conversation_claim
from inbox.actions.triage import conversation_resolve, conversation_tag
from inbox.models import Contact, Conversation, Tag
from inbox.views.queue import PAGE
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversation, make_conversations, make_message
from tests.factories.people import make_unit, make_user
from tests.support.html import text_of

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true", "HX-Target": "queue"}


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def user(account):
    return make_user("ana", role="operator", unit=account.unit, language="en")


@pytest.fixture
def ana(user):
    client = Client()
    client.force_login(user)
    return client


def ago(**given):
    return now() - timedelta(**given)


def rows(response):
    """The conversations listed, in their order."""
    return [row.pk for row in response.context["page"].rows]


def tabs(response):
    return {tab.view: tab.count for tab in response.context["tabs"]}


def test_whoever_waits_longest_stands_on_top(account, ana):
    middle, first, last = (
        make_conversation(account=account, posted_at=ago(minutes=m)).pk for m in (20, 30, 10)
    )
    quiet = make_conversation(account=account, posted_at=ago(hours=9))
    make_message(quiet, is_own=True, author="us", posted_at=ago(hours=8))
    assert rows(ana.get("/")) == [first, middle, last]
    assert rows(ana.get("/?view=waiting")) == [quiet.pk]


def test_each_tab_shows_and_counts_its_own(account, user, ana):
    fresh, mine, others, answered, over = make_conversations(5, account=account)
    conversation_claim(actor_for(user), conversation_id=mine.pk)
    colleague = actor_for(make_user(role="operator", unit=account.unit))
    conversation_claim(colleague, conversation_id=others.pk)
    make_message(answered, is_own=True, author="us")
    conversation_resolve(SYSTEM, conversation_id=over.pk)
    make_conversation()  # another unit's
    wanted = {
        "open": {fresh.pk, mine.pk, others.pk},
        "mine": {mine.pk},
        "unassigned": {fresh.pk},
        "waiting": {answered.pk},
        "resolved": {over.pk},
        "all": {fresh.pk, mine.pk, others.pk, answered.pk, over.pk},
    }
    for view, expected in wanted.items():
        response = ana.get("/", {"view": view})
        assert set(rows(response)) == expected, view
        counted = {"open": "3", "mine": "1", "unassigned": "1", "waiting": "1"}
        assert counted.items() <= tabs(response).items()


def test_what_is_over_is_listed_by_recency(account, ana):
    old, new = (make_conversation(account=account, posted_at=ago(hours=h)) for h in (5, 1))
    for conversation in (new, old):
        conversation_resolve(SYSTEM, conversation_id=conversation.pk)
    assert rows(ana.get("/?view=resolved")) == [new.pk, old.pk]


def test_filters_narrow_and_combine(account, user, ana):
    x = make_account(unit=account.unit, kind="x")
    tagged = make_conversation(account=account, author="hong", text="로밍이 안 돼요")
    plain = make_conversation(account=account, author="kim", text="요금이 이상해요")
    tweet = make_conversation(account=x, author="lee", text="로밍 문의")
    Contact.objects.filter(external_id="lee").update(handle="lee_j")
    conversation_tag(SYSTEM, conversation_id=tagged.pk, name="roaming")
    conversation_claim(actor_for(user), conversation_id=plain.pk)
    asked = {
        "channel=x": {tweet.pk},
        f"account={account.pk}": {tagged.pk, plain.pk},
        f"unit={account.unit_id}": {tagged.pk, plain.pk, tweet.pk},
        f"unit={make_unit().pk}": set(),
        f"assignee={user.pk}": {plain.pk},
        f"tag={Tag.objects.get().pk}": {tagged.pk},
        "text=로밍": {tagged.pk, tweet.pk},
        "text=hong": {tagged.pk},
        "text=@LEE_J": {tweet.pk},
        "text=로밍&channel=facebook": {tagged.pk},
        "text=100%25": set(),
        "text=%00": {tagged.pk, plain.pk, tweet.pk},
    }
    for query, expected in asked.items():
        assert set(rows(ana.get(f"/?{query}"))) == expected, query


def test_an_empty_list_says_why(ana, account):
    assert "All done" in text_of(ana.get("/"))
    assert "You have nothing in hand" in text_of(ana.get("/?view=mine"))
    narrowed = text_of(ana.get("/?text=nothing"))
    assert "Nothing matches" in narrowed
    assert "Search everywhere" in narrowed


@pytest.mark.parametrize(
    "query", ["view=upside", "channel=fax", "unit=x", "tag=-1", "account=1e3", "cursor=nonsense"]
)
def test_an_address_that_means_nothing_is_refused_kindly(ana, query):
    for headers, marks in ((None, b"<html"), (FRAGMENT, b"data-problem")):
        response = ana.get(f"/?{query}", headers=headers)
        assert response.status_code == 422
        assert marks in response.content
    assert b"<html" not in ana.get(f"/?{query}", headers=FRAGMENT).content


def test_pages_follow_each_other_without_gap_or_repetition(account, ana):
    at = ago(hours=1)
    wanted = {c.pk for c in make_conversations(PAGE + 7, account=account, posted_at=at)}
    seen, query = [], "?view=open"
    while query:
        page = ana.get(f"/{query}").context["page"]
        seen += [row.pk for row in page.rows]
        query = f"?view=open&cursor={page.next_cursor}" if page.next_cursor else ""
    assert len(seen) == len(wanted)
    assert set(seen) == wanted
    more = ana.get("/", headers=FRAGMENT | {"X-Rows": str(PAGE + 7)})
    assert len(rows(more)) == PAGE + 7
    for nonsense in ("x", "-1", "9" * 30, "٣"):
        assert len(rows(ana.get("/", headers=FRAGMENT | {"X-Rows": nonsense}))) in {PAGE, PAGE + 7}


def test_a_live_screen_asks_for_the_list_alone_and_only_when_it_changed(account, ana):
    conversation = make_conversation(account=account)
    first = ana.get("/", headers=FRAGMENT)
    assert b"<html" not in first.content
    seen = first.context["seen"]
    assert f'data-seen="{seen}"' in first.content.decode()
    quiet = ana.get("/", headers=FRAGMENT | {"X-Seen": seen})
    assert (quiet.status_code, quiet.content) == (204, b"")
    make_message(conversation)
    loud = ana.get("/", headers=FRAGMENT | {"X-Seen": seen})
    assert loud.status_code == 200
    assert loud.context["seen"] != seen


def test_nothing_of_it_is_kept_by_browsers_or_proxies(ana):
    response = ana.get("/")
    assert "no-store" in response["Cache-Control"]
    assert "HX-Request" in response["Vary"]
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_whoever_has_not_signed_in_is_asked_to():
    assert Client().get("/")["Location"].startswith("/sign-in/")
    answer = Client().get("/", headers=FRAGMENT)
    assert (answer.status_code, answer["HX-Refresh"]) == (401, "true")


def test_a_boss_of_all_units_sees_all(account):
    make_conversation(account=account)
    make_conversation()
    client = Client()
    client.force_login(make_user(role="manager"))
    assert len(rows(client.get("/"))) == Conversation.objects.count() == 2


def test_whoever_has_no_role_sees_an_empty_house(account):
    make_conversation(account=account)
    client = Client()
    client.force_login(make_user())
    response = client.get("/")
    assert response.status_code in {200, 403}
    assert response.context is None or "page" not in response.context or rows(response) == []
