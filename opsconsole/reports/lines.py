"""Acts as they are shown and exported: in words, with their subject and unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from opsconsole.audit.models import Activity
from opsconsole.audit.phrases import phrase
from opsconsole.kernel.actor import Actor
from opsconsole.people.models import BusinessUnit
from opsconsole.people.status import ROLE_NAMES
from opsconsole.reports.selectors import every_unit
from opsconsole.reports.subjects import Subject, subjects_of


@dataclass(frozen=True, slots=True)
class Line:
    """One act in words. `day` is the day in Seoul on which it was done."""

    row: Activity
    sentence: str
    subject: Subject
    unit: BusinessUnit | None
    day: date


def lines_of(actor: Actor, rows: Iterable[Activity]) -> list[Line]:
    """Say each act in the reader's language. A handful of queries, however many rows."""
    acts = list(rows)
    units = every_unit()
    by_number = {unit.pk: unit for unit in units}
    by_slug = {unit.slug: unit.name for unit in units}
    roles = {str(role): str(name) for role, name in ROLE_NAMES.items()}
    subjects = subjects_of(actor, acts)
    return [
        Line(
            row,
            phrase(row, by_slug, roles),
            subjects.get((row.subject_type, row.subject_id), Subject("")),
            by_number.get(row.unit_id) if row.unit_id else None,
            timezone.localtime(row.at).date(),
        )
        for row in acts
    ]
