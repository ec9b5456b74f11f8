"""One blog during one request: its address, clock, signed-in user, parameters and error answers."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from channels.sandbox.clock import moment
from channels.sandbox.rows import Account, WpUser
from channels.sandbox.store import Store
from channels.sandbox.wire import Call, Reply

MODERATORS = {"administrator", "editor"}
WRITERS = MODERATORS | {"author"}


class WpError(Exception):
    """Carries an error answer out of a handler."""

    def __init__(self, code: str, message: str, status: int, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status
        self.data = data

    def reply(self) -> Reply:
        """Build the answer."""
        body = {
            "code": self.code,
            "message": self.message,
            "data": {"status": self.status, **self.data},
        }
        return Reply(self.status, body, escape_slashes=True)


def invalid_param(name: str, why: str, code: str = "rest_invalid_type") -> WpError:
    """Refuse one parameter."""
    return WpError(
        "rest_invalid_param",
        f"Invalid parameter(s): {name}",
        400,
        params={name: why},
        details={name: {"code": code, "message": why, "data": None}},
    )


@dataclass
class Site:
    """A blog, as one caller sees it. `params` are query and body together."""

    call: Call
    account: Account
    url: str
    path: str
    params: dict[str, Any]
    user: WpUser | None

    @property
    def slug(self) -> str:
        return self.account.identity

    @property
    def store(self) -> Store:
        return self.call.world.store

    @property
    def zone(self) -> ZoneInfo:
        """The time zone the site is set to."""
        return ZoneInfo(str(self.call.world.setting("wp_timezone", self.account)))

    @property
    def may_moderate(self) -> bool:
        return self.user is not None and self.user.role in MODERATORS

    @property
    def may_write(self) -> bool:
        return self.user is not None and self.user.role in WRITERS

    @property
    def denied(self) -> int:
        """The status of a refusal: 401 for strangers, 403 for users."""
        return 403 if self.user else 401

    def next_number(self, table: str) -> int:
        """Return the next number of a kind of row in this blog."""
        return max((row.number for row in getattr(self.store, table).by("blog", self.slug)),
                   default=0) + 1  # fmt: skip

    def local(self, at: float) -> datetime:
        """Return the site's wall time, without a zone, to the second."""
        return moment(int(at)).astimezone(self.zone).replace(tzinfo=None)

    def read_local(self, text: str, name: str) -> datetime:
        """Read a date as WordPress does: with an offset it is converted to the site's wall time."""
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError as error:
            raise invalid_param(name, "Invalid date.", "rest_invalid_date") from error
        return parsed.astimezone(self.zone).replace(tzinfo=None) if parsed.tzinfo else parsed

    def integers(self, name: str) -> list[int]:
        """Return a list parameter (`a=1,2`, `a[]=1` or JSON); WpError when it holds no numbers."""
        value = self.params.get(name, self.params.get(f"{name}[]"))
        if value is None or value == "":
            return []
        items = value if isinstance(value, list) else str(value).split(",")
        try:
            return [int(item) for item in items]
        except (TypeError, ValueError) as error:
            raise invalid_param(name, f"{name}[0] is not of type integer.") from error

    def integer(self, name: str, default: int, low: int, high: int | None = None) -> int:
        """Return a number parameter within bounds."""
        value = str(self.params.get(name, default))
        number = int(value) if value.lstrip("-").isdigit() else None
        if number is None:
            raise invalid_param(name, f"{name} is not of type integer.")
        if number < low or (high is not None and number > high):
            why = (
                f"{name} must be between {low} (inclusive) and {high} (inclusive)"
                if high is not None
                else f"{name} must be greater than or equal to {low}"
            )
            raise invalid_param(name, why, "rest_out_of_bounds")
        return number

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """Return a parameter that must be one of a few words."""
        value = str(self.params.get(name, default))
        if value not in allowed:
            last = f"{', '.join(allowed[:-1])}, and {allowed[-1]}"
            raise invalid_param(name, f"{name} is not one of {last}.", "rest_not_in_enum")
        return value


def iso(at: float) -> str:
    """Spell UTC as WordPress does: seconds, no zone."""
    return moment(int(at)).strftime("%Y-%m-%dT%H:%M:%S")


def signed_in(call: Call, slug: str) -> WpUser | None:
    """Return the user of a Basic header; wrong credentials are nobody, without a word."""
    scheme, _, packed = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        login, _, password = base64.b64decode(packed).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    password = password.replace(" ", "")
    for user in call.world.store.wp_users.by("blog", slug):
        known = {user.password, *(given for _name, _app, given in user.given)}
        if login in {user.login, user.email} and password in known:
            return user
    return None


def paged(site: Site, rows: list[Any]) -> tuple[list[Any], dict[str, str]]:
    """Return one page of rows and the headers that go with it."""
    per_page = site.integer("per_page", 10, 1, 100)
    page = site.integer("page", 1, 1)
    offset = int(str(site.params.get("offset") or (page - 1) * per_page))
    total = len(rows)
    pages = -(-total // per_page)
    headers = {"x-wp-total": str(total), "x-wp-totalpages": str(pages)}
    base = f"{site.url}/wp-json{site.path}"
    links = []
    if page > 1:
        links.append(f'<{base}?page={min(page - 1, max(pages, 1))}>; rel="prev"')
    if page < pages:
        links.append(f'<{base}?page={page + 1}>; rel="next"')
    if links:
        headers["link"] = ", ".join(links)
    return rows[offset : offset + per_page], headers


def pick_fields(shown: dict[str, Any], wanted: Any, *, deep: bool) -> dict[str, Any]:
    """Apply `_fields`; without `deep`, dotted names give nothing (as comment lists do)."""
    if not wanted:
        return shown
    names = [n.strip() for n in (wanted if isinstance(wanted, list) else str(wanted).split(","))]
    kept = {name: shown[name] for name in names if name in shown}
    for name in names:
        head, _, tail = name.partition(".")
        inner = shown.get(head)
        if deep and tail and isinstance(inner, dict) and tail in inner:
            kept.setdefault(head, {})[tail] = inner[tail]
    return kept
