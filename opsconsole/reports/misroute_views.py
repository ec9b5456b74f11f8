"""Screens of the mis-routes: the matrix, the rows behind each of its numbers, and both as a file."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inbox.models import UnitStay
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, for_people
from opsconsole.reports.export import csv_rows
from opsconsole.reports.misroute_forms import MisrouteForm
from opsconsole.reports.misroutes import (
    MisrouteFilter,
    misroute_matrix,
    misroute_page,
    misroutes_whole,
    senders_to_choose,
)
from opsconsole.reports.selectors import every_unit


@require_GET
@for_people
def misroutes(request: ActorRequest) -> HttpResponse:
    """Show from which unit to which, how often, and at what cost."""
    form = _form(request)
    if not form.is_valid():
        return render(request, "reports/misroutes.html", {"form": form}, status=422)
    matrix = misroute_matrix(request.actor, form.filters())
    return render(request, "reports/misroutes.html", {"form": form, "matrix": matrix})


@require_GET
@for_people
def misroute_rows(request: ActorRequest) -> HttpResponse:
    """Show the conversations behind a number of the matrix."""
    wanted = _wanted(request)
    page = misroute_page(request.actor, wanted, cursor=request.GET.get("cursor", ""))
    units = {unit.pk: unit for unit in every_unit()}
    context = {
        "page": page,
        "wanted": wanted,
        "came_from": units.get(wanted.came_from or 0),
        "unit": units.get(wanted.unit or 0),
    }
    return render(request, "reports/misroute_rows.html", context)


@require_GET
@for_people
def misroutes_csv(request: ActorRequest) -> HttpResponse:
    """Send the rows behind a number as a file for a spreadsheet."""
    names = [
        _("Time"), _("Conversation"), _("From unit"), _("To unit"), _("Account"), _("Rule"),
        _("Who"), _("Reason"), _("Came back"), _("Seconds lost"),
    ]  # fmt: skip
    rows = [_cells(row) for row in misroutes_whole(request.actor, _wanted(request))]
    name = f"misroutes-{timezone.localtime(now()):%Y%m%d-%H%M%S}.csv"
    return HttpResponse(
        csv_rows([names, *rows], marked=True),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _cells(row: UnitStay) -> list[Any]:
    readable = getattr(row, "is_readable", False)
    return [
        timezone.localtime(row.began_at).isoformat(sep=" ", timespec="seconds"),
        row.conversation_id if readable else "",
        row.came_from, row.unit, row.account, row.wrong_rule or "", row.moved_by or "",
        row.words if readable else "", _("yes") if row.is_return else "", row.lost_seconds,
    ]  # fmt: skip


def _form(request: ActorRequest) -> MisrouteForm:
    request.actor.must(Ability.DIRECT_INBOX)
    today = timezone.localtime(now()).date()
    accounts, rules = senders_to_choose(request.actor)
    given = request.GET.copy()
    given.setdefault("since", (today - timedelta(days=29)).isoformat())
    given.setdefault("until", today.isoformat())
    return MisrouteForm(given, accounts=accounts, rules=rules, units=every_unit())


def _wanted(request: ActorRequest) -> MisrouteFilter:
    form = _form(request)
    if not form.is_valid():
        raise Invalid(_("The filters do not make sense."), code="filters")
    return form.filters()
