"""Reads of bulk jobs: one's own, with how far each has come."""

from dataclasses import dataclass

from django.db.models import Count, Q

from inbox.lifecycle import BulkState
from inbox.models import BulkJob, BulkRow
from inbox.selectors.access import conversations_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut


@dataclass(frozen=True, slots=True)
class Progress:
    """A job and how many of its rows have come to what."""

    job: BulkJob
    waiting: int
    done: int
    same: int
    refused: int
    is_undone: bool

    @property
    def finished(self) -> int:
        """How many rows have a result."""
        return self.job.total - self.waiting


def job_for(actor: Actor, job_id: int, *, lock: bool = False) -> BulkJob:
    """Return a job that the actor asked for; NotFound for any other."""
    rows = BulkJob.objects.filter(actor=actor.person_id, pk=job_id)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound
    return found


def progress_of(actor: Actor, job_id: int) -> Progress:
    """Return how far a job has come."""
    job = job_for(actor, job_id)
    counted = job.rows.aggregate(
        **{state.value: Count("pk", filter=Q(state=state)) for state in BulkState}
    )
    is_undone = BulkJob.objects.filter(undoes=job).exists()
    return Progress(job=job, is_undone=is_undone, **counted)


def job_rows(
    actor: Actor, job: BulkJob, *, state: str = "", cursor: str = "", size: int = 50
) -> KeysetPage[BulkRow]:
    """Return the rows of a job, of one state on request; conversations out of reach by now are left out."""
    seen = conversations_for(actor).select_related(None)
    rows = job.rows.filter(conversation__in=seen).select_related(
        "conversation__contact", "conversation__unit"
    )
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__gt=after_number(cursor))
    return cut(rows.order_by("pk")[: size + 1], size, lambda row: [row.pk])
