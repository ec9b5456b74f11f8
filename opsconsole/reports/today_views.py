"""The managers' first screen: how the day stands, and the rows behind each number."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from opsconsole.people.screens import ActorRequest, for_people, number
from opsconsole.reports import today as figures

CLOCK_WORDS = {
    "customer": _("As the customer waits: day and night, since the platform's time"),
    "desk": _("As the desk can help it: open hours, since the line reached us"),
}
KIND_WORDS = {
    "all": _("All waits of today"),
    "answered": _("Answered today"),
    "open": _("Still waiting"),
    "overdue": _("Overdue"),
    "missed": _("Target missed"),
}


@require_GET
@for_people
def today(request: ActorRequest) -> HttpResponse:
    """Show who waits, how fast answers were, and who is on duty with what in hand."""
    units = figures.units_reported(request.actor)
    clock = request.GET.get("clock", "customer")
    figures.seconds_column(clock)
    since = figures.day_began()
    standings = figures.standings(units)
    context = {
        "standings": standings,
        "open": sum(row.open for row in standings),
        "overdue": sum(row.overdue for row in standings),
        "oldest": min((row.oldest for row in standings if row.oldest), default=None),
        "all": figures.times_of_all(units, since, clock),
        "by_unit": figures.times_by_unit(units, since, clock),
        "by_operator": figures.times_by_operator(units, since, clock),
        "crew": figures.crew_now(units),
        "incomplete": figures.incomplete_today(units, since),
        "clock": clock,
        "clocks": CLOCK_WORDS,
    }
    return render(request, "reports/today.html", context)


@require_GET
@for_people
def waits(request: ActorRequest) -> HttpResponse:
    """List the waits behind a number."""
    given = request.GET
    kind = given.get("kind", "all")
    chosen: dict[str, Any] = {
        name: number(given.get(name), 0, 1, 10**9 - 1) or None for name in ("unit", "replier")
    }
    page = figures.wait_page(request.actor, kind=kind, cursor=given.get("cursor", ""), **chosen)
    context = {"page": page, "kind": kind, "kinds": KIND_WORDS, **chosen}
    return render(request, "reports/waits.html", context)
