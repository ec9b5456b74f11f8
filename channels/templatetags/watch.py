"""How templates show the watch."""

from dataclasses import dataclass
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from channels.lifecycle import AlarmKind
from channels.models import Alarm
from channels.selectors.watch import Pulse, Watch
from channels.watch_words import ALARMS
from channels.watch_words import lane_word as word_of_lane

register = template.Library()

#: Units of the drawing: its height, and what one minute takes.
HEIGHT, WIDTH = 64, 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One minute as it is drawn."""

    at: datetime
    count: int
    x: int
    y: int
    height: int


@register.filter
def bars(watch: Watch) -> list[Bar]:
    """Draw the next hour: a line for a minute without anything."""
    found = []
    for number, minute in enumerate(watch.minutes):
        height = 2 if not minute.count else max(4, round(HEIGHT * minute.count / watch.busiest))
        at = timezone.localtime(minute.at)
        found.append(Bar(at, minute.count, number * WIDTH + 1, HEIGHT - height, height))
    return found


@register.filter
def lane_word(priority: int) -> Promise | str:
    """Name a lane."""
    return word_of_lane(priority)


@register.filter
def alarm_words(alarm: Alarm) -> tuple[Promise, Promise]:
    """Say what is wrong, and what to do."""
    return ALARMS[AlarmKind(alarm.kind)]


@register.filter
def heard_ago(pulse: Pulse, at: datetime) -> float:
    """Return how many seconds ago somebody was heard."""
    return max(0.0, (at - (pulse.heard_at or at)).total_seconds())


@register.filter
def seconds_exact(seconds: float | None) -> str:
    """Say a short time with its parts of a second; nothing for None."""
    if seconds is None:
        return "–"
    return _("%(s).2f s") % {"s": max(0.0, seconds)}
