"""The one way out: sessions with time-outs, no redirects, no retries, guarded addresses, other base URLs."""

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
)
from urllib3.util.retry import Retry

from channels import calls, platform_time
from channels.errors import Ambiguous, ChannelError, Unreachable
from channels.outbound import Routes
from channels.scrubbing import scrub
from opsconsole.kernel.clock import now

#: Seconds to wait for a connection; the read time-out is the caller's.
CONNECT_TIMEOUT = 5.0
#: Answers larger than this are cut off (bytes).
LARGEST_ANSWER = 10 * 1024 * 1024
USER_AGENT = "opsconsole"
#: No platform asks for a longer pause; a header that does is wrong.
LONGEST_PAUSE = timedelta(hours=25)

#: Through which proxies this process speaks, and to whom. Set once, when it starts.
_routes = Routes()
#: Where alone this process may speak to; empty for everywhere. Set once, when it starts.
_confined_to = ""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: All of IPv6 that is given out to the public; what lies outside is local, translated or unassigned.
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
#: Set aside by registries, though Python's tables do not know all of them yet.
_SET_ASIDE = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "3fff::/20")
)


def confine(base_url: str) -> None:
    """Let no call of this process leave for anywhere but below `base_url`, from now on."""
    global _confined_to  # noqa: PLW0603 - there is one way out of a process
    _confined_to = base_url.rstrip("/") + "/"


def route(routes: Routes) -> None:
    """Have all calls of this process leave by these proxies, to these hosts, from now on."""
    global _routes  # noqa: PLW0603 - there is one way out of a process
    _routes = routes


class ForbiddenAddress(NewConnectionError):
    """The name leads to an address inside a private network."""


class _Deadline:
    """The end of one call, whatever it waits for: an answer may come a byte at a time for ever."""

    #: The call that this thread makes now; its connection looks here.
    under_way = threading.local()

    def __init__(self, seconds: float) -> None:
        self.is_past = False
        self._seconds = seconds
        self._sock: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._hang_up)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        _Deadline.under_way.deadline = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _Deadline.under_way.deadline = None

    @classmethod
    def reach(cls, sock: socket.socket | None) -> None:
        """Let the call under way end this socket; sending may take as long as the call."""
        deadline = getattr(cls.under_way, "deadline", None)
        if deadline is not None and sock is not None:
            deadline._sock = sock
            sock.settimeout(deadline._seconds)

    def _hang_up(self) -> None:
        """End both directions: whoever reads or writes wakes up with an error."""
        self.is_past = True
        if self._sock is not None:
            with contextlib.suppress(OSError):  # it may have ended by itself this moment
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


class _Connecting:
    """Makes every failure before the first byte of a request look like one: nothing has left."""

    def __str__(self) -> str:
        """Name the other side as people do; this stands in the texts of errors."""
        return f"{self.host}:{self.port}"  # type: ignore[attr-defined]  # a mixin of urllib3's connections

    def connect(self) -> None:
        """Connect; a failed TLS handshake is a failure to connect, too."""
        try:
            super().connect()  # type: ignore[misc]
        except (
            OSError,
            UnicodeError,
            LocationParseError,
        ) as error:  # the latter: impossible names
            raise NewConnectionError(self, f"Cannot connect: {error}") from error  # type: ignore[arg-type]
        _Deadline.reach(self.sock)  # type: ignore[attr-defined]

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request, perhaps on a connection that an earlier call has opened."""
        _Deadline.reach(self.sock)  # type: ignore[attr-defined]
        super().request(*args, **kwargs)  # type: ignore[misc]


class _PublicOnly(_Connecting):
    """Connects to public addresses only, whatever the name resolves to at that moment."""

    def _new_conn(self) -> socket.socket:
        """Check before a packet leaves, and the peer itself: the name may answer differently twice."""
        host = str(self.host)  # type: ignore[attr-defined]
        for address in _resolve(host):
            self._refuse(address)
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        try:
            self._refuse(sock.getpeername()[0])
        except ForbiddenAddress:
            sock.close()
            raise
        return sock

    def _refuse(self, address: str) -> None:
        if not is_public(address):
            raise ForbiddenAddress(self, "This name leads into a private network.")  # type: ignore[arg-type]


class _Http(_Connecting, HTTPConnection):
    """Plain HTTP to anywhere."""


class _Https(_Connecting, HTTPSConnection):
    """HTTPS to anywhere."""


class _PublicHttp(_PublicOnly, HTTPConnection):
    """Plain HTTP to public addresses."""


class _PublicHttps(_PublicOnly, HTTPSConnection):
    """HTTPS to public addresses."""


def _resolve(host: str) -> list[str]:
    """Return a host's addresses, none when it has none: connecting then says so itself."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(address[0]) for *_rest, address in found]


