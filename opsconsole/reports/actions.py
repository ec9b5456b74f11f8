"""The acts of the reports: taking the record, or whom we answered when, out of the house is recorded too."""

from collections.abc import Iterator

from opsconsole.audit.actions import record
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.pagination import KeysetPage
from opsconsole.people.roles import Ability
from opsconsole.reports.behind import Behind, all_behind
from opsconsole.reports.export import PAGE
from opsconsole.reports.selectors import ActivityFilter, activity_page
from opsconsole.reports.times import Wanted, units_of


def activity_export(actor: Actor, filters: ActivityFilter) -> KeysetPage[Activity]:
    """Return the first page of an export, and write down that it was made; an empty one is none."""
    actor.must(Ability.READ_AUDIT)
    first = activity_page(actor, filters, size=PAGE)
    if first.rows:
        record(actor, "audit.activity.exported", first.rows[0], unit_id=filters.unit)
    return first


def waits_export(
    actor: Actor, wanted: Wanted, *, part: str, most: int | None = None
) -> Iterator[list[Behind]]:
    """Return all rows behind a number, some at a time, and write down who took them out."""
    parts = all_behind(actor, wanted, part=part, most=most)
    units = units_of(actor, wanted)
    if units:
        record(
            actor, "audit.waits.exported", units[0], unit_id=wanted.unit,
            since=wanted.since.isoformat(), until=wanted.until.isoformat(), part=part,
        )  # fmt: skip
    return parts
