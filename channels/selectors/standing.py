"""What stands at the top of every screen: holds in force, and what is wrong with the sending."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value

from channels.models import Alarm, Hold
from channels.selectors.holds import holds_seen
from channels.selectors.watch import alarms_open
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.prepared import prepared
from opsconsole.people.roles import Ability

_HOLD, _ALARM = 1, 2


@dataclass(frozen=True, slots=True)
class Standing:
    """What one person is told; `watches` when they are also told of alarms."""

    holds: list[Hold]
    alarms: list[Alarm]
    watches: bool


@prepared
def _anything() -> QuerySet[Any, Any]:
    """Every screen asks this: one statement over two small indexes."""
    holds = Hold.objects.filter(lifted_at__isnull=True).order_by().values_list(Value(_HOLD))
    alarms = Alarm.objects.filter(ended_at__isnull=True).order_by().values_list(Value(_ALARM))
    return holds.union(alarms)


def standing_for(actor: Actor) -> Standing:
    """Return what concerns somebody. One query while all is well and nothing is stopped."""
    found = {kind for (kind,) in _anything()}
    watches = actor.can(Ability.READ_WATCH)
    return Standing(
        holds=holds_seen(actor) if _HOLD in found else [],
        alarms=alarms_open() if _ALARM in found and watches else [],
        watches=watches,
    )