def is_public(text: str) -> bool:
    """Whether an IP address, and every IPv4 address written inside it, lies on the public internet."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return all(_is_public(ip) for ip in [address, *_embedded(address)])


def _is_public(ip: _Address) -> bool:
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped or ip in _NAT64:  # nothing but a way to write the address inside
            return True
        if ip not in _UNICAST:
            return False
    is_set_aside = any(ip in network for network in _SET_ASIDE)
    return ip.is_global and not ip.is_multicast and not is_set_aside


def _embedded(ip: _Address) -> list[_Address]:
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    found: list[_Address | None] = [ip.ipv4_mapped, ip.sixtofour]
    if ip in _NAT64:
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]


class GuardedAdapter(HTTPAdapter):
    """Sends with a time-out, to public addresses only, and optionally to another base URL.

    SDKs hard-code their hosts; mounting this on their prefix moves them, signatures untouched. After
    `enough` bytes of an answer the rest is left; without that it is read whole.
    """

    def __init__(
        self,
        timeout: float,
        *,
        allow_private: bool,
        prefix: str = "",
        base: str = "",
        enough: int = 0,
    ) -> None:
        self._enough, self._allow_private = enough, allow_private
        self._timeout = (min(CONNECT_TIMEOUT, timeout), timeout)
        self._connections: dict[str, type[HTTPConnection]] = (
            {"http": _Http, "https": _Https}
            if allow_private
            else {"http": _PublicHttp, "https": _PublicHttps}
        )
        self._prefix, self._base = prefix, base and base.rstrip("/") + "/"
        super().__init__(max_retries=Retry(total=0, redirect=0))

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        """Return the pool for a request, told to open our kind of connection."""
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        assert isinstance(pool, HTTPConnectionPool)  # noqa: S101 - the stubs know less
        # A proxy is where the operator says it is, in a private network more often than not.
        kinds = {"http": _Http, "https": _Https} if pool.proxy else self._connections
        pool.ConnectionCls = kinds[pool.scheme or "https"]
        return pool

    def _must_be_public(self, url: str) -> None:
        """Behind a proxy nobody sees the peer: what the name leads to is looked at before."""
        host = urlsplit(url).hostname or ""
        if not self._allow_private and not all(map(is_public, _resolve(host))):
            raise requests.exceptions.InvalidURL(f"{host} leads into a private network.")

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Send one request, with whoever listens asked before it leaves and told what came of it."""
        listener = calls.here()
        if listener is None:
            return self._send(request, *args, **kwargs)
        body = (
            request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        )
        call = calls.Call(str(request.method), urlsplit(str(request.url)).path, body)
        listener.before(call)
        answer = None
        try:
            response = self._send(request, *args, **kwargs)
            answer = calls.Answer(response.status_code, response.headers, response.content)
        finally:
            listener.after(call, answer)
        return response

    def _send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Rewrite and send one request; refuses answers that are too large or never end."""
        if self._base and request.url:
            request.url = self._base + request.url.removeprefix(self._prefix)
            request.headers.pop("Host", None)
        if _confined_to and not str(request.url).startswith(_confined_to):
            raise requests.exceptions.InvalidURL("This process may speak to the sandbox alone.")
        if not _routes.allows(str(request.url)):
            raise requests.exceptions.InvalidURL(
                "This host is not among those that may be called."
            )
        if proxy := _routes.proxy_for(str(request.url)):
            self._must_be_public(str(request.url))
            kwargs["proxies"] = {"http": proxy, "https": proxy}
        kwargs["timeout"] = kwargs.get("timeout") or self._timeout
        kwargs["stream"] = True
        asked = now()
        with _Deadline(sum(self._timeout)) as deadline:
            response = super().send(request, *args, **kwargs)
            response._content = _read_bounded(response, self._enough)  # requests has no public way
            response._content_consumed = True  # type: ignore[attr-defined]
        if deadline.is_past:  # hanging up can look like the end of an answer without a length
            raise requests.exceptions.ReadTimeout("The answer came too slowly.")
        platform_time.hear(response.headers.get("Date", ""), asked, now())
        return response


def _read_bounded(response: requests.Response, enough: int) -> bytes:
    body = bytearray()
    try:
        while chunk := response.raw.read1(65_536, decode_content=True):
            body += chunk
            if enough and len(body) >= enough:
                response.close()
                break
            if len(body) > LARGEST_ANSWER:
                raise requests.exceptions.ContentDecodingError("The answer is too large.")
    except HTTPError as error:
        response.close()
        raise requests.exceptions.ConnectionError(error) from error
    except requests.exceptions.RequestException:
        response.close()
        raise
    return bytes(body)


def make_session(
    *,
    timeout: float,
    allow_private_hosts: bool,
    moved: Mapping[str, str] | None = None,
    enough: int = 0,
) -> requests.Session:
    """Return a session for one task. `moved` maps URL prefixes to the base URLs that replace them.

    With `enough` no more than about so many bytes of an answer are read.
    """
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    session.headers["User-Agent"] = USER_AGENT
    plain = GuardedAdapter(timeout, allow_private=allow_private_hosts, enough=enough)
    session.mount("https://", plain)
    session.mount("http://", plain)
    for prefix, base in (moved or {}).items():
        adapter = GuardedAdapter(
            timeout, allow_private=allow_private_hosts, prefix=prefix, base=base
        )
        session.mount(prefix, adapter)
    return session


def network_error(error: Exception, *, is_write: bool, secrets: Mapping[str, str]) -> ChannelError:
    """Translate what `requests` raises. A write whose bytes may have left is ambiguous."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.exceptions.TooManyRedirects):
        detail = "The server leads on to another address."
    else:
        root = reason or error
        detail = scrub(f"{type(root).__name__}: {root}", secrets)
    if is_write and not _never_left(error, reason):
        return Ambiguous(detail)
    return Unreachable(detail)


def _never_left(error: Exception, reason: object) -> bool:
    is_unsendable = isinstance(
        error,
        (
            requests.exceptions.InvalidURL,
            requests.exceptions.MissingSchema,
            requests.exceptions.InvalidSchema,
            requests.exceptions.InvalidHeader,
        ),
    )
    return is_unsendable or isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def retry_after(response: requests.Response, at: datetime) -> datetime | None:
    """Return when a server wants to be asked again (seconds or a date), None when it does not say.

    https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
    """
    given = response.headers.get("Retry-After", "").strip()
    try:
        if given.isdigit():
            return believable(at + timedelta(seconds=int(given)), at)
        return believable(parsedate_to_datetime(given), at)
    except (ValueError, TypeError, OverflowError):
        return None


def believable(until: datetime, at: datetime) -> datetime | None:
    """Return a platform's end of a pause, None when it is past, absurdly far or without a zone."""
    is_aware = until.tzinfo is not None
    return until if is_aware and at < until <= at + LONGEST_PAUSE else None
