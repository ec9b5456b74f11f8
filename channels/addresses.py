"""The addresses people type: where an account is reached, and what an address names. Pure; asks nobody."""

import ipaddress
import re
import socket
from urllib.parse import SplitResult, parse_qs, urlsplit

from channels.lifecycle import ChannelKind
from channels.transport import is_public

_STATUS = re.compile(r"/status(?:es)?/(\d+)")
_COMMENT = re.compile(r"^comment-(\d+)$")
_FACEBOOK_POST = re.compile(r"/(?:posts|videos|photos)/(?:[^/]+/)?(\d+)/?$|/(\d+_\d+)/?$")
#: Browsers, libraries and proxies do not agree on what these mean inside an address.
_STRANGE = re.compile(r"[\s\\\x00-\x1f\x7f]")


def id_in(given: str, *, kind: str, thread: str) -> str:
    """Return the id that an address names, as our adapter for that channel would; empty when it names none.

    What is no address is taken for the id itself. `thread` is the post under which to look.
    """
    given = given.strip()
    if "://" not in given:
        return given
    parts = _split(given)
    if kind == ChannelKind.X:
        found = _STATUS.search(parts.path)
        return found[1] if found else ""
    if kind == ChannelKind.FACEBOOK:
        query = parse_qs(parts.query)
        comment = query.get("reply_comment_id") or query.get("comment_id")
        if comment:
            return f"{thread.rpartition('_')[2]}_{comment[0].rpartition('_')[2]}"
        return ""
    found = _COMMENT.match(parts.fragment)
    return found[1] if found else ""


def id_of_post(given: str, *, kind: str, owner: str) -> str:
    """Return the id of our own post that an address names, as our adapter would; empty when it names none.

    What is no address is taken for the id itself. `owner` is our own id on the platform.
    """
    given = given.strip()
    if "://" not in given or kind == ChannelKind.X:
        return id_in(given, kind=kind, thread="")
    number = _post_number(given)
    if not number.isdigit():
        return number
    return f"{owner}_{number}" if kind == ChannelKind.FACEBOOK else f"post:{number}"


def _post_number(address: str) -> str:
    parts = _split(address)
    query = parse_qs(parts.query)
    for name in ("story_fbid", "p", "post"):
        if query.get(name, [""])[0].isdigit():
            return query[name][0]
    found = _FACEBOOK_POST.search(parts.path)
    return (found[1] or found[2]) if found else ""


def _split(address: str) -> SplitResult:
    """Return the parts of an address; of one that is none, nothing but empty parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def fault_of_base(address: str, *, allow_private: bool) -> str:
    """Say what forbids an address as the place where an account is reached; empty when nothing does.

    Only its form is judged, and hosts that are plainly private. What a name leads to is judged at
    the socket, each time anew.
    """
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return "host"
    if parts.scheme not in {"https", "http"}:
        return "scheme"
    if _STRANGE.search(address):
        return "host"
    if parts.username is not None or parts.password is not None:
        return "credentials"
    if not parts.hostname:
        return "host"
    if "#" in address:
        return "fragment"
    return "" if allow_private or not _is_plainly_private(parts) else "private"


def _is_plainly_private(parts: SplitResult) -> bool:
    host = (parts.hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not is_public(host)
    except ValueError:
        pass
    try:  # 127.1, 0x7f000001 and 2130706433 are addresses, too
        return not is_public(str(ipaddress.IPv4Address(socket.inet_aton(host))))
    except (OSError, ValueError):
        return False
