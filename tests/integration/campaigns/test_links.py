"""Links in posts: when they are looked up, by whom, what is kept of it, and how the post's page tells."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from campaigns.actions.links import AGAIN, KEPT, link_checked, links_ask, links_due, links_forget
from campaigns.models import LinkCheck
from campaigns.selectors.links import FRESH, link_states, urls_of
from campaigns.tasks import check_links
from channels.links import Look
from opsconsole.kernel.clock import now
from tests.contract.test_transport import closed_port
from tests.factories.campaigns import make_post
from tests.factories.channels import make_account
from tests.factories.people import make_user
from tests.support.html import text_of
from tests.support.peer import answer, peer

__all__ = ["peer"]

pytestmark = pytest.mark.django_db(transaction=True)

URL = "https://www.example.com/event?a=1"


def known(url=URL) -> LinkCheck:
    return link_states([url])[url]


def checked(outcome="ok", **found) -> LinkCheck:
    """Let a worker take what is due and come back with this."""
    (link,) = links_due()
    link_checked(link, Look(outcome, **found))
    return known(link.url)


def later(**changes) -> None:
    LinkCheck.objects.update(**changes)


def test_what_is_asked_for_twice_is_looked_up_once():
    links_ask([URL, URL])
    links_ask([URL])
    assert [link.url for link in links_due()] == [URL]
    assert links_due() == []


def test_what_is_found_stays_fresh_for_an_hour():
    links_ask([URL])
    link = checked("moved", status=200, final="https://example.com/new")
    assert (link.state, link.final_url, link.next_at) == ("moved", "https://example.com/new", None)
    links_ask([URL])
    assert links_due() == []
    later(checked_at=now() - FRESH - timedelta(seconds=1))
    links_ask([URL])
    assert known().state == "moved"
    assert checked("broken", reason="status", status=404).state == "broken"


def test_what_could_not_be_found_out_is_tried_again_a_few_times():
    links_ask([URL])
    for pause in AGAIN:
        link = checked("unreachable", reason="slow")
        assert timedelta(0) < link.next_at - now() <= pause
        later(next_at=now())
    link = checked("unreachable", reason="slow")
    assert (link.next_at, link.tries) == (None, len(AGAIN) + 1)
    later(checked_at=now() - FRESH * 2)
    links_ask([URL])
    assert checked("ok").tries == 0


def test_a_worker_that_died_leaves_it_to_the_next():
    links_ask([URL])
    links_due()
    later(next_at=now() - timedelta(seconds=1))
    assert [link.url for link in links_due()] == [URL]


def test_nothing_is_asked_of_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        links_ask([])
        links_ask(["https://example.com/" + "x" * 2000])
        assert link_states([]) == {}


def test_what_nobody_asks_about_is_forgotten():
    links_ask([URL, "https://example.org/"])
    for link in links_due():
        link_checked(link, Look("ok"))
    LinkCheck.objects.filter(url=URL).update(checked_at=now() - KEPT - timedelta(minutes=1))
    assert links_forget() == 1
    assert [row.url for row in LinkCheck.objects.all()] == ["https://example.org/"]


def test_all_words_of_a_post_are_looked_at():
    account = make_account(kind="x")
    post = make_post(
        account,
        body="보세요 https://a.example/x에서, https://b.example/.",
        wording={account.pk: "https://c.example/(1) https://a.example/x"},
    )
    found = urls_of(post)
    assert found[:2] == ["https://a.example/x", "https://b.example/"]
    assert len(found) == 3


def test_workers_look_them_up(settings, peer):
    settings.ALLOW_PRIVATE_HOSTS = True
    peer.says(answer(b"no", status="404 Not Found"))
    nowhere = f"http://127.0.0.1:{closed_port()}/"
    links_ask([f"{peer.url}/gone", nowhere])
    check_links()
    gone, silent = known(f"{peer.url}/gone"), known(nowhere)
    assert (gone.state, gone.status, gone.next_at) == ("broken", 404, None)
    assert (silent.state, silent.reason) == ("unreachable", "no_answer")


def test_workers_do_not_enter_private_networks(settings, peer):
    settings.ALLOW_PRIVATE_HOSTS = False
    links_ask([f"{peer.url}/secret"])
    check_links()
    assert (known(f"{peer.url}/secret").reason, peer.connections) == ("private", 0)


def test_the_page_of_a_post_tells():
    account = make_account(kind="x")
    post = make_post(account, body=f"보세요 {URL} https://b.example/ {uuid4()}")
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user(role="operator", unit=account.unit, language="en"))
    first = client.get(f"/posts/{post.pk}/")
    assert "Checking the link" in text_of(first)
    assert f'data-live-url="/posts/{post.pk}/links/"' in first.content.decode()
    bad, good = sorted(links_due(), key=lambda link: link.url != URL)
    link_checked(bad, Look("broken", "status", 404, URL))
    link_checked(good, Look("moved", "", 200, "https://c.example/"))
    part = client.get(f"/posts/{post.pk}/links/")
    for words in ("Broken link", "The server answers 404.", "Leads to", "https://c.example/"):
        assert words in text_of(part)
    assert "data-live-every" not in part.content.decode()
    assert "Broken link" in text_of(client.get(f"/posts/{post.pk}/"))
