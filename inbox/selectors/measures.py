"""By what a wait is measured: the service level that fits it best, and its unit's open hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from inbox.business_time import Hours
from inbox.models import CalendarVersion, SlaPolicy
from inbox.wait_log import WaitKind


@dataclass(frozen=True, slots=True)
class Measure:
    """How soon one wait must end; `target_s` is None where nothing limits it."""

    policy_id: int | None
    target_s: int | None
    by_calendar: bool
    version_id: int | None
    hours: Hours | None

    @property
    def counted(self) -> Hours | None:
        """The hours that the target counts in; None when day and night count."""
        return self.hours if self.by_calendar else None


class Measures:
    """All service levels and calendars in force, read once for many waits."""

    def __init__(self, policies: Iterable[SlaPolicy], versions: Iterable[CalendarVersion]) -> None:
        self.policies = sorted(policies, key=exactness, reverse=True)
        self.hours: dict[int, Hours] = {}
        self.by_unit: dict[int | None, int] = {}
        for version in versions:
            self.hours[version.pk] = hours_of(version)
            self.by_unit[version.calendar.unit_id] = version.pk

    def of(self, unit_id: int, channel: str, priority: int, kind: str) -> Measure:
        """Return how a wait of a unit, on a channel, at a priority is measured."""
        policy = self.policy_of(unit_id, channel, priority)
        version_id = self.by_unit.get(unit_id, self.by_unit.get(None))
        hours = self.hours_by_id(version_id)
        if policy is None:
            return Measure(None, None, False, version_id, hours)
        target = policy.first_s if kind == WaitKind.FIRST else policy.next_s
        return Measure(policy.pk, target, policy.by_calendar, version_id, hours)

    def policy_of(self, unit_id: int, channel: str, priority: int) -> SlaPolicy | None:
        """Return the service level that fits most exactly; None when none does."""
        return next(
            (
                policy
                for policy in self.policies
                if policy.unit_id in {None, unit_id}
                and policy.channel in {"", channel}
                and policy.priority in {None, priority}
            ),
            None,
        )

    def hours_by_id(self, version_id: int | None) -> Hours | None:
        """Return the hours of a version, also of one that holds no longer."""
        if version_id is None:
            return None
        if version_id not in self.hours:
            self.hours[version_id] = hours_of(CalendarVersion.objects.get(pk=version_id))
        return self.hours[version_id]


def measures() -> Measures:
    """Return what waits are measured by now. Two queries."""
    versions = (
        CalendarVersion.objects.order_by("calendar_id", "-number")
        .distinct("calendar_id")
        .select_related("calendar")
    )
    return Measures(SlaPolicy.objects.filter(is_active=True), versions)


def exactness(policy: SlaPolicy) -> tuple[bool, bool, bool]:
    """Order service levels: one for the unit beats one for the priority beats one for the channel."""
    return policy.unit_id is not None, policy.priority is not None, policy.channel != ""


def hours_of(version: CalendarVersion) -> Hours:
    """Return a stored calendar in the form that is reckoned with."""
    return Hours(
        zone=version.zone,
        week=tuple(tuple((opens, closes) for opens, closes in day) for day in version.week),
        exceptions=tuple(
            (date.fromisoformat(day), tuple((opens, closes) for opens, closes in intervals))
            for day, intervals in sorted(version.exceptions.items())
        ),
        country=version.country,
    )
