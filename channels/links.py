"""Looking up an address that stands in a text: whether it leads anywhere a customer could follow. Workers only."""

import socket
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

import requests
from requests.utils import requote_uri
from urllib3.exceptions import LocationParseError, NameResolutionError

from channels.addresses import fault_of_base
from channels.transport import ForbiddenAddress, make_session

#: Redirects that are followed.
MOST_HOPS = 5
#: Of a page so many bytes are read: that it is there is enough.
ENOUGH = 64 * 1024
#: Seconds after which no further step of one look is taken.
PATIENCE = 25.0
#: Answers that say nothing about whether people find the page there: sign in, slow down, no programs please.
_CLOSED_TO_PROGRAMS = frozenset({401, 403, 405, 406, 407, 408, 423, 425, 429, 451, 999})
_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


@dataclass(frozen=True, slots=True)
class Look:
    """What was found. `outcome`: ok, moved (it leads elsewhere), broken, or unreachable (nobody knows).

    `reason` is empty when all is well, else one of status, redirects, address, private, no_host, slow,
    no_answer. `final` is where it leads in the end.
    """

    outcome: str
    reason: str = ""
    status: int | None = None
    final: str = ""


def look_up(address: str, *, timeout: float, allow_private_hosts: bool) -> Look:
    """Ask an address and follow where it leads, each step guarded anew. `timeout` in seconds is one step's."""
    end = time.monotonic() + PATIENCE
    session = make_session(timeout=timeout, allow_private_hosts=allow_private_hosts, enough=ENOUGH)
    session.max_redirects = 1  # none is followed, but this library looks at the first anyhow
    here = urldefrag(address).url
    with session:
        for _ in range(MOST_HOPS + 1):
            if fault := fault_of_base(here, allow_private=allow_private_hosts):
                return Look("broken", "private" if fault == "private" else "address", final=here)
            if time.monotonic() > end:
                return Look("unreachable", "slow", final=here)
            try:
                answer = _ask(session, here)
            except requests.exceptions.RequestException as error:
                return _failure(error, here)
            except UnicodeError:  # a name that cannot be written in ASCII
                return Look("broken", "address", final=here)
            target = session.get_redirect_target(answer)
            if target is None:
                return _verdict(address, here, answer.status_code)
            here = urldefrag(urljoin(here, requote_uri(target))).url
    return Look("broken", "redirects", final=here)


def _ask(session: requests.Session, here: str) -> requests.Response:
    """Ask for the head alone; where that is refused or goes wrong under way, for the page."""
    try:
        answer = session.head(here, allow_redirects=False)
        if answer.status_code < 400:
            return answer
    except requests.exceptions.RequestException as error:
        if _never_arrived(error):
            raise
    session.close()  # whoever is asked for a head may hang up after it without saying so
    return session.get(here, allow_redirects=False)


def _never_arrived(error: requests.exceptions.RequestException) -> bool:
    is_unsendable = isinstance(
        error, requests.exceptions.InvalidURL | requests.exceptions.SSLError
    )
    return is_unsendable or _reason(error) is not None


def _reason(error: requests.exceptions.RequestException) -> BaseException | None:
    """Return what urllib3 says why it could not connect."""
    return getattr(error.args[0], "reason", None) if error.args else None


def _failure(error: requests.exceptions.RequestException, here: str) -> Look:
    reason = _reason(error)
    cause = reason.__cause__ if reason else None
    if isinstance(reason, ForbiddenAddress):
        return Look("broken", "private", final=here)
    if isinstance(reason, NameResolutionError):
        is_nobody = isinstance(cause, socket.gaierror) and cause.errno in _NO_SUCH_HOST
        return Look("broken" if is_nobody else "unreachable", "no_host", final=here)
    is_impossible = isinstance(cause, UnicodeError | LocationParseError)
    if is_impossible or isinstance(error, ValueError):  # how `requests` calls what is no address
        return Look("broken", "address", final=here)
    if isinstance(error, requests.exceptions.Timeout):
        return Look("unreachable", "slow", final=here)
    return Look("unreachable", "no_answer", final=here)


def _verdict(address: str, here: str, status: int) -> Look:
    if status < 300:
        is_same = _place(urlsplit(address)) == _place(urlsplit(here))
        return Look("ok" if is_same else "moved", status=status, final=here)
    is_unknown = status >= 500 or status in _CLOSED_TO_PROGRAMS or status < 400
    return Look("unreachable" if is_unknown else "broken", "status", status, here)


def _place(parts: SplitResult) -> tuple[str, str]:
    """Where an address is for people: a scheme, a "www." or a slash more lead to the same."""
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/")
