"""Endpoints of series: posts that repeat."""

from collections.abc import Callable
from datetime import date
from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.actions.series import (
    SeriesPlan,
    series_change,
    series_create,
    series_end,
    series_restore,
    series_skip,
)
from campaigns.api.contents import content_given
from campaigns.api.series_shapes import (
    DayRequest,
    OccurrenceShape,
    SeriesChange,
    SeriesRequest,
    SeriesShape,
)
from campaigns.contents import settings_of
from campaigns.models import Series
from campaigns.recurrence import Frequency, Rule
from campaigns.selectors.series import lines_of, series_for, series_page
from opsconsole.kernel.api import (
    Nothing,
    PageQuery,
    body_of,
    page_response,
    query_of,
    request_key_of,
)
from opsconsole.kernel.openapi import (
    KEY_PARAMETER,
    LIST,
    READ,
    operation,
    page_of,
    request_example,
)
from opsconsole.people.api.base import ActorViewSet

_WEEKLY = request_example(
    "Every Tuesday and Thursday at nine, by the clocks of Seoul",
    {
        "unit": 1,
        "texts": ["Tip no. {{number}}: restart your router.", "Tip no. {{number}}: update it."],
        "targets": [{"account": 3}, {"account": 5}],
        "rule": {
            "frequency": "weekly", "starts_on": "2030-10-08", "clock": "09:00", "weekdays": [1, 3],
        },
    },
)  # fmt: skip


class SeriesViewSet(ActorViewSet):
    """Posts that repeat, of the units whose posts you read. A worker writes them 35 days ahead."""

    lookup_value_converter = "int"

    @operation(
        "series_list", "series",
        returns=page_of(SeriesShape, "SeriesPage"), query=PageQuery, refusals=LIST,
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List series, newest first; those that a change continued elsewhere are left out."""
        asked = query_of(request, PageQuery)
        page = series_page(self.actor, cursor=asked["cursor"], size=asked["limit"])
        return page_response(request, page, SeriesShape)

    @operation(
        "series_create", "series", body=SeriesRequest, returns=SeriesShape, status=201,
        headers=[KEY_PARAMETER], examples=[_WEEKLY],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Begin a series; its first posts are scheduled with it, so that what is wrong is said at once."""
        given = body_of(request, SeriesRequest)
        key = request_key_of(request, given.pop("request_key"))
        unit = given.pop("unit")
        made = series_create(self.actor, unit_id=unit, plan=_plan(given), request_key=key)
        return self._shown(made.pk, status=201)

    @operation("series_retrieve", "series", returns=SeriesShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one series."""
        return self._shown(pk)

    @operation("series_update", "series", body=SeriesChange, returns=SeriesShape)
    def update(self, request: Request, pk: int) -> Response:
        """Change all that is still to come, or from a date on; the answer is the series that goes on."""
        given = body_of(request, SeriesChange)
        version, first_day = given.pop("version"), given.pop("first_day")
        kept = series_change(
            self.actor, series_id=pk, plan=_plan(given), version=version, first_day=first_day
        )
        return self._shown(kept.pk)

    @operation("series_occurrences", "series", returns=OccurrenceShape(many=True), refusals=READ)
    @action(detail=True, methods=["get"])
    def occurrences(self, request: Request, pk: int) -> Response:
        """List when it comes round: the last fortnight and the next times, 40 at most."""
        lines = lines_of(series_for(self.actor, pk))
        return Response(OccurrenceShape(lines, many=True).data)

    @operation("series_skip", "series", body=DayRequest, returns=SeriesShape)
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, pk: int) -> Response:
        """Leave one date out; its post is cancelled."""
        return self._on_day(series_skip, pk)

    @operation("series_restore", "series", body=DayRequest, returns=SeriesShape)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Take a date in again."""
        return self._on_day(series_restore, pk)

    @operation("series_end", "series", body=Nothing, returns=SeriesShape)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: int) -> Response:
        """End a series now; what is still to come is given up."""
        body_of(request, Nothing)
        series_end(self.actor, series_id=pk)
        return self._shown(pk)

    def _on_day(self, act: Callable[..., Series], pk: int) -> Response:
        day: date = body_of(self.request, DayRequest)["day"]
        act(self.actor, series_id=pk, day=day)
        return self._shown(pk)

    def _shown(self, pk: int, status: int = 200) -> Response:
        return Response(SeriesShape(series_for(self.actor, pk)).data, status=status)


def _plan(given: dict[str, Any]) -> SeriesPlan:
    """Return what was given in the action's words."""
    rule, language, texts = given.pop("rule"), given.pop("language"), given.pop("texts")
    content = content_given({**given, "body": texts[0]})
    return SeriesPlan(
        title=content.title,
        texts=texts,
        account_ids=content.account_ids,
        wording=content.wording,
        rule=_rule(rule),
        language=language,
        campaign=content.campaign,
        lateness=content.lateness,
        settings=settings_of(content),
    )


def _rule(given: dict[str, Any]) -> Rule:
    """Return a rule as the form would make it: without a weekday or a day of the month, those it begins on."""
    start: date = given["starts_on"]
    asked = {name: given[name] for name in ("interval", "nth", "until", "count")}
    is_monthly_by_day = given["frequency"] == Frequency.MONTHLY and not given["nth"]
    by_weekday = given["frequency"] == Frequency.WEEKLY or given["nth"]
    return Rule(
        frequency=Frequency(given["frequency"]),
        starts_on=start,
        clock=given["clock"].replace(microsecond=0),
        zone=given["time_zone"],
        weekdays=tuple(given["weekdays"]) or ((start.weekday(),) if by_weekday else ()),
        month_day=(given["month_day"] or start.day) if is_monthly_by_day else 0,
        **asked,
    )
