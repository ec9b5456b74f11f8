"""The one way out: who may be spoken to, for how long, how much, and what an error then means."""

import gzip
import socket
import zlib
from datetime import UTC, datetime, timedelta

import pytest
import requests

from channels import transport
from channels.errors import Ambiguous, Unreachable
from channels.outbound import Routes, routes_of
from channels.scrubbing import scrub
from channels.transport import is_public, make_session, network_error, retry_after
from tests.support.peer import OK, answer

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::1",
          "64:ff9b::808:808"]  # fmt: skip
PRIVATE = {
    "loopback": "127.0.0.1",
    "the rest of loopback": "127.8.8.8",
    "ten": "10.1.2.3",
    "one seven two": "172.31.255.255",
    "one nine two": "192.168.1.1",
    "link-local": "169.254.169.254",
    "carrier-grade NAT": "100.64.0.1",
    "this network": "0.0.0.0",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "documentation": "192.0.2.1",
    "benchmarks": "198.18.0.1",
    "protocol assignments": "192.0.0.8",
    "6to4 relay": "192.88.99.1",
    "IPv6 loopback": "::1",
    "IPv6 unspecified": "::",
    "IPv6 link-local": "fe80::1",
    "IPv6 link-local with a zone": "fe80::1%eth0",
    "IPv6 unique local": "fc00::1",
    "IPv6 site-local": "fec0::1",
    "IPv6 multicast": "ff02::1",
    "IPv6 documentation": "2001:db8::1",
    "IPv6 documentation, new": "3fff::1",
    "IPv6 segments": "5f00::1",
    "IPv6 discard": "100::1",
    "mapped": "::ffff:127.0.0.1",
    "mapped, in hexadecimal": "::ffff:a9fe:a9fe",
    "compatible": "::7f00:1",
    "translated": "::ffff:0:127.0.0.1",
    "6to4": "2002:7f00:1::1",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64, local": "64:ff9b:1::808:808",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "Teredo around a private server": "2001:0:7f00:1::",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE.keys())
def test_addresses_of_private_networks(address):
    assert not is_public(address)


def public_session(timeout: float = 0.5) -> requests.Session:
    return make_session(timeout=timeout, allow_private_hosts=False)


def session(timeout: float = 0.5) -> requests.Session:
    return make_session(timeout=timeout, allow_private_hosts=True)


def meaning(error: Exception, *, is_write: bool = True) -> type[Exception]:
    return type(network_error(error, is_write=is_write, secrets={}))


def failure(of: requests.Session, url: str, **options) -> Exception:
    with pytest.raises(requests.exceptions.RequestException) as caught:
        of.post(url, data=b"words", **options)
    return caught.value


def resolves(monkeypatch, *answers: list[str]) -> None:
    """Let every name lead to these addresses; one list per question, the last for all others."""
    left = list(answers)

    def getaddrinfo(host, port, *_args, **_options):
        found = left.pop(0) if len(left) > 1 else left[0]
        return [
            (
                socket.AF_INET6 if ":" in ip else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (ip, port),
            )
            for ip in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


# --- to whom


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "[::1]", "[::ffff:7f00:1]"]
)  # fmt: skip
def test_no_spelling_leads_to_this_machine(peer, host):
    error = failure(public_session(), f"http://{host}:{peer.port}/")
    assert meaning(error) is Unreachable
    assert "private network" in network_error(error, is_write=True, secrets={}).detail
    assert peer.connections == 0


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_leads_inside_as_well_is_refused_before_a_packet_leaves(
    monkeypatch, peer, scheme
):
    resolves(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    error = failure(public_session(), f"{scheme}://mixed.example:{peer.port}/")
    assert "private network" in str(error)
    assert peer.connections == 0


def test_a_name_that_changes_its_mind_gets_no_bytes(monkeypatch, peer):
    """Checked as public, then resolved again for the connection: the peer itself is looked at."""
    resolves(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    error = failure(public_session(), f"http://rebinding.example:{peer.port}/")
    assert "private network" in str(error)
    assert peer.requests == []


def test_a_name_that_leads_outside_is_spoken_to(monkeypatch, peer):
    resolves(monkeypatch, ["127.0.0.1"])
    monkeypatch.setattr(transport, "is_public", lambda address: address == "127.0.0.1")
    assert public_session().get(f"http://blog.example:{peer.port}/x").json() == {}
    assert peer.requests[0].startswith(b"GET /x HTTP/1.1")


def test_private_hosts_may_be_allowed(peer):
    assert session().get(peer.url).ok


def test_the_guard_goes_with_a_moved_prefix(peer):
    moved = make_session(
        timeout=0.5, allow_private_hosts=False, moved={"https://graph.facebook.com/": peer.url}
    )
    assert meaning(failure(moved, "https://graph.facebook.com/v25.0/me")) is Unreachable
    assert peer.connections == 0


def test_a_moved_prefix_keeps_path_and_query(peer):
    moved = make_session(
        timeout=0.5, allow_private_hosts=True, moved={"https://graph.facebook.com/": peer.url + "/g"}
    )  # fmt: skip
    moved.get("https://graph.facebook.com/v25.0/me?a=1")
    assert peer.requests[0].startswith(b"GET /g/v25.0/me?a=1 HTTP/1.1\r\nHost: 127.0.0.1")


def test_the_environment_decides_nothing(monkeypatch, peer):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert session().get(peer.url).ok


# --- redirects


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 T", "308 P"])
def test_redirects_are_not_followed(peer, status):
    peer.says(answer(b"", f"Location: {peer.url}/elsewhere", status=status))
    error = failure(session(), peer.url)
    assert isinstance(error, requests.exceptions.TooManyRedirects)
    assert (meaning(error), meaning(error, is_write=False)) == (Ambiguous, Unreachable)
    assert len(peer.requests) == 1


# --- how much


def test_an_answer_that_is_too_large(peer):
    size = transport.LARGEST_ANSWER + 1
    peer.says(OK + f"Content-Length: {size}\r\n\r\n".encode() + b"x" * size)
    error = failure(session(timeout=5), peer.url)
    assert "too large" in str(error)
    assert meaning(error) is Ambiguous


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_small_answer_that_becomes_too_large(peer, coding):
    pack = {"gzip": gzip.compress, "deflate": zlib.compress}[coding]
    packed = pack(b"\0" * (transport.LARGEST_ANSWER + 1))
    assert len(packed) < 100_000
    peer.says(answer(packed, f"Content-Encoding: {coding}"))
    assert "too large" in str(failure(session(timeout=5), peer.url))


def test_a_packed_answer_of_the_right_size_is_read(peer):
    peer.says(answer(gzip.compress(b'{"a":1}'), "Content-Encoding: gzip"))
    assert session().get(peer.url).json() == {"a": 1}


def test_an_answer_in_chunks_is_read(peer):
    peer.says(OK + b"Transfer-Encoding: chunked\r\n\r\n", b'5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n')
    assert session().get(peer.url).json() == {"a": 1}


@pytest.mark.parametrize(
    "said",
    [
        OK + b'Content-Length: 100\r\n\r\n{"data":[]}',
        OK + b'Transfer-Encoding: chunked\r\n\r\n40\r\n{"data":[]}',
        OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz",
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
    ids=["short", "short chunk", "no gzip", "no HTTP", "nothing"],
)
def test_half_an_answer_is_none(peer, said):
    peer.says(said)
    error = failure(session(), peer.url)
    assert (meaning(error), meaning(error, is_write=False)) == (Ambiguous, Unreachable)


# --- how long


@pytest.mark.parametrize(
    "begins",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        OK + b"Content-Length: 1000\r\n\r\n",
        OK + b"\r\n",
    ],
    ids=["in its headers", "in its body", "without a length"],
)
def test_an_answer_that_drips_for_ever_is_given_up(peer, begins):
    peer.says(begins, *[b"x"] * 1000, pause=0.02)
    began = datetime.now(UTC)
    error = failure(session(timeout=0.2), peer.url)
    assert datetime.now(UTC) - began < timedelta(seconds=2)
    assert meaning(error) is Ambiguous


def test_silence_is_given_up(peer):
    peer.says(b"", pause=5)
    error = failure(session(timeout=0.2), peer.url)
    assert (meaning(error), meaning(error, is_write=False)) == (Ambiguous, Unreachable)


def test_one_slow_call_does_not_harm_the_next(peer):
    voice = session(timeout=0.3)
    whole = answer(b"{}")
    peer.says(whole)
    for _ in range(3):
        assert voice.get(peer.url).ok
    peer.says(OK, *[b"x"] * 1000, pause=0.02)
    failure(voice, peer.url)
    peer.says(whole)
    assert voice.get(peer.url).ok


# --- what a failure means


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{closed}/",
        "http://no-such-name.invalid/",
        "https://127.0.0.1:{open}/",
        f"http://{'a' * 70}.example/",
        "http://a..b.example/",
        "http:///no-host",
        "no-scheme/",
        "gopher://127.0.0.1/",
    ],
)
def test_what_never_left_may_be_sent_again(peer, url):
    """Refused, unresolvable, no TLS, impossible: no byte of the request was written."""
    address = url.format(closed=closed_port(), open=peer.port)
    assert meaning(failure(session(), address)) is Unreachable


