"""Finding a WordPress site's REST interface from any page of it, and what a user of it may do."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import NAMESPACE_URL, uuid5

from channels.adapters.blog.adapter import BlogAdapter
from channels.candidates import Candidate, Check, Right, has_all
from channels.errors import ChannelError, Rejected, Unreachable
from channels.markup import plain
from channels.port import Connection
from channels.seeking import Seen, look_at
from channels.types import Profile

#: How WordPress links to its REST interface. https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/
RELATION = "https://api.w.org/"
#: Under which name we stand among a user's application passwords; the number tells them apart for ever.
APP_NAME = "opsconsole"
APP_ID = str(uuid5(NAMESPACE_URL, "urn:opsconsole"))
#: Seconds for one place where the interface may stand, and after which no further one is looked at.
STEP, PATIENCE = 10.0, 40.0
_PRETTY = "/wp-json"
_NOT_FOUND = "This is no WordPress site whose REST interface can be reached."
_MOVED = "The REST interface of this site stands at an address that cannot be used."


@dataclass(frozen=True, slots=True)
class Site:
    """A site: `base` is where our adapter speaks to it, `authorise` the page where people let apps in, if any."""

    base: str
    name: str
    authorise: str = ""


def find_site(address: str, *, timeout: float, allow_private_hosts: bool) -> Site:
    """Return the site that a page belongs to. Rejected when none is found there."""
    seen = look_at(address, timeout=timeout, allow_private_hosts=allow_private_hosts)
    end = time.monotonic() + PATIENCE
    for root in dict.fromkeys(_roots(seen)):
        if time.monotonic() > end:
            break
        try:
            index = look_at(
                root, timeout=min(timeout, STEP), allow_private_hosts=allow_private_hosts
            )
        except (Rejected, Unreachable):
            continue
        if said := _index_of(index):
            return _site(index.url, said)
    raise Rejected(_NOT_FOUND)


def _roots(seen: Seen) -> Iterator[str]:
    """Yield where the interface may stand: what the page says, else guesses from its own place upwards."""
    for link in seen.related(RELATION):
        yield link.href
    parts = urlsplit(seen.url)
    steps = [step for step in parts.path.split("/") if step]
    for depth in sorted({len(steps), 2, 1, 0} & set(range(len(steps) + 1)), reverse=True)[:3]:
        place = f"{parts.scheme}://{parts.netloc}/" + "".join(f"{step}/" for step in steps[:depth])
        yield f"{place}wp-json/"
        yield f"{place}?rest_route=/"


def _index_of(seen: Seen) -> dict[str, Any]:
    """Return what the interface says about itself; empty when this is none."""
    try:
        said = json.loads(seen.body)
    except ValueError:
        return {}
    is_it = isinstance(said, dict) and "wp/v2" in (said.get("namespaces") or [])
    return said if is_it else {}


def _site(root: str, said: Mapping[str, Any]) -> Site:
    parts = urlsplit(root)
    path = parts.path.rstrip("/")
    if "rest_route=" not in parts.query and not path.endswith(_PRETTY):
        raise Rejected(_MOVED)
    home = urlsplit(str(said.get("home") or ""))
    if home.hostname == parts.hostname:
        # WordPress answers `rest_route` below any path; where it really stands it says itself.
        path = home.path.rstrip("/")
    path = path.removesuffix(_PRETTY)
    return Site(
        base=f"{parts.scheme}://{parts.netloc}{path.removesuffix('/index.php')}",
        name=plain(str(said.get("name") or "")),
        authorise=_authorise(said),
    )


def _authorise(said: Mapping[str, Any]) -> str:
    """Return where people let apps in; WordPress says nothing where it is switched off, as without https."""
    try:
        found = said["authentication"]["application-passwords"]["endpoints"]["authorization"]
    except (KeyError, TypeError, IndexError):
        return ""
    return str(found) if str(found).startswith(("https://", "http://")) else ""


def is_same(answered: str, asked: str) -> bool:
    """Whether the site that gave a password is the one that was asked: the same host, whatever the scheme or path."""
    hosts = {
        (urlsplit(address).hostname or "").removeprefix("www.") for address in (answered, asked)
    }
    return len(hosts) == 1 and hosts != {""}


def authorise_address(site: Site, *, back: str, state: str) -> str:
    """Return the page on which a user of the site gives us an application password.

    https://make.wordpress.org/core/2020/11/05/application-passwords-integration-guide/
    """
    asked = {
        "app_name": APP_NAME,
        "app_id": APP_ID,
        "success_url": f"{back}?{urlencode({'state': state})}",
        "reject_url": f"{back}?{urlencode({'state': state, 'error': 'access_denied'})}",
    }
    joint = "&" if "?" in site.authorise else "?"
    return f"{site.authorise}{joint}{urlencode(asked, quote_via=quote)}"


def try_user(connection: Connection, *, name: str = "") -> Candidate:
    """Return who a user name and a password speak for, and what they may do. AuthExpired when for nobody."""
    adapter = BlogAdapter(connection)
    user = adapter.who()
    able = frozenset(key for key, value in (user.get("capabilities") or {}).items() if value)
    profile = Profile(
        external_id=str(user["id"]),
        name=name or plain(str(user.get("name") or "")),
        handle=str(user.get("slug") or ""),
        url=connection.base_url,
    )
    checks = [
        Check(Right.IDENTITY, True),
        _reads(adapter),
        has_all(Right.ANSWER, ("moderate_comments",), able),
        has_all(Right.MODERATE, ("moderate_comments",), able),
        has_all(Right.POST, ("publish_posts",), able),
        has_all(Right.UPLOAD, ("upload_files",), able, needed=False),
    ]
    return Candidate(profile, connection.base_url, connection.secrets, checks)


def _reads(adapter: BlogAdapter) -> Check:
    """Read as a moderator does, once."""
    try:
        adapter.recheck(["1"])
    except ChannelError as error:
        return Check(Right.READ, False, said=error.detail)
    return Check(Right.READ, True)
