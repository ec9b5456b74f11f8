"""The list at the left: rows, tabs and filters. Every answer follows from the address alone."""

import hashlib
import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from channels.lifecycle import ChannelKind
from inbox.models import Conversation
from inbox.selectors.choices import choices_for
from inbox.selectors.filters import ME, NOBODY
from inbox.selectors.queue import queue_counts, queue_page
from inbox.selectors.reading import mark_unread
from inbox.views.base import ActorRequest, for_people, number
from inbox.views.listing import (
    CLOCK_NAMES,
    LANGUAGE_NAMES,
    Listing,
    chips_of,
    listing_of,
    tabs_of,
)
from inbox.views.rows import rows_of
from opsconsole.kernel.pagination import KeysetPage

#: Rows of one page, and the most that a live screen asks for at once.
PAGE, LONGEST = 40, 200


@require_GET
@for_people
def queue(request: ActorRequest) -> HttpResponse:
    """Show the queue, or only its list to a screen that already shows the rest."""
    if request.htmx.target == "queue":
        return queue_fragment(request)
    return render(request, "inbox/inbox.html", queue_context(request))


@require_GET
@for_people
def filters(request: ActorRequest) -> HttpResponse:
    """Show all that the list can be narrowed by, as a page or inside the open menu."""
    context = {
        "listing": listing_of(request),
        "choices": choices_for(request.actor),
        "channels": list(ChannelKind),
        "clocks": CLOCK_NAMES.items(),
        "people": [(ME, _("Me")), (NOBODY, _("Nobody"))],
        "languages": LANGUAGE_NAMES.items(),
    }
    name = "inbox/_filter_form.html" if request.htmx else "inbox/filters.html"
    return render(request, name, context)


def queue_fragment(request: ActorRequest, current: int | None = None) -> HttpResponse:
    """Answer with tabs and list; 204 when the screen already shows exactly that."""
    context = queue_context(request, current)
    if request.headers.get("X-Seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "inbox/_queue.html", context)


def queue_context(request: ActorRequest, current: int | None = None) -> dict[str, Any]:
    """Return what the list needs. A fixed number of queries."""
    listing = listing_of(request)
    cursor = request.GET.get("cursor", "")
    size = number(request.headers.get("X-Rows"), PAGE, PAGE, LONGEST)
    page = queue_page(request.actor, listing.filters, cursor=cursor, size=size)
    mark_unread(request.actor, page.rows)
    counts = queue_counts(request.actor)
    return {
        "listing": listing,
        "filters": listing.filters,
        "page": page,
        "rows": rows_of(page.rows, listing.query, current),
        "tabs": tabs_of(listing, counts),
        "chips": chips_of(request.actor, listing.filters),
        "query": listing.query,
        "seen": _seen(listing, page, counts),
        "current": current,
        "is_narrowed": listing.filters.is_narrowed,
        "cursor": cursor,
        "bulk_key": uuid.uuid4(),
    }


def _seen(listing: Listing, page: KeysetPage[Conversation], counts: dict[str, int]) -> str:
    """Return a mark that changes whenever the list would look different."""
    shown = [(row.pk, row.version) for row in page.rows]
    shelf = [(view.pk, view.name) for view in listing.shelf.views]
    return hashlib.sha256(repr((shown, counts, shelf)).encode()).hexdigest()[:16]
