"""The list at the left: rows, tabs and filters. Every answer follows from the address alone."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from channels.lifecycle import ChannelKind
from channels.selectors.accounts import accounts_for
from inbox.models import Conversation
from inbox.selectors.queue import COUNT_LIMIT, QueueFilter, queue_counts, queue_page
from inbox.selectors.tags import tag_page
from inbox.views.base import ActorRequest, for_people, number
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.pagination import KeysetPage
from opsconsole.people.directory import colleague_page
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import units_within

#: Rows of one page, and the most that a live screen asks for at once.
PAGE, LONGEST = 40, 200

TABS = {
    "open": _("Open"),
    "mine": _("Mine"),
    "unassigned": _("Unassigned"),
    "waiting": _("Answered"),
    "resolved": _("Resolved"),
    "all": _("All"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One way to look at the queue."""

    view: str
    label: Any
    count: str
    query: str
    here: bool


@require_GET
@for_people
def queue(request: ActorRequest) -> HttpResponse:
    """Show the queue, or only its list to a screen that already shows the rest."""
    if request.htmx.target == "queue":
        return queue_fragment(request)
    return render(
        request, "inbox/inbox.html", {**queue_context(request), **frame_context(request)}
    )


def queue_fragment(request: ActorRequest, current: int | None = None) -> HttpResponse:
    """Answer with tabs and list; 204 when the screen already shows exactly that."""
    context = queue_context(request, current)
    if request.headers.get("X-Seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "inbox/_queue.html", context)


def queue_context(request: ActorRequest, current: int | None = None) -> dict[str, Any]:
    """Return what the list needs. A fixed number of queries."""
    filters = QueueFilter.from_query(request.GET)
    cursor = request.GET.get("cursor", "")
    size = number(request.headers.get("X-Rows"), PAGE, PAGE, LONGEST)
    page = queue_page(request.actor, filters, cursor=cursor, size=size)
    counts = queue_counts(request.actor)
    return {
        "filters": filters,
        "page": page,
        "tabs": _tabs(filters, counts),
        "query": _query(filters),
        "seen": _seen(page, counts),
        "current": current,
        "is_narrowed": replace(filters, view="open") != QueueFilter(),
        "cursor": cursor,
        "live_key": filters.view,
    }


def frame_context(request: ActorRequest) -> dict[str, Any]:
    """Return what the filters above the list offer."""
    actor: Actor = request.actor
    return {
        "channels": list(ChannelKind),
        "accounts": accounts_for(actor, Ability.READ_INBOX),
        "units": units_within(actor, Ability.READ_INBOX),
        "people": colleague_page(actor, size=200).rows,
        "tags": tag_page(actor, size=200).rows,
    }


def _query(filters: QueueFilter) -> str:
    given = filters.to_query()
    return f"?{urlencode(given)}" if given else ""


def _tabs(filters: QueueFilter, counts: dict[str, int]) -> list[Tab]:
    return [
        Tab(
            view,
            label,
            _count(counts.get(view)),
            _query(replace(filters, view=view)) or "?",
            view == filters.view,
        )
        for view, label in TABS.items()
        if view != "all" or view == filters.view or filters.text
    ]


def _count(found: int | None) -> str:
    if not found:
        return ""
    return f"{COUNT_LIMIT - 1}+" if found >= COUNT_LIMIT else str(found)


def _seen(page: KeysetPage[Conversation], counts: dict[str, int]) -> str:
    """Return a mark that changes whenever the list would look different."""
    shown = [(row.pk, row.version) for row in page.rows]
    return hashlib.sha256(repr((shown, counts)).encode()).hexdigest()[:16]
