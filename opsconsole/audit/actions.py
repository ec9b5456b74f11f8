"""The one verb of the audit app."""

from typing import Any

from django.db.models import Model

from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now


def record(
    actor: Actor, verb: str, subject: Model, *, unit_id: int | None = None, **data: Any
) -> Activity:
    """Write one act, in the same transaction as the act. `verb` is app.entity.past_tense."""
    return Activity.objects.create(
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
