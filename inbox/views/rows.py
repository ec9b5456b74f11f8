"""The rows of the queue as html. Forty are drawn at every look, by every screen that listens: each once.

A row is made of plain values, and what it looks like follows from them alone; so it is drawn when one of
them changes, and taken from memory otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from inbox.lifecycle import ConversationState
from inbox.models import Conversation
from inbox.status import CONVERSATION_STATUS
from inbox.templatetags.clocks import due_age, left
from inbox.views.listing import CHANNEL_NAMES
from opsconsole.kernel.addresses import address_of
from opsconsole.kernel.initials import initials
from opsconsole.templatetags.ui import age, elapsed, hue, moment

#: States that are said in a row; where the others stand, the list itself says.
_SAID = frozenset({ConversationState.WAITING, ConversationState.RESOLVED})
#: Rows kept in memory by each process: about 3 kB each.
KEPT = 4_000


@dataclass(frozen=True, slots=True)
class Row:
    """All that a row shows, as plain values."""

    pk: str
    value: str
    href: str
    name: str
    hue: str
    initials: str
    face: str
    channel: str
    channel_name: str
    icon: str
    text: str
    pieces: tuple[tuple[str, bool], ...]
    is_waiting: bool
    since: str
    due: str
    age: str
    clock: str
    unit: str
    unit_hue: str
    tone: str
    status: str
    tags: tuple[str, ...]
    snoozed: str
    snooze_reason: str
    reopened: int
    assignee: str
    assignee_hue: str
    assignee_initials: str
    photo: str
    is_vip: bool
    is_unread: bool
    is_current: bool
    pick: str
    language: str


def rows_of(
    conversations: Iterable[Conversation], query: str, current: int | None
) -> list[SafeString]:
    """Return the rows of a list whose address is `query`, with the open conversation marked."""
    icons, choose = static("opsconsole/icons.svg"), gettext("Choose %(name)s")
    language = get_language() or ""
    return [
        _drawn(
            Row(
                pk=(pk := str(row.pk)),
                value=f"{pk}:{row.version}",
                href=address_of("inbox:conversation", row.pk) + query,
                channel=row.channel,
                channel_name=str(CHANNEL_NAMES[row.channel]),
                icon=f"{icons}#{row.channel}",
                unit=row.unit.name,
                unit_hue=row.unit.colour,
                tags=tuple(tag.name for tag in row.labels),
                is_vip=row.is_vip,
                is_unread=row.is_unread,
                is_current=row.pk == current,
                language=language,
                **_customer(row, choose),
                **_words(row),
                **_time(row),
                **_state(row),
                **_assignee(row),
            )
        )
        for row in conversations
    ]


@lru_cache(KEPT)
def _drawn(row: Row) -> SafeString:
    return render_to_string("inbox/_row.html", {"row": row})


def _customer(row: Conversation, choose: str) -> dict[str, Any]:
    name = str(row.contact)
    return {
        "name": name, "hue": hue(name), "initials": initials(name),
        "face": row.contact.avatar_url, "pick": choose % {"name": name},
    }  # fmt: skip


def _words(row: Conversation) -> dict[str, Any]:
    found = getattr(row, "found", None)
    return {"text": row.preview or "…", "pieces": tuple(found.pieces) if found else ()}


def _time(row: Conversation) -> dict[str, Any]:
    """How long is left until the due time; without one, how long the wait or the silence has lasted."""
    since: datetime = row.waiting_since or row.last_message_at
    due = row.due_at if row.waiting_since else None
    return {
        "is_waiting": row.waiting_since is not None, "since": since.isoformat(),
        "due": due.isoformat() if due else "", "age": due_age(due, since) if due else age(since),
        "clock": left(due) if due else elapsed(since),
    }  # fmt: skip


def _state(row: Conversation) -> dict[str, Any]:
    state = ConversationState(row.state)
    status = CONVERSATION_STATUS[state] if state in _SAID else None
    snoozed = ""
    if state == ConversationState.SNOOZED:
        until = row.snoozed_until
        snoozed = moment(until) if until else gettext("Until the customer writes")
    return {
        "status": str(status.label) if status else "", "tone": status.tone if status else "",
        "snoozed": snoozed, "snooze_reason": row.snooze_reason if snoozed else "",
        "reopened": row.reopenings if row.waiting_since else 0,
    }  # fmt: skip


def _assignee(row: Conversation) -> dict[str, Any]:
    if row.assignee is None:
        return dict.fromkeys(("assignee", "assignee_hue", "assignee_initials", "photo"), "")
    name = str(row.assignee)
    return {
        "assignee": name, "assignee_hue": hue(name), "assignee_initials": initials(name),
        "photo": row.assignee.photo_url,
    }  # fmt: skip
