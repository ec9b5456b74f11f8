"""On duty: who is there now, one's own duty, and the roster of a week."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.duty import away_begin, away_end, duty_end, duty_start, shift_cancel
from inbox.actions.roster import Pattern, shifts_plan, week_copy
from inbox.desk_forms import AwayForm, DutyForm, LeaveForm, ShiftForm
from inbox.selectors.duty import crew, manages, my_duty, week_of
from inbox.selectors.handing import unread_notes
from inbox.views.base import ActorRequest, for_people, number
from inbox.views.roster import grid, week_at
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import NotFound
from opsconsole.people.models import BusinessUnit
from opsconsole.people.roles import Ability
from opsconsole.people.screens import told
from opsconsole.people.selectors import units_within

#: Pauses that are one click away, in minutes.
PAUSES = (10, 30, 60)


@require_GET
@for_people
def duty(request: ActorRequest) -> HttpResponse:
    """Show who is on duty in a unit, one's own duty, and a week of the roster."""
    request.actor.must(Ability.WORK_INBOX)
    units = list(units_within(request.actor, Ability.WORK_INBOX))
    if not units:
        return render(request, "inbox/duty.html", {"units": units})
    return render(request, "inbox/duty.html", _context(request, units, _chosen(request, units)))


def _chosen(request: ActorRequest, units: list[BusinessUnit]) -> BusinessUnit:
    wanted = number(request.GET.get("unit"), units[0].pk, 1, 2**31 - 1)
    found = next((unit for unit in units if unit.pk == wanted), None)
    if found is None:
        raise NotFound
    return found


def _context(
    request: ActorRequest, units: list[BusinessUnit], unit: BusinessUnit
) -> dict[str, Any]:
    """A fixed number of queries for any number of people and shifts."""
    at = now()
    week = week_at(request.GET.get("week", ""))
    members = crew(unit.pk, at)
    shifts = week_of(unit.pk, week.begins, week.ends)
    unread = unread_notes(request.actor)
    return {
        "at": at,
        "units": units,
        "unit": unit,
        "members": members,
        "there": [member for member in members if member.is_on_duty],
        "duty": my_duty(request.actor.person_id, at),
        "pauses": PAUSES,
        "week": week,
        "rows": grid(week, [member.person for member in members], shifts),
        "unread": unread.get(unit.pk, 0),
        "may_plan": manages(request.actor, unit.pk),
        "may_plan_everywhere": manages(request.actor, None),
        "query": f"?{urlencode({'unit': unit.pk, 'week': week.monday.isoformat()})}",
    }


def back(request: ActorRequest) -> HttpResponse:
    """Return to the same unit and week."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse("inbox:duty") + query)


@require_POST
@for_people
def start(request: ActorRequest) -> HttpResponse:
    """Come to duty."""

    def act() -> None:
        form = DutyForm(request.POST)
        unit = form.values()["unit"]
        duty_start(request.actor, unit_id=unit, until=form.moment())

    told(request, act, _("You are on duty."))
    return back(request)


@require_POST
@for_people
def end(request: ActorRequest) -> HttpResponse:
    """Leave duty."""
    given = LeaveForm(request.POST).values()
    told(
        request,
        lambda: duty_end(request.actor, give_back=given["give_back"]),
        _("You are off duty."),
    )
    return back(request)


@require_POST
@for_people
def away(request: ActorRequest) -> HttpResponse:
    """Pause for a while."""
    told(
        request,
        lambda: away_begin(request.actor, minutes=AwayForm(request.POST).values()["minutes"]),
        _("Nothing new is given to you until then."),
    )
    return back(request)


@require_POST
@for_people
def returned(request: ActorRequest) -> HttpResponse:
    """Come back from a pause."""
    told(request, lambda: away_end(request.actor), _("Welcome back."))
    return back(request)


@require_POST
@for_people
def plan(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Put somebody on the roster."""

    def act() -> None:
        given = ShiftForm(request.POST).values()
        pattern = Pattern(given["day"], given["begins"], given["ends"], given["repeats_until"])
        made, there = shifts_plan(
            request.actor,
            person_id=given["person"],
            unit_id=None if given["everywhere"] else unit_id,
            pattern=pattern,
        )
        words = ngettext("%(n)s shift was added.", "%(n)s shifts were added.", made)
        messages.success(request, words % {"n": made})
        if there:
            words = ngettext(
                "%(n)s overlapped with another shift and was left out.",
                "%(n)s overlapped with other shifts and were left out.",
                there,
            )
            messages.warning(request, words % {"n": there})

    told(request, act)
    return back(request)


@require_POST
@for_people
def copy(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Fill a week with the shifts of the week before."""

    def act() -> None:
        made = week_copy(
            request.actor, unit_id=unit_id, monday=week_at(request.POST.get("week", "")).monday
        )
        words = ngettext("%(n)s shift was added.", "%(n)s shifts were added.", made)
        messages.success(request, words % {"n": made})

    told(request, act)
    return back(request)


@require_POST
@for_people
def cancel(request: ActorRequest, shift_id: int) -> HttpResponse:
    """Take a shift off the roster."""
    told(
        request,
        lambda: shift_cancel(request.actor, shift_id=shift_id),
        _("The shift was taken off the roster."),
    )
    return back(request)
