"""How live desks are said on screens and in files: tables and plain functions. No queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.lifecycle import LiveMode, LiveState
from campaigns.models import LiveDesk, LiveLine, LiveWord
from campaigns.status import Status
from channels.lifecycle import UNBEGUN, DeliveryState
from channels.status import Status as DeliveryStatus
from channels.status import status_of

D = DeliveryState

LIVE_STATUS: dict[LiveState, Status] = {
    LiveState.OPEN: Status(pgettext_lazy("live desk", "Open"), "ok"),
    LiveState.CLOSED: Status(pgettext_lazy("live desk", "Closed"), "quiet"),
}

#: How words follow: in a thread where the platform knows one.
MODE_LABELS: dict[str, Promise] = {
    "chain": gettext_lazy("As a thread"),
    str(LiveMode.UNDER): gettext_lazy("As comments under the master post"),
    str(LiveMode.APART): gettext_lazy("Each as a post of its own"),
}

SKIPPED = Status(gettext_lazy("Left out"), "quiet")
STOPPED = Status(gettext_lazy("Stopped"), "danger")


def word_status(word: LiveWord) -> Status | DeliveryStatus:
    """Return where a line stands on one account, in words."""
    if word.delivery is None or word.is_skipped:
        return SKIPPED
    if word.delivery.state == D.MISSED and word.delivery.reason_code == "before_failed":
        return STOPPED
    return status_of(word.delivery)


def may_take_back(line: LiveLine, user_id: int | None) -> bool:
    """Whether somebody sees the way to take a line back: their own, and nothing of it has begun to leave."""
    words = [word for word in line.words.all() if not word.is_skipped]
    unbegun = [word for word in words if word.delivery and word.delivery.state in UNBEGUN]
    return line.author_id == user_id and not line.is_taken_back and words == unbegun


@dataclass(frozen=True, slots=True)
class Said:
    """One line as the summary tells it."""

    number: int
    at: datetime
    who: str
    text: str
    places: list[tuple[str, str, str]]


def summary(lines: Iterable[LiveLine]) -> list[Said]:
    """Return what was said, oldest first, with account, state and address; what was taken back is left out."""
    rows = sorted((line for line in lines if not line.is_taken_back), key=lambda row: row.number)
    return [
        Said(
            row.number, _first(row), str(row.author), row.text, [_told(w) for w in row.words.all()]
        )
        for row in rows
    ]


def _first(line: LiveLine) -> datetime:
    sent = [word.delivery.sent_at for word in line.words.all() if word.delivery]
    return min((at for at in sent if at is not None), default=line.said_at)


def _told(word: LiveWord) -> tuple[str, str, str]:
    url = word.delivery.url if word.delivery is not None else ""
    return word.place.account.name, str(word_status(word).label), url


def as_rows(said: Iterable[Said]) -> list[list[object]]:
    """Return a table: one row for each line on each account, under its headings."""
    head: list[object] = [
        _("Number"),
        _("Time"),
        _("Who"),
        _("Text"),
        _("Account"),
        _("State"),
        _("Address"),
    ]
    rows: list[list[object]] = [
        [one.number, _clock(one.at), one.who, one.text, *place]
        for one in said
        for place in one.places
    ]
    return [head, *rows]


def as_text(desk: LiveDesk, said: Iterable[Said]) -> str:
    """Return what was said as plain text, to paste into a report."""
    parts = [desk.name, ""]
    for one in said:
        parts += [f"{one.number}. {_clock(one.at)}  {one.who}", one.text]
        parts += [f"   {name}: {state} {url}".rstrip() for name, state, url in one.places]
        parts.append("")
    return "\n".join(parts)


def _clock(at: datetime) -> str:
    return timezone.localtime(at).isoformat(sep=" ", timespec="seconds")
