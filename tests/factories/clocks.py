"""Service levels and calendars for tests, set the way managers set them."""

from itertools import count

from inbox.actions.clock_sweep import waits_measure_anew
from inbox.actions.service_levels import calendar_change, policy_add
from inbox.models import CalendarVersion, SlaPolicy, Wait
from opsconsole.kernel.actor import SYSTEM

_numbers = count(1)
#: Every day of the week from nine to six.
NINE_TO_SIX = [[(9 * 60, 18 * 60)]] * 7


def make_policy(*, unit=None, first_s: int | None = 3600, **given) -> SlaPolicy:
    """A service level by day and night, already applied to what waits."""
    defaults = {"name": f"Level {next(_numbers)}", "next_s": None, "by_calendar": False}
    policy = policy_add(
        SYSTEM, unit_id=unit.pk if unit else None, first_s=first_s, **(defaults | given)
    )
    waits_measure_anew()
    return policy


def make_calendar(*, unit=None, week=NINE_TO_SIX, **given) -> CalendarVersion:
    """A calendar that is in force."""
    version = calendar_change(SYSTEM, unit_id=unit.pk if unit else None, week=week, **given)
    waits_measure_anew()
    return version


def open_wait(conversation) -> Wait:
    """The wait that is open in a conversation."""
    return Wait.objects.get(conversation=conversation, ended_at__isnull=True)
