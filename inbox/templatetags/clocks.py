"""How templates say how long something takes, how much of it is left, and when a unit is open."""

import math
from collections.abc import Sequence
from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from inbox.clock_words import END_WORDS, PRIORITY_WORDS
from inbox.durations import hours_typed
from inbox.lifecycle import Priority
from inbox.models import SlaPolicy, Wait
from inbox.wait_log import EndKind
from opsconsole.kernel.clock import now

register = template.Library()

#: From this share of the time left on, a due time asks for attention.
SOON = 0.25


@register.filter
def span(seconds: float | None) -> str:
    """Say how long something took, to the second below an hour."""
    if seconds is None:
        return ""
    whole = max(0, math.floor(seconds))
    if whole < 60:
        return _("%(s)ds") % {"s": whole}
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return _("%(m)dm %(s)ds") % {"m": minutes, "s": rest} if rest else _coarse(whole)
    return _coarse(whole)


def _coarse(seconds: float) -> str:
    minutes = max(1, int(seconds // 60))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("%(d)dd %(h)dh") % {"d": days, "h": hours} if hours else _("%(n)dd") % {"n": days}
    if hours:
        both = _("%(h)dh %(m)dm") % {"h": hours, "m": minutes}
        return both if minutes else _("%(n)dh") % {"n": hours}
    return _("%(n)dm") % {"n": minutes}


@register.filter
def between(start: datetime, end: datetime) -> float:
    """Return the seconds from one moment to another, never fewer than none."""
    return max(0.0, (end - start).total_seconds())


@register.filter
def left(due: datetime) -> str:
    """Say how much time is left until a moment, or by how much it is over; times.js keeps it moving."""
    seconds = (due - now()).total_seconds()
    if seconds < 0:
        return _("%(time)s over") % {"time": _coarse(-seconds)}
    return _("%(time)s left") % {"time": _coarse(math.ceil(seconds / 60) * 60)}


@register.filter
def due_age(due: datetime, since: datetime) -> str:
    """Name how pressing a due time is, in the steps of `age`."""
    rest, whole = (due - now()).total_seconds(), (due - since).total_seconds()
    if rest < 0:
        return "overdue"
    return "aging" if rest <= whole * SOON else "fresh"


@register.simple_tag
def due_words() -> SafeString:
    """Hand the words around a countdown to scripts; # stands for the time."""
    words = _("%(time)s left") % {"time": "#"}, _("%(time)s over") % {"time": "#"}
    return format_html('data-left="{}" data-over="{}"', *words)


@register.filter
def hours_words(intervals: "Sequence[tuple[int, int]]") -> str:
    """Say the hours of one day."""
    return hours_typed(list(intervals)) or _("Closed")


@register.filter
def priority_words(policy: SlaPolicy) -> str:
    """Say for which priority a service level is; empty for all."""
    return "" if policy.priority is None else str(PRIORITY_WORDS[Priority(policy.priority)])


@register.filter
def end_words(wait: Wait) -> str:
    """Say how a wait ended; empty while it runs."""
    return str(END_WORDS[EndKind(wait.end_kind)]) if wait.end_kind else ""