def test_a_reset_after_the_request_is_ambiguous(peer):
    peer.says(b"", resets=True)
    error = failure(session(), peer.url)
    assert (meaning(error), meaning(error, is_write=False)) == (Ambiguous, Unreachable)


# --- pauses


@pytest.mark.parametrize(
    ("given", "until"),
    [
        ("60", AT + timedelta(seconds=60)),
        (" 60 ", AT + timedelta(seconds=60)),
        ("Tue, 24 Nov 2026 12:05:00 GMT", AT + timedelta(minutes=5)),
        ("Tue, 24 Nov 2026 21:05:00 +0900", AT + timedelta(minutes=5)),
        ("0", None),
        ("-5", None),
        ("1e3", None),
        ("soon", None),
        ("", None),
        ("Tue, 24 Nov 2026 11:00:00 GMT", None),
        ("Tue, 24 Nov 2036 11:00:00 GMT", None),
        ("99999999999999999999", None),
        ("²", None),
    ],
)
def test_when_a_server_wants_to_be_asked_again(given, until):
    response = requests.Response()
    response.headers["Retry-After"] = given
    assert retry_after(response, AT) == until


# --- secrets


TOKEN = "EAAG1a+b/c=|d"
FORMS = {
    "as it is": "token EAAG1a+b/c=|d is wrong",
    "in a query": "/me?access_token=EAAG1a%2Bb%2Fc%3D%7Cd&fields=id",
    "percent-encoded, small": "x=EAAG1a%2bb%2fc%3d%7cd",
    "in a form": "x=EAAG1a%2Bb%2Fc%3D%7Cd",
    "twice encoded": "next=EAAG1a%252Bb%252Fc%253D%257Cd",
    "in JSON": '{"x": "EAAG1a+b\\/c=|d"}',
    "in a header": "Authorization: Bearer EAAG1a+b/c=|d",
    "in HTML": "<p>EAAG1a+b&#x2F;c=|d</p>",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_a_token_is_scrubbed_in_every_form(text):
    cleaned = scrub(text, {"page_access_token": TOKEN})
    assert "EAAG1a" not in cleaned
    assert "[redacted]" in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "abcd efgh ijkl",
        "abcdefghijkl",
        "abcd%20efgh%20ijkl",
        "abcd+efgh+ijkl",
        "Basic b3BzOmFiY2QgZWZnaCBpamts",
    ],
)
def test_an_application_password_is_scrubbed_with_and_without_blanks(text):
    cleaned = scrub(f"say {text}!", {"username": "ops", "application_password": "abcd efgh ijkl"})
    assert not {"abcd", "b3BzOmFiY2Q"} & set(cleaned.replace("%20", " ").replace("+", " ").split())
    assert "efgh" not in cleaned


