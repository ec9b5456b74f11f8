"""The verb of the audit app: record, one act or many."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.bulk import row_new, rows_insert
from opsconsole.kernel.clock import now


def record(
    actor: Actor, verb: str, subject: Model, *, unit_id: int | None = None, **data: Any
) -> Activity:
    """Write one act, in the same transaction as the act. `verb` is app.entity.past_tense."""
    written = act(actor, verb, subject, unit_id=unit_id, **data)
    written.save(force_insert=True)
    return written


def act(
    actor: Actor, verb: str, subject: Model, *, unit_id: int | None = None, **data: Any
) -> Activity:
    """Return an act that is yet to be written, for `record_all`."""
    return row_new(
        Activity,
        at=now(),
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        actor_name=actor.name[:80],
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        unit_id=unit_id,
        data=data,
    )


def record_all(acts: Sequence[Activity]) -> None:
    """Write many acts at once, in the same transaction as the acts."""
    rows_insert(acts)
