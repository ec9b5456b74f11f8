"""The reports for programs: the same figures, and the rows behind them. Read only."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.languages import LANGUAGES
from opsconsole.kernel.api import PageQuery, Strict, page_response, query_of
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.openapi import LIST, operation, page_of
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.api.shapes import PersonShape
from opsconsole.reports.behind import PARTS, Behind, rows_behind
from opsconsole.reports.holes import incomplete_days
from opsconsole.reports.lifecycle import Clock, Cohort, Grouping, Measure
from opsconsole.reports.measures import Figures
from opsconsole.reports.naming import Group, named
from opsconsole.reports.time_forms import LONGEST
from opsconsole.reports.times import Wanted, counted_up_to, report_for
from opsconsole.reports.today import units_reported


def _one_of(words: Any, default: str) -> Any:
    return serializers.ChoiceField(
        choices=[word.value for word in words], required=False, default=default
    )


class TimesQuery(Strict):
    """What a report is asked for. Days are whole days in the console's zone, both included."""

    since = serializers.DateField()
    until = serializers.DateField()
    measure = _one_of(Measure, Measure.FIRST.value)
    clock = _one_of(Clock, Clock.CUSTOMER.value)
    cohort = _one_of(Cohort, Cohort.OPENED.value)
    group = _one_of(Grouping, Grouping.UNIT.value)
    unit = serializers.IntegerField(required=False, default=None)
    channel = serializers.ChoiceField(
        choices=["x", "facebook", "blog", "feed"], required=False, default=""
    )
    account = serializers.IntegerField(required=False, default=None)
    operator = serializers.IntegerField(
        required=False, default=None, help_text="0 for answers on the platform itself."
    )
    language = serializers.ChoiceField(choices=list(LANGUAGES), required=False, default="")
    tag = serializers.IntegerField(required=False, default=None)
    level = serializers.IntegerField(
        required=False, default=None, help_text="A service level; 0 for waits without one."
    )
    hour = serializers.IntegerField(
        required=False, default=None, min_value=0, max_value=167,
        help_text="Hour of the week, from Monday midnight.",
    )  # fmt: skip


class RowsQuery(PageQuery, TimesQuery):
    """Which rows of a report, and how to walk them."""

    part = serializers.ChoiceField(choices=list(PARTS), required=False, default="timed")


class TimeFiguresShape(serializers.Serializer[Figures]):
    """Figures of some rows. Seconds; null where there is none. `share` is within target, of `due`."""

    count = serializers.IntegerField(source="spread.count")
    median = serializers.FloatField(source="spread.median", allow_null=True)
    p90 = serializers.FloatField(source="spread.p90", allow_null=True)
    mean = serializers.FloatField(source="spread.mean", allow_null=True)
    longest = serializers.FloatField(source="spread.longest", allow_null=True)
    due = serializers.IntegerField()
    met = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    open = serializers.IntegerField(help_text="Still waiting.")
    oldest = serializers.IntegerField(
        allow_null=True, help_text="Since when the oldest of them waits, in seconds since 1970."
    )


class TimeGroupShape(serializers.Serializer[Group]):
    """One group: its name, and the parameters that ask for its rows."""

    name = serializers.CharField(source="label")
    query = serializers.DictField(source="asked", child=serializers.CharField())
    figures = TimeFiguresShape()


class TimesShape(serializers.Serializer[Any]):
    """A report. `counted_up_to` is null when every change is counted; `incomplete_days` lists accounts by day."""

    total = TimeFiguresShape()
    before = TimeFiguresShape(help_text="Over as many days right before.")
    waiting = TimeFiguresShape(
        help_text="Whose wait began in these days, however the report counts."
    )
    left_out = serializers.DictField(child=serializers.IntegerField())
    groups = TimeGroupShape(many=True)
    incomplete_days = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField())
    )
    counted_up_to = serializers.DateTimeField(allow_null=True)


class TimeRowShape(serializers.Serializer[Behind]):
    """One row as it was counted. `conversation` is null when it is out of reach."""

    conversation = serializers.IntegerField(
        source="conversation.pk", default=None, allow_null=True
    )
    wait = serializers.IntegerField(source="seq", allow_null=True)
    seconds = serializers.IntegerField(allow_null=True)
    unit = serializers.IntegerField(source="unit.pk")
    account = serializers.IntegerField(source="account.pk", default=None, allow_null=True)
    operator = PersonShape(source="person", allow_null=True)
    is_outside = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    is_met = serializers.BooleanField()
    is_missed = serializers.BooleanField()


class TimesViewSet(ActorViewSet):
    """Response times of the units whose reports one may read."""

    @operation(
        "reports_response_times", "reports", returns=TimesShape, query=TimesQuery,
        refusals=(*LIST, 403),
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """Tell how long customers waited: in all, and group by group."""
        report = report_for(self.actor, self._wanted(query_of(request, TimesQuery)))
        wanted = report.wanted
        units = [unit.pk for unit in report.units]
        holes = incomplete_days(units, wanted.since, wanted.until, report.at)
        told = {
            "total": report.total,
            "before": report.earlier,
            "waiting": report.waiting,
            "left_out": report.left_out,
            "groups": named(report, wanted.group),
            "incomplete_days": {
                day.isoformat(): [account.pk for account in accounts]
                for day, accounts in holes.items()
            },
            "counted_up_to": counted_up_to(),
        }
        return Response(TimesShape(told).data)

    @operation(
        "reports_response_time_rows", "reports", returns=page_of(TimeRowShape, "TimeRowPage"),
        query=RowsQuery, refusals=(*LIST, 403),
    )  # fmt: skip
    def rows(self, request: Request) -> Response:
        """List the rows behind a number, the slowest first."""
        asked = query_of(request, RowsQuery)
        walk = {
            "part": asked.pop("part"),
            "cursor": asked.pop("cursor"),
            "size": asked.pop("limit"),
        }
        page = rows_behind(self.actor, self._wanted(asked), **walk)
        return page_response(request, page, TimeRowShape)

    def _wanted(self, asked: dict[str, Any]) -> Wanted:
        wanted = Wanted(**asked)
        units = units_reported(self.actor)
        if wanted.unit is not None and wanted.unit not in {unit.pk for unit in units}:
            raise Invalid(code="unknown_unit", field="unit")
        if not 0 < wanted.days <= LONGEST:
            raise Invalid(code="bad_days", field="until")
        return wanted
