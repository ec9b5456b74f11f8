"""Screens that read across the apps: the activity, and its export."""

from itertools import chain

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.sheets import streamed
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, for_people
from opsconsole.people.selectors import units_within
from opsconsole.reports.actions import activity_export
from opsconsole.reports.export import as_csv, csv_head, pieces
from opsconsole.reports.forms import ActivityForm
from opsconsole.reports.lines import lines_of
from opsconsole.reports.selectors import activity_page, people_to_ask_about


@require_GET
@for_people
def activity(request: ActorRequest) -> HttpResponse:
    """List what was done, newest first."""
    form = _form(request)
    if not form.is_valid():
        return render(request, "reports/activity.html", {"form": form}, status=422)
    page = activity_page(request.actor, form.filters(), cursor=request.GET.get("cursor", ""))
    context = {"form": form, "page": page, "lines": lines_of(request.actor, page.rows)}
    return render(request, "reports/activity.html", context)


def _form(request: ActorRequest) -> ActivityForm:
    request.actor.must(Ability.READ_AUDIT)
    return ActivityForm(
        request.GET,
        people=people_to_ask_about(request.actor),
        units=units_within(request.actor, Ability.READ_AUDIT),
    )


@require_GET
@for_people
def activity_csv(request: ActorRequest) -> HttpResponseBase:
    """Send the same list whole, for a spreadsheet."""
    form = _form(request)
    if not form.is_valid():
        raise Invalid(_("The filters do not make sense."), code="filters")
    filters = form.filters()
    first = activity_export(request.actor, filters)
    rest = pieces(request.actor, filters, as_csv, first)
    name = f"activity-{timezone.localtime(now()):%Y%m%d-%H%M%S}.csv"
    return StreamingHttpResponse(
        streamed(chain([csv_head()], rest)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
