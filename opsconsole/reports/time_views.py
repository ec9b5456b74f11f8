"""The screens of the response times: the report, and the rows behind each of its numbers."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from channels.selectors.accounts import accounts_for
from inbox.selectors.tags import tags_offered
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, for_people
from opsconsole.reports import time_words as words
from opsconsole.reports.behind import rows_behind
from opsconsole.reports.charts import heat, trend
from opsconsole.reports.days import days_between
from opsconsole.reports.holes import incomplete_days
from opsconsole.reports.levels import levels_of
from opsconsole.reports.lifecycle import Cohort, Grouping, Measure
from opsconsole.reports.naming import named
from opsconsole.reports.selectors import people_to_ask_about
from opsconsole.reports.time_forms import TimesForm
from opsconsole.reports.times import Report, Wanted, counted_up_to, in_address, report_for
from opsconsole.reports.today import units_reported


@require_GET
@for_people
def times(request: ActorRequest) -> HttpResponse:
    """Show how long customers waited: in all, day by day, and group by group."""
    form = times_form(request)
    if not form.is_valid():
        return render(request, "reports/times.html", {"form": form}, status=422)
    report = report_for(request.actor, form.wanted())
    return render(request, "reports/times.html", {"form": form, **_shown(report)})


def _shown(report: Report) -> dict[str, Any]:
    wanted = report.wanted
    holes = incomplete_days(
        [unit.pk for unit in report.units], wanted.since, wanted.until, report.at
    )
    by_day = named(report, Grouping.DAY)
    spreads = {row.subject: row.figures.spread for row in by_day}
    groups = named(report, wanted.group) if wanted.group != Grouping.DAY else by_day
    is_heat = wanted.group == Grouping.HOUR
    return {
        "wanted": wanted,
        "behind": in_address(wanted),
        "total": report.total,
        "earlier": report.earlier,
        "waiting": report.waiting,
        "waiting_behind": in_address(replace(wanted, cohort=Cohort.OPENED)),
        "left_out": [(words.LEFT_OUT[name], n) for name, n in report.left_out.items() if n],
        "groups": groups,
        "heat": heat({row.subject: row.figures.spread for row in groups}, lambda s: s.median or 0)
        if is_heat
        else None,
        "by_day": by_day,
        "trend": trend(days_between(wanted.since, wanted.until), spreads, holes),
        "holes": holes,
        "formula": words.FORMULAS[wanted.measure],
        "measure": words.MEASURES[wanted.measure],
        "grouping": words.GROUPINGS[wanted.group],
        "stale": counted_up_to(),
    }


@require_GET
@for_people
def levels(request: ActorRequest) -> HttpResponse:
    """Show how service levels were kept, the worst of it, and what is due next."""
    form = times_form(request, {"measure": Measure.ANY, "group": Grouping.LEVEL, "period": "7"})
    if not form.is_valid():
        return render(request, "reports/levels.html", {"form": form}, status=422)
    wanted = replace(form.wanted(), measure=Measure.ANY, group=Grouping.LEVEL)
    found = levels_of(request.actor, wanted)
    context = {
        "form": form, "wanted": wanted, "behind": in_address(wanted), "found": found,
        "total": found.report.total, "earlier": found.report.earlier, "stale": counted_up_to(),
    }  # fmt: skip
    return render(request, "reports/levels.html", context)


@require_GET
@for_people
def time_rows(request: ActorRequest) -> HttpResponse:
    """List the rows behind a number."""
    given = request.GET
    wanted, part = asked(request), given.get("part", "timed")
    page = rows_behind(request.actor, wanted, part=part, cursor=given.get("cursor", ""))
    context = {
        "page": page,
        "wanted": wanted,
        "back": in_address(wanted),
        "measure": words.MEASURES[wanted.measure],
        "clock": words.CLOCKS[wanted.clock],
        "part": part,
        "parts": words.PARTS,
    }
    return render(request, "reports/time_rows.html", context)


def times_form(request: ActorRequest, preset: dict[str, str] | None = None) -> TimesForm:
    """Return the form of what is asked for, with what somebody may choose from."""
    actor = request.actor
    return TimesForm(
        (preset or {}) | request.GET.dict(),
        today=timezone.localtime(now()).date(),
        units=units_reported(actor),
        accounts=accounts_for(actor, Ability.READ_REPORTS),
        people=people_to_ask_about(actor),
        tags=tags_offered(),
    )


def asked(request: ActorRequest) -> Wanted:
    """Return what is asked for; Invalid when it makes no sense."""
    form = times_form(request)
    if not form.is_valid():
        raise Invalid(_("The filters do not make sense."), code="filters")
    return form.wanted()
