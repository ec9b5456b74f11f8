"""What a call to X costs, read from what was asked and answered. Pure; the prices themselves are a setting.

X counts by what an answer contains: each post and each person once a day (UTC), however often it is read.
Source: https://docs.x.com/x-api/getting-started/pricing
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from twitter_text import extract_urls

from channels.calls import Answer, Call
from channels.ranks import Rank


class Priced(StrEnum):
    """What X takes money for."""

    CREATE = "create"
    CREATE_URL = "create_url"
    REPLY = "reply"  # to somebody who has mentioned or quoted us
    DELETE = "delete"
    POST_READ = "post_read"
    OWNED_READ = "owned_read"  # of the account that owns the application
    USER_READ = "user_read"
    DESCRIBE = "describe"  # words that describe a picture


#: What each rank leaves of a month's money to those above it (percent).
KEPT = {Rank.ANSWERS: 0, Rank.POLLS: 5, Rank.POSTS: 10, Rank.EXTRAS: 20}
#: From this share of it on people are told (percent).
WARN_AT = 80
#: What is no address to X may be one tomorrow: it knows new ends of names before its library does.
_ADDRESS = re.compile(r"https?://\S")
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Charge:
    """One thing that costs; what is read has an id, and is paid for once a day."""

    kind: Priced
    external_id: str = ""


def creating(text: str, *, is_reply: bool) -> Priced:
    """Return as what a text is paid for. One link makes it many times dearer."""
    if _ADDRESS.search(text) or extract_urls(text):
        return Priced.CREATE_URL
    return Priced.REPLY if is_reply else Priced.CREATE


def asked(call: Call, rank: Rank) -> Priced | None:
    """Return what a call will cost for certain if it succeeds; None for reads, whose answer tells."""
    if call.method == "DELETE" and call.path.startswith("/2/tweets/"):
        return Priced.DELETE
    if call.method == "POST" and call.path == "/2/media/metadata":
        return Priced.DESCRIBE
    if call.method != "POST" or call.path != "/2/tweets":
        return None
    body = _json(call.body)
    is_reply = bool(body.get("reply")) and rank == Rank.ANSWERS
    return creating(str(body.get("text") or ""), is_reply=is_reply)


def succeeded(answer: Answer | None) -> bool:
    """Whether a call is paid for: who got no answer counts it, since it may have arrived."""
    return answer is None or answer.status in _OK


def read(call: Call, answer: Answer | None, *, owns: str) -> list[Charge]:
    """Return what an answer has read out. `owns` is our id there when our account owns the application."""
    if call.method != "GET" or answer is None or answer.status not in _OK:
        return []
    body = _json(answer.body)
    given = body.get("data") or []
    rows = [given] if isinstance(given, Mapping) else given
    includes = body.get("includes") or {}
    kind = _kind_of(call.path, owns)
    found = [Charge(kind, str(row["id"])) for row in _named(rows)] if kind else []
    found += [Charge(Priced.POST_READ, str(row["id"])) for row in _named(includes.get("tweets"))]
    found += [Charge(Priced.POST_READ, str(row["id"])) for row in _named(includes.get("posts"))]
    found += [Charge(Priced.USER_READ, str(row["id"])) for row in _named(includes.get("users"))]
    return found


def _kind_of(path: str, owns: str) -> Priced | None:
    last = path.rsplit("/", 1)[-1]
    if path.startswith("/2/users/"):
        if last not in {"mentions", "tweets"}:
            return Priced.USER_READ
        is_own = bool(owns) and path.split("/")[3] == owns
        return Priced.OWNED_READ if is_own else Priced.POST_READ
    return Priced.POST_READ if path.startswith("/2/tweets") else None


def _named(rows: Any) -> Iterator[Mapping[str, Any]]:
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, Mapping) and row.get("id"):
            yield row


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def month_of(at: datetime) -> date:
    """Return the month in which something is paid for; X counts in UTC."""
    return at.astimezone(UTC).date().replace(day=1)


def room(ceiling: Decimal, rank: Rank) -> Decimal:
    """Return how much of a month's money a rank may spend."""
    return ceiling * (100 - KEPT[rank]) / 100
