"""Service levels and calendars for those who set them, and what they would mean right now."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from inbox.business_time import (
    Hours,
    Intervals,
    NoOpenTimeError,
    due_after,
    next_open,
    open_until,
)
from inbox.models import CalendarVersion, SlaPolicy
from inbox.selectors.measures import hours_of
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import NotAllowed, NotFound
from opsconsole.kernel.public_holidays import holidays_of
from opsconsole.people.roles import Ability


def must_manage(actor: Actor, unit_id: int | None) -> None:
    """Raise NotAllowed unless the actor sets how this unit works; without one, how every unit does."""
    actor.must(Ability.MANAGE_DESK, unit_id)
    if unit_id is None and not actor.everywhere(Ability.MANAGE_DESK):
        raise NotAllowed


def policy_to_manage(actor: Actor, policy_id: int, *, lock: bool = False) -> SlaPolicy:
    """Return a service level that the actor may change; NotFound for any other."""
    rows = SlaPolicy.objects.filter(pk=policy_id)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound
    try:
        must_manage(actor, found.unit_id)
    except NotAllowed as error:
        raise NotFound from error
    return found


def policies_of(unit_id: int | None) -> QuerySet[SlaPolicy]:
    """Return the service levels that hold in a unit, its own first; those for all units without one."""
    rows = SlaPolicy.objects.filter(is_active=True, unit__isnull=True)
    if unit_id is not None:
        rows = rows | SlaPolicy.objects.filter(is_active=True, unit=unit_id)
    return rows.order_by(
        F("unit").asc(nulls_last=True), F("priority").desc(nulls_last=True), "-channel", "name"
    )


def calendar_version(unit_id: int | None) -> CalendarVersion | None:
    """Return the calendar in force that is a unit's own; None when it has none."""
    rows = CalendarVersion.objects.filter(calendar__unit=unit_id)
    if unit_id is None:
        rows = CalendarVersion.objects.filter(calendar__unit__isnull=True)
    return rows.select_related("made_by", "calendar").order_by("-number").first()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a message that came now would mean, for one service level."""

    policy: SlaPolicy
    first_due: datetime | None
    next_due: datetime | None
    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class Clocks:
    """How the time of a unit is counted at this moment.

    `version` is the calendar that holds, the unit's own or that of all units; None counts day and night.
    Open now until `closes_at`, or closed until `opens_at`. `days` are the exceptions that are yet to come
    with their hours, `holidays` the next public ones.
    """

    version: CalendarVersion | None
    opens_at: datetime | None
    closes_at: datetime | None
    days: list[tuple[date, Intervals]]
    holidays: list[tuple[date, str]]
    previews: list[Preview]


def clocks_of(unit_id: int | None, language: str) -> Clocks:
    """Return how a unit's time is counted now, or that of units without hours of their own."""
    version = calendar_version(unit_id)
    if version is None and unit_id is not None:
        version = calendar_version(None)
    hours = hours_of(version) if version else None
    at = now()
    closes_at = open_until(hours, at) if hours else None
    today = at.astimezone(ZoneInfo(hours.zone)).date() if hours else at.date()
    return Clocks(
        version=version,
        opens_at=None if closes_at or hours is None else next_open(hours, at),
        closes_at=closes_at,
        days=[(day, open_) for day, open_ in hours.exceptions if day >= today] if hours else [],
        holidays=holidays_ahead(hours.country, language, today) if hours else [],
        previews=[_preview(policy, hours, at) for policy in policies_of(unit_id)],
    )


def _preview(policy: SlaPolicy, hours: Hours | None, at: datetime) -> Preview:
    counted = hours if policy.by_calendar else None
    try:
        first, following = (
            due_after(counted, at, seconds) if seconds else None
            for seconds in (policy.first_s, policy.next_s)
        )
    except NoOpenTimeError:
        return Preview(policy, None, None, is_broken=True)
    return Preview(policy, first, following)


def holidays_ahead(country: str, language: str, today: date) -> list[tuple[date, str]]:
    """Return the public holidays of the coming year with their names."""
    if not country:
        return []
    years = (holidays_of(country, today.year + more, language) for more in (0, 1))
    found = sorted(item for year in years for item in year.items() if item[0] >= today)
    return [(day, name) for day, name in found if (day - today).days <= 365]
