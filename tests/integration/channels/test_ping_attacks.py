"""Sources that lead into our own network, never end, or blow up: none of them is read, none of them lands."""

import gzip
import socket

import pytest

from channels import ping_tasks
from channels.models import InboundItem, PushEvent
from channels.pings import pages
from channels.pings.pages import PageAway, PageRefused, fetch_page
from tests.contract.test_transport import resolves
from tests.factories.channels import make_account
from tests.support.doors import form, knocker
from tests.support.peer import OK, peer
from tests.support.web import web

__all__ = ["peer", "web"]

SITE = "https://blog.example"
ARTICLE = f"{SITE}/spring/"

#: Ways to write an address of our own network; {} is a port at which somebody listens.
INSIDE = {
    "loopback": "http://127.0.0.1:{}/",
    "the rest of loopback": "http://127.8.8.8:{}/",
    "localhost": "http://localhost:{}/",
    "a name below localhost": "http://x.localhost:{}/",
    "this network": "http://0.0.0.0:{}/",
    "ten": "http://10.0.0.1/",
    "one nine two": "http://192.168.0.1/",
    "one seven two": "http://172.16.0.1/",
    "link-local, where clouds keep secrets": "http://169.254.169.254/latest/meta-data/",
    "carrier-grade NAT": "http://100.64.0.1/",
    "decimal": "http://2130706433:{}/",
    "octal": "http://0177.0.0.1:{}/",
    "hexadecimal": "http://0x7f000001:{}/",
    "hexadecimal, dotted": "http://0x7f.0.0.1:{}/",
    "short": "http://127.1:{}/",
    "IPv6 loopback": "http://[::1]:{}/",
    "IPv6 mapped": "http://[::ffff:127.0.0.1]:{}/",
    "IPv6 mapped, in hexadecimal": "http://[::ffff:7f00:1]:{}/",
    "IPv6 compatible": "http://[::7f00:1]/",
    "IPv6 link-local": "http://[fe80::1]/",
    "IPv6 unique local": "http://[fd00::1]/",
    "NAT64": "http://[64:ff9b::7f00:1]:{}/",
    "NAT64, local": "http://[64:ff9b:1::7f00:1]/",
    "6to4": "http://[2002:7f00:1::1]/",
}


@pytest.fixture(autouse=True)
def _as_in_production(settings):
    settings.ALLOW_PRIVATE_HOSTS = False


@pytest.fixture
def ping(db):
    """Send a webmention and verify it; returns (status at the door, what became of it)."""
    account = make_account(kind="blog", base_url=SITE)
    door = knocker(account=account).door

    def send(source):
        path = f"/hooks/blog/{door.token}/webmention"
        status = form(path, source=source, target=ARTICLE).status_code
        ping_tasks.verify()
        event = PushEvent.objects.order_by("-id").first()
        return status, event.outcome if event else ""

    return send


@pytest.mark.parametrize("spelling", INSIDE.values(), ids=INSIDE.keys())
def test_no_spelling_of_an_inner_address_is_fetched(ping, peer, spelling):
    status, outcome = ping(spelling.format(peer.port))
    assert (status, outcome) == (400, "") or outcome == "refused: private address"
    assert peer.connections == 0
    assert not InboundItem.objects.exists()


@pytest.mark.parametrize("spelling", INSIDE.values(), ids=INSIDE.keys())
def test_no_redirect_leads_inside(monkeypatch, web, peer, spelling):
    """The first step is allowed, as if that server stood outside; the second is judged anew."""
    target = spelling.format(peer.port)
    web.leads("/out", target)
    own = fault_only_for(target)
    monkeypatch.setattr(pages, "fault_of_base", own)
    with pytest.raises(PageRefused, match=r"private address|no address"):
        fetch_page(f"{web.url}/out", allow_private_hosts=True)
    assert peer.connections == 0


def fault_only_for(target):
    """Judge every address as in production but that of the test's own outside server."""
    judge = pages.fault_of_base

    def fault(address, *, allow_private):
        return judge(address, allow_private=False) if address == target else ""

    return fault


def test_a_name_that_leads_inside_is_refused(monkeypatch, ping, peer):
    resolves(monkeypatch, ["10.1.2.3"])
    assert ping(f"http://inner.example:{peer.port}/") == (202, "refused: private address")
    assert peer.connections == 0


