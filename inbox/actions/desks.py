"""Changing how a unit works its inbox."""

from typing import Any

from django.db import transaction

from inbox.models import Desk
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.people.roles import Ability


def desk_change(actor: Actor, *, unit_id: int, **changes: Any) -> Desk:
    """Write the given columns of a unit's desk; what is left out stays as it is."""
    actor.must(Ability.MANAGE_DESK, unit_id)
    with transaction.atomic():
        desk, _is_new = Desk.objects.select_for_update().get_or_create(unit_id=unit_id)
        old = {name: getattr(desk, name) for name in changes}
        changed = {name: value for name, value in changes.items() if old[name] != value}
        if changed:
            Desk.objects.filter(pk=desk.pk).update(**changed)
            desk.refresh_from_db()
            record(actor, "inbox.desk.changed", desk, unit_id=unit_id, what=sorted(changed))
    return desk
