"""Reads of series, each behind a gate that knows the actor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import F, Q, QuerySet

from campaigns.calendar import wall_time
from campaigns.models import Post, Series
from campaigns.recurrence import Occurrence, occurrences
from campaigns.variables import fill, turn
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.people.roles import Ability

#: Local days for which posts are written ahead: a month is seen whole.
HORIZON = timedelta(days=35)
#: Days back and occurrences ahead that the page of a series shows.
DAYS_BACK, SHOWN = timedelta(days=14), 40


@dataclass(frozen=True, slots=True)
class Line:
    """One occurrence as the page shows it: when, what it says, and its post once it is written."""

    occurrence: Occurrence
    text: str
    post: Post | None
    is_skipped: bool


def series_of(actor: Actor) -> QuerySet[Series]:
    """Return the series of the units whose posts the actor may read."""
    units = actor.units(Ability.READ_POSTS)
    rows = Series.objects.select_related("unit", "author", "campaign").prefetch_related("accounts")
    return rows if units is None else rows.filter(unit_id__in=units)


def series_for(
    actor: Actor, series_id: int, *, ability: str = Ability.READ_POSTS, lock: bool = False
) -> Series:
    """Return one series within reach; NotFound when invisible, NotAllowed when only readable.

    The lock lets posts go on pointing at the series: whoever saves one checks that at commit, and would
    wait for us while we wait for that post.
    """
    rows = series_of(actor).filter(pk=series_id)
    found = (rows.select_for_update(no_key=True, of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound
    actor.must(ability, found.unit_id)
    return found


def series_page(actor: Actor, *, cursor: str = "", size: int = 30) -> KeysetPage[Series]:
    """Return one page of series, newest first; those that a change continued elsewhere left out."""
    rows = series_of(actor).filter(continued_by=None)
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows.order_by("-id")[: size + 1], size, lambda row: [row.pk])


def series_to_write(at: datetime, limit: int = 50) -> list[int]:
    """Return the series that posts may have to be written for: changed ones first.

    A day more than the horizon, so that no zone is late.
    """
    ahead = (at + HORIZON - timedelta(days=1)).date()
    rows = Series.objects.filter(
        Q(written_to=None)
        | Q(written_to__lt=ahead) & (Q(last_on=None) | Q(last_on__gt=F("written_to"))),
        ended_at=None,
    )
    order = F("written_to").asc(nulls_first=True)
    return list(rows.order_by(order, "id").values_list("pk", flat=True)[:limit])


def horizon_of(series: Series, at: datetime) -> date:
    """Return the last local date for which posts are written now."""
    return wall_time(at, series.time_zone).date() + HORIZON


def wording_of(series: Series, occurrence: Occurrence) -> tuple[str, dict[int, str]]:
    """Return the text of an occurrence, and the accounts' own words."""
    body = fill(turn(series.texts, occurrence.number), occurrence, series.language)
    own: Mapping[str, str] = series.wording
    return body, {int(pk): fill(text, occurrence, series.language) for pk, text in own.items()}


def settings_on(series: Series, occurrence: Occurrence) -> dict[str, Any]:
    """Return what a series sets beside its words, the variables in what follows filled in."""

    def filled(text: str) -> str:
        return fill(text, occurrence, series.language)

    settings: dict[str, Any] = dict(series.settings)
    settings["placing"] = {
        pk: {
            **one,
            "parts": [filled(part) for part in one["parts"]],
            "excerpt": filled(one["excerpt"]),
        }
        for pk, one in settings.get("placing", {}).items()
    }
    return settings


def lines_of(series: Series) -> list[Line]:
    """Return the occurrences of the last fortnight and the next ones. One query."""
    since = wall_time(now(), series.time_zone).date() - DAYS_BACK
    posts = {
        post.occurrence_key: post
        for post in series.posts.filter(occurrence_key__gte=since.isoformat()).prefetch_related(
            "targets__account", "targets__delivery"
        )
    }
    found = (one for one in occurrences(series.rule, series.first_number) if one.day >= since)
    skipped = set(series.skipped)
    return [
        Line(one, wording_of(series, one)[0], posts.get(one.key), one.key in skipped)
        for one in islice(found, SHOWN)
    ]
