"""The one act of the reports: taking the record out of the house is recorded too."""

from opsconsole.audit.actions import record
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.pagination import KeysetPage
from opsconsole.people.roles import Ability
from opsconsole.reports.export import PAGE
from opsconsole.reports.selectors import ActivityFilter, activity_page


def activity_export(actor: Actor, filters: ActivityFilter) -> KeysetPage[Activity]:
    """Return the first page of an export, and write down that it was made; an empty one is none."""
    actor.must(Ability.READ_AUDIT)
    first = activity_page(actor, filters, size=PAGE)
    if first.rows:
        record(actor, "audit.activity.exported", first.rows[0], unit_id=filters.unit)
    return first
