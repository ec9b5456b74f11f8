"""One act upon many conversations: asked for at once, done by a worker one by one, each with its result.

Every row goes through the same action as a single click, with the rights its actor has at that moment.
Row and result are written in one transaction: a worker that dies leaves the row waiting, untouched.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from inbox.actions.bulk_acts import ACTS, OPPOSITES, before_of
from inbox.lifecycle import BulkAct, BulkState
from inbox.models import BulkJob, BulkRow
from inbox.selectors.access import conversations_for
from inbox.selectors.bulk import job_for
from inbox.selectors.filters import QueueFilter
from inbox.selectors.queue import queue_ids
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, DomainError, Invalid
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import actor_for

logger = logging.getLogger(__name__)

#: Conversations of one job.
MOST_ROWS = 1_000


def bulk_start(
    actor: Actor,
    *,
    act: BulkAct,
    chosen: Sequence[tuple[int, int]] = (),
    filters: QueueFilter | None = None,
    values: Mapping[str, Any],
    request_key: UUID,
) -> BulkJob:
    """Ask for an act on conversations, given as (number, version seen), or on the whole of a list.

    Of a whole list the versions of this moment count as seen. The same key again returns the first
    job. Invalid when nothing is chosen, more than MOST_ROWS are, or the act needs what is not given.
    """
    actor.must(Ability.WORK_INBOX)
    known = BulkJob.objects.filter(request_key=request_key).first()
    if known is not None:
        return job_for(actor, known.pk)
    if filters is not None:
        chosen = queue_ids(actor, filters, limit=MOST_ROWS)
    rows = _within(actor, chosen)
    if not rows:
        raise Invalid(_("Choose at least one conversation."), code="nothing_chosen")
    return _create(actor, act, ACTS[act].values(values), rows, request_key)


def _within(actor: Actor, chosen: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return number and version of those that the actor sees; the others are not told of."""
    wanted = dict(chosen)
    if len(wanted) > MOST_ROWS:
        raise Invalid(_("At most 1,000 conversations go at once."), code="too_many")
    seen = conversations_for(actor).select_related(None).filter(pk__in=wanted)
    return {pk: wanted[pk] for pk in seen.order_by("pk").values_list("pk", flat=True)}


def _create(
    actor: Actor,
    act: BulkAct,
    values: dict[str, Any],
    rows: Mapping[int, int],
    request_key: UUID,
    undoes: BulkJob | None = None,
) -> BulkJob:
    with transaction.atomic():
        job = BulkJob.objects.create(
            actor_id=actor.person_id, act=act, values=values, total=len(rows),
            request_key=request_key, undoes=undoes, created_at=now(),
        )  # fmt: skip
        BulkRow.objects.bulk_create(
            BulkRow(job=job, conversation_id=pk, seen_version=version)
            for pk, version in rows.items()
        )
        record(actor, "inbox.bulk.started", job, act=act.value, count=len(rows))
        ring_on_commit("bulk_asked")
    return job


def bulk_retry(actor: Actor, *, job_id: int) -> BulkJob:
    """Try the refused rows of a finished job again, with what the conversations say now."""
    with transaction.atomic():
        job = job_for(actor, job_id, lock=True)
        refused = job.rows.filter(state=BulkState.REFUSED)
        if not refused.exists():
            return job
        for row in refused.select_related("conversation"):
            BulkRow.objects.filter(pk=row.pk).update(
                state=BulkState.WAITING, reason="", seen_version=row.conversation.version
            )
        BulkJob.objects.filter(pk=job.pk).update(finished_at=None)
        ring_on_commit("bulk_asked")
    job.refresh_from_db()
    return job


def bulk_undo(actor: Actor, *, job_id: int, request_key: UUID) -> BulkJob:
    """Take back what a finished job did, where it has an opposite; once."""
    with transaction.atomic():
        job = job_for(actor, job_id, lock=True)
        opposite = OPPOSITES.get(BulkAct(job.act))
        known = BulkJob.objects.filter(undoes=job).first()
        if known is not None:
            return known
        if opposite is None or job.finished_at is None:
            raise Conflict(_("This cannot be taken back."), code="no_undo")
        done = job.rows.filter(state=BulkState.DONE).select_related("conversation")
        rows = {row.conversation_id: row.conversation.version for row in done}
        if not rows:
            raise Conflict(_("There is nothing to take back."), code="no_undo")
        values = {**job.values, "back": True}
        made = _create(actor, opposite, values, rows, request_key, undoes=job)
        before = {row.conversation_id: row.before for row in done}
        for row in made.rows.all():
            BulkRow.objects.filter(pk=row.pk).update(before=before[row.conversation_id])
    return made


def bulk_run(limit: int = 50) -> int:
    """Do waiting rows, oldest job first. Returns how many were done; call until 0."""
    job = BulkJob.objects.filter(finished_at__isnull=True).order_by("id").first()
    if job is None:
        return 0
    actor = actor_for(job.actor) if job.actor.is_active else None
    done = 0
    with translation.override(job.actor.language or None):  # reasons are for whoever asked
        while done < limit and _next_row(job, actor):
            done += 1
    _finish(job)
    return done


def _next_row(job: BulkJob, actor: Actor | None) -> bool:
    """Do one row that no other worker holds. The act may fail; saying so never does."""
    with transaction.atomic():
        row = (
            job.rows.filter(state=BulkState.WAITING)
            .select_for_update(skip_locked=True)
            .order_by("id")
            .first()
        )
        if row is None:
            return False
        state, reason, before = _do(job, row, actor)
        BulkRow.objects.filter(pk=row.pk).update(
            state=state, reason=reason[:300], before=before, done_at=now()
        )
    return True


def _do(job: BulkJob, row: BulkRow, actor: Actor | None) -> tuple[BulkState, str, dict[str, Any]]:
    if actor is None:
        return BulkState.REFUSED, str(_("Whoever asked for this has no access any more.")), {}
    act = ACTS[BulkAct(job.act)]
    version, before = row.conversation.version, row.before or before_of(row.conversation)
    try:
        with transaction.atomic():
            after = act.do(actor, row, job.values)
    except DomainError as refusal:
        return BulkState.REFUSED, str(refusal.message), before
    except Exception:
        logger.exception("bulk row %s failed", row.pk)
        return BulkState.REFUSED, str(_("Something went wrong. Try it again.")), before
    return (BulkState.SAME if after.version == version else BulkState.DONE), "", before


def _finish(job: BulkJob) -> None:
    with transaction.atomic():
        locked = BulkJob.objects.select_for_update().get(pk=job.pk)
        if locked.finished_at or locked.rows.filter(state=BulkState.WAITING).exists():
            return
        BulkJob.objects.filter(pk=job.pk).update(finished_at=now())
