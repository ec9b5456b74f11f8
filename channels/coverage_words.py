"""What a screen says of what has been read: bars of a timeline, and states in words. No rows are read."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels.coverage import Stretch
from channels.lifecycle import HoleState, PastKind, PastState
from channels.models import Hole, PastReading
from channels.selectors.coverage import StreamCoverage

#: How much of the past a timeline shows, and how many units of length it has.
SHOWN = timedelta(hours=24)
LENGTH = 1440.0
#: A hole of some seconds would not be seen at all.
_LEAST = 4.0

#: State of a hole → what it is called, and its tone.
HOLES: dict[HoleState, tuple[Promise, str]] = {
    HoleState.OPEN: (pgettext_lazy("hole", "Being filled"), "busy"),
    HoleState.FILLED: (pgettext_lazy("hole", "Filled"), "ok"),
    HoleState.LOST: (pgettext_lazy("hole", "Lost"), "danger"),
}
#: State of a reading of the past → what it is called, and its tone.
READINGS: dict[PastState, tuple[Promise, str]] = {
    PastState.WAITING: (pgettext_lazy("reading of the past", "Going on"), "busy"),
    PastState.READING: (pgettext_lazy("reading of the past", "Going on"), "busy"),
    PastState.DONE: (pgettext_lazy("reading of the past", "Done"), "ok"),
    PastState.STOPPED: (pgettext_lazy("reading of the past", "Stopped"), "quiet"),
    PastState.FAILED: (pgettext_lazy("reading of the past", "Failed"), "danger"),
}
KINDS: dict[PastKind, Promise] = {
    PastKind.HISTORY: pgettext_lazy("reading of the past", "History"),
    PastKind.AGAIN: _("Read again"),
    PastKind.HOLE: _("Hole"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a timeline: where it begins, how long it is, and what it is (covered, or a state of a hole)."""

    x: str
    width: str
    state: str


def bars_of(stream: StreamCoverage, period: Stretch) -> list[Bar]:
    """Return the bars of one stream, holes on top of what is covered."""
    found = [_bar(stretch, period, "covered") for stretch in stream.stretches]
    found += [_bar(Stretch(hole.since, hole.until), period, hole.state) for hole in stream.holes]
    return [bar for bar in found if bar is not None]


def _bar(stretch: Stretch, period: Stretch, state: str) -> Bar | None:
    part = stretch.within(period)
    if not part:
        return None
    unit = LENGTH / period.length.total_seconds()
    begins = (part.since - period.since).total_seconds() * unit
    long = max(part.length.total_seconds() * unit, _LEAST)
    return Bar(f"{min(begins, LENGTH - long):.1f}", f"{long:.1f}", state)


def hole_word(hole: Hole) -> tuple[Promise, str]:
    """Say what has become of a hole, and in which tone."""
    return HOLES[HoleState(hole.state)]


def reading_word(reading: PastReading) -> tuple[Promise, str]:
    """Say where a reading of the past stands, and in which tone."""
    return READINGS[PastState(reading.state)]


def reading_kind(reading: PastReading) -> Promise:
    """Say why something of the past is read."""
    return KINDS[PastKind(reading.kind)]