def test_a_name_that_leads_inside_as_well_is_refused(monkeypatch, ping, peer):
    resolves(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    assert ping(f"http://both.example:{peer.port}/") == (202, "refused: private address")
    assert peer.connections == 0


def test_a_name_that_answers_differently_twice_gets_no_byte(monkeypatch, ping, peer):
    resolves(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    assert ping(f"http://rebinding.example:{peer.port}/") == (202, "refused: private address")
    assert peer.requests == []


@pytest.mark.parametrize("hops", [pages.MOST_HOPS, pages.MOST_HOPS + 1])
def test_a_few_redirects_and_no_more(web, hops):
    for number in range(hops):
        web.leads(f"/{number}", f"{web.url}/{number + 1}")
    web.shows(f"/{hops}", "here")
    if hops <= pages.MOST_HOPS:
        assert fetch_page(f"{web.url}/0", allow_private_hosts=True).body == b"here"
    else:
        with pytest.raises(PageRefused, match="too many"):
            fetch_page(f"{web.url}/0", allow_private_hosts=True)


def test_a_circle_ends(web):
    web.leads("/a", f"{web.url}/a")
    with pytest.raises(PageRefused, match="too many"):
        fetch_page(f"{web.url}/a", allow_private_hosts=True)


def test_of_a_page_of_a_gigabyte_a_thousandth_is_read(peer):
    """It says that it is a gigabyte, and goes on as long as one reads."""
    head = OK.replace(b"application/json", b"text/html") + b"Content-Length: 1000000000\r\n\r\n"
    peer.says(head, *[b"<p>x</p>" * 8192] * 100)
    with pytest.raises(PageRefused, match="too large"):
        fetch_page(peer.url, allow_private_hosts=True)


def test_a_page_without_a_length_that_never_ends_is_cut_off(peer):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    peer.says(head, *[b"y" * 65_536] * 100)
    with pytest.raises(PageRefused, match="too large"):
        fetch_page(peer.url, allow_private_hosts=True)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_small_page_that_unpacks_to_a_huge_one_is_refused(peer, layers):
    body = b"\0" * (50 * pages.LARGEST_PAGE)
    for _ in range(layers):
        body = gzip.compress(body, 9)
    coding = ", ".join(["gzip"] * layers)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n"
    peer.says(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    with pytest.raises(PageRefused, match="too large"):
        fetch_page(peer.url, allow_private_hosts=True)


@pytest.mark.parametrize(
    "begins",
    [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n"],
    ids=["in its headers", "in its body"],
)
def test_a_page_that_comes_a_byte_at_a_time_is_given_up(monkeypatch, peer, begins):
    monkeypatch.setattr(pages, "STEP_TIMEOUT", 0.2)
    peer.says(begins, *[b"x"] * 1000, pause=0.02)
    with pytest.raises(PageAway):
        fetch_page(peer.url, allow_private_hosts=True)


def test_a_chain_of_slow_steps_ends_together(monkeypatch, web):
    monkeypatch.setattr(pages, "PATIENCE", 0.0)
    web.leads("/a", f"{web.url}/b")
    with pytest.raises(PageAway, match="slow"):
        fetch_page(f"{web.url}/a", allow_private_hosts=True)


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "application/octet-stream"])
def test_what_is_no_page_is_not_read(web, kind):
    web.shows("/x", "x", Content_Type=kind)
    with pytest.raises(PageRefused, match="not a page"):
        fetch_page(f"{web.url}/x", allow_private_hosts=True)


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 30_000,
        "<a href='x'>" * 30_000,
        "<" * 100_000,
        "&#x110000;" * 10_000,
        "\x00" * 1000,
    ],
    ids=["deep", "many links", "only brackets", "no such sign", "nothing"],
)
def test_pages_made_to_hurt_a_parser_end_quietly(settings, db, web, page):
    settings.ALLOW_PRIVATE_HOSTS = True
    account = make_account(kind="blog", base_url=SITE)
    door = knocker(account=account).door
    web.shows("/x", page)
    path = f"/hooks/blog/{door.token}/webmention"
    assert form(path, source=f"{web.url}/x", target=ARTICLE).status_code == 202
    ping_tasks.verify()
    event = PushEvent.objects.get()
    assert (event.state, event.outcome) == ("done", "refused: no link")


def test_nothing_but_the_worker_fetches(ping, monkeypatch):
    """The door itself asks nobody: not even for a name."""

    def never(*_args, **_options):
        raise AssertionError("a name was asked for at the door")

    account = make_account(kind="blog", base_url="https://other.example")
    door = knocker(account=account).door
    monkeypatch.setattr(socket, "getaddrinfo", never)
    path = f"/hooks/blog/{door.token}/webmention"
    given = {"source": "https://source.example/", "target": "https://other.example/a/"}
    assert form(path, **given).status_code == 202
