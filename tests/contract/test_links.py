"""Looking up an address: where it leads, what an answer means, and where nobody goes."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from channels import links
from channels.links import Look, look_up
from tests.contract.test_transport import closed_port

#: Status, headers, body.
Page = tuple[int, dict[str, str], bytes]


class Handler(BaseHTTPRequestHandler):
    """Answers as the site says, and remembers what it was asked."""

    def do_HEAD(self) -> None:
        status = self.site.heads.get(self.path)
        self._answer((status, {}, b"") if status else self._page(), with_body=False)

    def do_GET(self) -> None:
        self._answer(self._page(), with_body=True)

    @property
    def site(self) -> "Site":
        return self.server.site  # type: ignore[attr-defined]

    def _page(self) -> Page:
        if self.path in self.site.doors and not self.headers["Cookie"]:
            return 302, {"Location": self.path, "Set-Cookie": "seen=1"}, b""
        return self.site.pages.get(self.path, (404, {}, b""))

    def _answer(self, page: Page, *, with_body: bool) -> None:
        status, headers, body = page
        self.site.asked.append((self.command, self.path))
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        for start in range(0, len(body) if with_body else 0, 65_536):
            self.site.sent += self.wfile.write(body[start : start + 65_536])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Site:
    """A web server on loopback. `heads` are answers to HEAD alone, `doors` let in who brings their cookie."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.heads: dict[str, int] = {}
        self.doors: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.sent = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.site = self  # type: ignore[attr-defined]
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def leads(self, path: str, target: str, status: int = 302) -> None:
        self.pages[path] = (status, {"Location": target.encode().decode("latin-1")}, b"")

    def look(self, path: str, *, timeout: float = 5, private: bool = True) -> Look:
        return look_up(f"{self.url}{path}", timeout=timeout, allow_private_hosts=private)


@pytest.fixture
def site():
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_page_that_is_there(site):
    site.pages["/here"] = (200, {}, b"hello")
    assert site.look("/here#part") == Look("ok", "", 200, f"{site.url}/here")
    assert site.asked == [("HEAD", "/here")]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_page_that_is_not(site, status):
    site.pages["/gone"] = (status, {}, b"")
    assert site.look("/gone") == Look("broken", "status", status, f"{site.url}/gone")


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503, 999])
def test_an_answer_that_says_nothing_about_the_page(site, status):
    site.pages["/closed"] = (status, {}, b"")
    assert site.look("/closed").outcome == "unreachable"


@pytest.mark.parametrize("status", [403, 404, 405, 501])
def test_who_refuses_the_head_is_asked_for_the_page(site, status):
    site.pages["/here"] = (200, {}, b"hello")
    site.heads["/here"] = status
    assert site.look("/here").outcome == "ok"
    assert [method for method, _path in site.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_where_it_leads_is_followed(site, status):
    site.leads("/old", "/new?x=한글", status)
    site.pages["/new?x=%ED%95%9C%EA%B8%80"] = (200, {}, b"")
    look = site.look("/old")
    assert (look.outcome, look.final) == ("moved", f"{site.url}/new?x=%ED%95%9C%EA%B8%80")


def test_a_slash_more_is_the_same_place(site):
    site.leads("/here", "/here/", 301)
    site.pages["/here/"] = (200, {}, b"")
    assert site.look("/here").outcome == "ok"


def test_five_steps_and_no_more(site):
    for step in range(5):
        site.leads(f"/{step}", f"/{step + 1}")
    site.pages["/5"] = (200, {}, b"")
    assert site.look("/0").outcome == "moved"
    site.leads("/start", "/0")
    assert site.look("/start").reason == "redirects"


def test_a_circle(site):
    site.leads("/a", "/b")
    site.leads("/b", "/a")
    look = site.look("/a")
    assert (look.outcome, look.reason) == ("broken", "redirects")
    assert len(site.asked) == links.MOST_HOPS + 1


def test_a_page_that_is_shown_to_whoever_brings_its_cookie(site):
    site.doors.add("/a")
    site.pages["/a"] = (200, {}, b"")
    assert site.look("/a").outcome == "ok"


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://127.1/",
     "http://localhost/admin"],
)  # fmt: skip
def test_no_step_leads_into_a_private_network(site, monkeypatch, target):
    """The first host is public as far as the guard can tell; where it leads is not."""
    monkeypatch.setattr(links, "fault_of_base", first_passes(links.fault_of_base))
    monkeypatch.setattr("channels.transport.is_public", lambda address: address == "127.0.0.1")
    site.leads("/out", target)
    look = site.look("/out", private=False)
    assert (look.outcome, look.reason, look.final) == ("broken", "private", target)


def first_passes(real):
    calls = []

    def judge(address, **given):
        calls.append(address)
        return "" if len(calls) == 1 else real(address, **given)

    return judge


def test_a_private_address_is_not_asked_at_all(site):
    assert site.look("/here", private=False) == Look("broken", "private", final=f"{site.url}/here")
    assert site.asked == []


@pytest.mark.parametrize("target", ["market://details?id=x", "javascript:alert(1)", "http://"])
def test_where_no_browser_follows(site, target):
    site.leads("/out", target)
    assert site.look("/out").outcome in {"broken", "unreachable"}


def test_a_huge_page_is_not_read_to_its_end(site):
    site.pages["/huge"] = (200, {}, b"x" * 30_000_000)
    site.heads["/huge"] = 405
    assert site.look("/huge").outcome == "ok"
    assert site.sent < 30_000_000


def test_silence_is_given_up(peer):
    peer.says(b"", pause=5)
    look = look_up(peer.url, timeout=0.2, allow_private_hosts=True)
    assert look.outcome == "unreachable"
    assert look.reason in {"slow", "no_answer"}  # whichever clock of the transport is first


def test_nobody_there():
    look = look_up(f"http://127.0.0.1:{closed_port()}/", timeout=1, allow_private_hosts=True)
    assert (look.outcome, look.reason) == ("unreachable", "no_answer")


@pytest.mark.parametrize(
    "address",
    ["http://a..b.example/", f"http://{'a' * 70}.example/", "ftp://a.example/", "http:///x"],
)
def test_what_is_no_address(address):
    look = look_up(address, timeout=1, allow_private_hosts=True)
    assert (look.outcome, look.reason) == ("broken", "address")


def test_a_name_that_nobody_has():
    look = look_up("http://no-such-name.invalid/", timeout=1, allow_private_hosts=True)
    assert look.reason == "no_host"


def test_patience_ends(site, monkeypatch):
    monkeypatch.setattr(links, "PATIENCE", -1)
    assert site.look("/here").reason == "slow"
