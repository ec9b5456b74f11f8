"""Setting by what waits are measured: calendars and service levels, of a unit or of the whole house."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from inbox.business_time import DAY, Interval, next_open
from inbox.models import Calendar, CalendarVersion, SlaPolicy
from inbox.selectors.measures import hours_of
from inbox.selectors.service_levels import must_manage, policy_to_manage
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.public_holidays import COUNTRIES

#: What a calendar is before anybody has set one.
SEOUL = {"zone": "Asia/Seoul", "week": [[] for _day in range(7)], "exceptions": {}, "country": ""}
LONGEST_TARGET = 90 * 24 * 3600
TARGETS = ("first_s", "next_s", "resolution_s")


def calendar_change(actor: Actor, *, unit_id: int | None, **parts: Any) -> CalendarVersion:
    """Make a new version of a calendar with the given parts: zone, week, exceptions, country.

    `week` is seven lists of (opens, closes) in minutes after midnight, `exceptions` maps ISO dates to
    such lists. What stays as it is makes no version. Raises Invalid for hours that cannot be, and when
    there is no open time within the next 370 days. Open waits are measured anew by a worker.
    """
    must_manage(actor, unit_id)
    with transaction.atomic():
        calendar, _is_new = Calendar.objects.select_for_update().get_or_create(unit_id=unit_id)
        latest = calendar.versions.order_by("-number").first()
        before = {name: getattr(latest, name) for name in SEOUL} if latest else SEOUL
        after = {**before, **parts}
        after["week"] = [_checked(day, "week") for day in after["week"]]
        after["exceptions"] = _exceptions(after["exceptions"])
        if latest is not None and after == before:
            return latest
        version = CalendarVersion(
            calendar=calendar, number=latest.number + 1 if latest else 1, made_by_id=actor.user_id,
            made_at=now(), is_applied=False, **after,
        )  # fmt: skip
        _check(version)
        version.save(force_insert=True)
        record(
            actor, "inbox.calendar.changed", calendar,
            unit_id=unit_id, version=version.number, what=sorted(parts),
        )  # fmt: skip
        ring_on_commit("measures_changed")
    return version


def _checked(intervals: Sequence[Interval], field: str) -> list[list[int]]:
    """Return intervals in order; Invalid when one is turned round or two overlap."""
    ordered = sorted([list(interval) for interval in intervals])
    ends = 0
    for opens, closes in ordered:
        if not ends <= opens < closes <= DAY:
            raise Invalid(
                _("Opening hours go from earlier to later and do not overlap."),
                code="intervals", field=field,
            )  # fmt: skip
        ends = closes
    return ordered


def _exceptions(given: Mapping[str, Sequence[Interval]]) -> dict[str, list[list[int]]]:
    try:
        days = {date.fromisoformat(day).isoformat(): hours for day, hours in given.items()}
    except ValueError as error:
        raise Invalid(_("Give a date."), code="date", field="date") from error
    return {day: _checked(hours, "hours") for day, hours in sorted(days.items())}


def _check(version: CalendarVersion) -> None:
    if version.country and version.country not in COUNTRIES:
        raise Invalid(code="country", field="country")
    try:
        ZoneInfo(version.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(
            _("There is no such time zone. Examples: Asia/Seoul, Europe/Berlin."),
            code="zone", field="zone",
        ) from error  # fmt: skip
    if len(version.week) != 7:
        raise Invalid(code="week", field="week")
    if next_open(hours_of(version), now()) is None:
        raise Invalid(
            _("By these hours the unit would never be open: no answer could ever be due."),
            code="never_open", field="week",
        )  # fmt: skip


def exception_remove(actor: Actor, *, unit_id: int | None, day: str) -> CalendarVersion:
    """Take an exception off a calendar; one that is not there changes nothing."""
    must_manage(actor, unit_id)
    with transaction.atomic():
        calendar = Calendar.objects.select_for_update().filter(unit_id=unit_id).first()
        latest = calendar.versions.order_by("-number").first() if calendar else None
        kept = dict(latest.exceptions) if latest else {}
        kept.pop(day, None)
        return calendar_change(actor, unit_id=unit_id, exceptions=kept)


def exception_add(
    actor: Actor, *, unit_id: int | None, day: date, hours: Sequence[Interval]
) -> CalendarVersion:
    """Set the hours of one date, none for closed; what was set for that date before is replaced."""
    must_manage(actor, unit_id)
    with transaction.atomic():
        calendar = Calendar.objects.select_for_update().filter(unit_id=unit_id).first()
        latest = calendar.versions.order_by("-number").first() if calendar else None
        known = dict(latest.exceptions) if latest else {}
        return calendar_change(
            actor, unit_id=unit_id, exceptions={**known, day.isoformat(): list(hours)}
        )


def policy_add(actor: Actor, *, unit_id: int | None, **columns: Any) -> SlaPolicy:
    """Add a service level. Conflict when one holds for exactly the same already."""
    must_manage(actor, unit_id)
    _check_targets(columns)
    policy = SlaPolicy(unit_id=unit_id, is_applied=False, changed_at=now(), **columns)
    with transaction.atomic():
        _save(policy)
        record(actor, "inbox.level.added", policy, unit_id=unit_id, name=policy.name)
        ring_on_commit("measures_changed")
    return policy


def policy_change(actor: Actor, *, policy_id: int, **columns: Any) -> SlaPolicy:
    """Change a service level; the waits that are open are measured anew, those that ended stay."""
    with transaction.atomic():
        policy = policy_to_manage(actor, policy_id, lock=True)
        if all(getattr(policy, name) == value for name, value in columns.items()):
            return policy
        for name, value in columns.items():
            setattr(policy, name, value)
        _check_targets({name: getattr(policy, name) for name in TARGETS})
        _changed(policy)
        record(actor, "inbox.level.changed", policy, unit_id=policy.unit_id, name=policy.name)
    return policy


def policy_end(actor: Actor, *, policy_id: int) -> SlaPolicy:
    """Let a service level hold no longer. Twice is once."""
    with transaction.atomic():
        policy = policy_to_manage(actor, policy_id, lock=True)
        if policy.is_active:
            policy.is_active = False
            _changed(policy)
            record(actor, "inbox.level.ended", policy, unit_id=policy.unit_id, name=policy.name)
    return policy


def _changed(policy: SlaPolicy) -> None:
    policy.is_applied, policy.changed_at = False, now()
    _save(policy)
    ring_on_commit("measures_changed")


def _save(policy: SlaPolicy) -> None:
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError as error:
        raise Conflict(
            _("There is a service level for exactly this already."), code="policy_exists"
        ) from error


def _check_targets(columns: Mapping[str, Any]) -> None:
    given = {name: columns.get(name) for name in TARGETS}
    if not any(given.values()):
        raise Invalid(_("Set at least one target."), code="no_target", field="first_s")
    if any(value and not 60 <= value <= LONGEST_TARGET for value in given.values()):
        raise Invalid(
            _("A target is between one minute and 90 days."), code="target", field="first_s"
        )
