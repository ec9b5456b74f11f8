"""Setting what an operator can take on."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.languages import LANGUAGES
from inbox.models import OperatorProfile
from inbox.selectors.duty import operator_to_manage
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Invalid

MOST_AT_ONCE = 500


def operator_change(
    actor: Actor, *, person_id: int, capacity: int | None, languages: Sequence[str]
) -> OperatorProfile:
    """Set how much somebody takes on at once (None: as the desk says) and in which languages (none: in any)."""
    person = operator_to_manage(actor, person_id)
    if capacity is not None and not 0 <= capacity <= MOST_AT_ONCE:
        raise Invalid(_("Give a number from 0 to 500."), code="capacity", field="capacity")
    if not set(languages) <= set(LANGUAGES):
        raise Invalid(code="language", field="languages")
    chosen = {"capacity": capacity, "languages": sorted(set(languages))}
    with transaction.atomic():
        profile, _is_new = OperatorProfile.objects.update_or_create(person=person, defaults=chosen)
        record(actor, "inbox.operator.changed", profile, whose=str(person))
        ring_on_commit("work_changed")
    return profile