def test_ordinary_words_stay():
    assert scrub("The a is not here: 404", {"x": "a", "empty": ""}) == "The a is not here: 404"


def test_a_long_text_is_cut_after_it_was_cleaned():
    secret = "s3cr3t" * 10
    assert "s3cr3t" not in scrub("x" * 970 + secret, {"token": secret})


def test_errors_of_the_network_are_clean(peer):
    peer.says(b"", resets=True)
    with pytest.raises(requests.exceptions.RequestException) as caught:
        session().get(f"{peer.url}/me?access_token={TOKEN}&x={TOKEN}")
    detail = network_error(caught.value, is_write=False, secrets={"t": TOKEN}).detail
    assert "EAAG1a" not in detail
    with pytest.raises(requests.exceptions.RequestException) as caught:
        session().get(f"http://127.0.0.1:{closed_port()}/me?x={TOKEN}")
    assert "EAAG1a" not in network_error(caught.value, is_write=False, secrets={"t": TOKEN}).detail


@pytest.fixture
def routed():
    """Sets the way out for one test."""
    yield lambda proxies, allowed=(): transport.route(routes_of(proxies, allowed))
    transport.route(Routes())


def test_a_call_leaves_by_its_proxy_even_one_in_a_private_network(routed, peer):
    routed({"web": peer.url})
    session = make_session(timeout=5, allow_private_hosts=False)
    assert session.get("http://nobody.invalid/path").status_code == 200
    assert peer.requests[0].startswith(b"GET http://nobody.invalid/path HTTP/1.1")


def test_behind_a_proxy_private_names_are_refused_too(routed, peer):
    routed({"web": peer.url})
    session = make_session(timeout=5, allow_private_hosts=False)
    with pytest.raises(requests.exceptions.InvalidURL):
        session.get("http://127.0.0.1/path")
    assert peer.connections == 0


def test_another_platform_does_not_use_the_proxy(routed, peer):
    routed({"x": "http://127.0.0.1:9"})
    assert make_session(timeout=5, allow_private_hosts=True).get(peer.url).status_code == 200


def test_only_listed_hosts_are_called(routed, peer):
    routed({}, ["api.x.com"])
    moved = {"https://api.twitter.com/": peer.url}
    session = make_session(timeout=5, allow_private_hosts=True, moved=moved)
    for url in (peer.url, "https://api.twitter.com/2/tweets"):
        with pytest.raises(requests.exceptions.InvalidURL) as caught:
            session.get(url)
        error = network_error(caught.value, is_write=True, secrets={})
        assert isinstance(error, Unreachable), "nothing has left"
    assert peer.connections == 0
    routed({}, ["api.x.com", "127.0.0.1"])
    assert session.get(peer.url).status_code == 200
