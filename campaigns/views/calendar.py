"""Screens of the calendar: looking, moving, setting goals, and the address for other programs."""

from datetime import date, datetime, time
from urllib.parse import urlencode
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.actions.moving import post_move
from campaigns.actions.planning import (
    calendar_feed_make,
    calendar_feed_withdraw,
    daily_goal_set,
)
from campaigns.calendar import instant, wall_time
from campaigns.selectors.calendar import VIEWS, CalendarQuery, calendar_page
from campaigns.selectors.feeds import feed_of, feed_read
from campaigns.selectors.posts import post_for
from campaigns.zones import SEOUL, zone_choices
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError, Invalid, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, for_people, number, told
from opsconsole.people.selectors import units_within


@require_GET
@for_people
def calendar(request: ActorRequest) -> HttpResponse:
    """Show the posts of a month, a week, a day, or the next fortnight as a list."""
    request.actor.must(Ability.READ_POSTS)
    query = _query(request)
    page = calendar_page(request.actor, query, get_language() or "ko")
    context = {
        "page": page,
        "query": query,
        "views": VIEWS,
        "zones": zone_choices(query.zone),
        "units": units_within(request.actor, Ability.READ_POSTS),
        "can_write": request.actor.can(Ability.WRITE_POSTS),
        "today": wall_time(now(), query.zone).date(),
        "kept": _kept(query),
        "moved": _moved(request),
    }
    return render(request, "campaigns/calendar.html", context)


@require_POST
@for_people
def move(request: ActorRequest, post_id: int) -> HttpResponse:
    """Move a post to another day, hour or moment; the calendar that follows offers to undo it."""
    query = _query(request)
    given = request.POST
    found = post_for(request.actor, post_id, ability=Ability.WRITE_POSTS)
    local, zone = _wanted(request, found.local_time, found.time_zone, query.zone)
    version = number(given.get("version"), 0, 0, 10**9)
    was = f"{found.local_time}"
    post_move(request.actor, post_id=post_id, local=local, zone=zone, version=version)
    back = urlencode(_kept(query) | {"moved": post_id, "was": was})
    if given.get("undo"):
        back = urlencode(_kept(query))
    return redirect(f"{reverse('campaigns:calendar')}?{back}")


def _wanted(
    request: ActorRequest, stands: str, own_zone: str, shown_zone: str
) -> tuple[datetime, str]:
    """Return where a post shall go. A day keeps its own clock; a moment is given by the shown zone's clocks."""
    given = request.POST
    if given.get("was"):
        return _local(given["was"]), own_zone
    if given.get("at"):
        return _local(given["at"]), shown_zone
    day = _day(given.get("day"), None)
    if day is None:
        raise Invalid(_("Choose a time."), code="time", field="local_time")
    former = datetime.fromisoformat(stands) if stands else datetime.combine(day, time(9))
    shown = wall_time(instant(former, own_zone), shown_zone)
    hour = number(given.get("hour"), shown.hour, 0, 23)
    if hour != shown.hour:
        return datetime.combine(day, shown.time()).replace(hour=hour), shown_zone
    return former + (day - shown.date()), own_zone


def _local(given: str) -> datetime:
    try:
        return datetime.fromisoformat(given).replace(tzinfo=None, microsecond=0)
    except ValueError:
        raise Invalid(_("Choose a time."), code="time", field="local_time") from None


@require_POST
@for_people
def goal(request: ActorRequest) -> HttpResponse:
    """Set how many posts a day an account should have."""
    given = request.POST
    told(
        request,
        lambda: daily_goal_set(
            request.actor,
            account_id=number(given.get("account_id"), 0, 0, 10**9),
            low=number(given.get("low"), 0, 0, 1000),
            high=number(given.get("high"), 0, 0, 1000),
        ),
        _("Saved."),
    )
    return redirect(f"{reverse('campaigns:calendar')}?{urlencode(_kept(_query(request)))}")


@require_GET
@for_people
def subscribe(request: ActorRequest) -> HttpResponse:
    """Say how other calendar programs read the posts."""
    request.actor.must(Ability.READ_POSTS)
    secret = request.session.pop("calendar_secret", "")
    context = {"feed": feed_of(request.actor), "address": _address(request, secret)}
    return render(request, "campaigns/subscribe.html", context)


@require_POST
@for_people
def subscribe_act(request: ActorRequest, verb: str) -> HttpResponse:
    """Make a secret address, or take it back."""
    if verb == "make":
        # Shown on the next page, once; only its digest is kept.
        request.session["calendar_secret"] = calendar_feed_make(request.actor)
    elif verb == "withdraw":
        calendar_feed_withdraw(request.actor)
        messages.success(request, _("The address leads nowhere any more."))
    else:
        raise NotFound
    return redirect("campaigns:subscribe")


@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give a calendar program the posts its owner may see. The address is the only key."""
    found = feed_read(token, f"{request.scheme}://{request.get_host()}")
    if found is None:
        return HttpResponse(status=404)
    answer = HttpResponse(found, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = 'inline; filename="posts.ics"'
    return answer


def _address(request: ActorRequest, secret: str) -> str:
    if not secret:
        return ""
    return request.build_absolute_uri(reverse("campaigns:feed", args=[secret]))


def offered(request: ActorRequest) -> dict[str, object]:
    """Return the time and account that a free slot stands for, as first values of the post's form."""
    given = request.GET
    account = number(given.get("account"), 0, 0, 10**9)
    values: dict[str, object] = {"accounts": [account]} if account else {}
    try:
        local = datetime.fromisoformat(given.get("at", "")).replace(tzinfo=None)
    except ValueError:
        return values
    if not 2000 <= local.year <= 2100:
        return values
    zone = given.get("zone", "")
    at = instant(local, zone if zone in available_timezones() else SEOUL)
    return values | {"local_time": wall_time(at, SEOUL).isoformat(timespec="seconds")}


def _query(request: ActorRequest) -> CalendarQuery:
    """Read what to look at from an address or a form; what makes no sense is left out."""
    given = request.GET if request.method == "GET" else request.POST
    view, zone = given.get("view", ""), given.get("zone", "")
    zone = zone if zone in available_timezones() else SEOUL
    today = wall_time(now(), zone).date()
    named = given.get("on") if request.method == "POST" else given.get("day")
    return CalendarQuery(
        view=view if view in VIEWS else "month",
        day=_day(named, today) or today,
        zone=zone,
        unit=number(given.get("unit"), 0, 0, 10**9) or None,
        account=number(given.get("account"), 0, 0, 10**9) or None,
    )


def _kept(query: CalendarQuery) -> dict[str, object]:
    """Return a look as parts of an address."""
    parts = {
        "view": query.view, "day": query.day.isoformat(), "zone": query.zone,
        "unit": query.unit, "account": query.account,
    }  # fmt: skip
    return {name: value for name, value in parts.items() if value}


def _day(given: str | None, default: date | None) -> date | None:
    try:
        day = date.fromisoformat(given or "")
    except ValueError:
        return default
    return day if 2000 <= day.year <= 2100 else default


def _moved(request: ActorRequest) -> dict[str, object] | None:
    """Return what was just moved, so that it can be undone: read anew, within reach."""
    pk = number(request.GET.get("moved"), 0, 0, 10**9)
    if not pk:
        return None
    try:
        found = post_for(request.actor, pk, ability=Ability.WRITE_POSTS)
    except DomainError:
        return None
    return {"post": found, "was": request.GET.get("was", "")[:19]}
