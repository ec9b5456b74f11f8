"""How templates say what has been read of an account."""

from django import template
from django.utils.functional import Promise

from channels.coverage import Stretch
from channels.coverage_words import Bar, bars_of, hole_word, reading_kind, reading_word
from channels.models import Hole, PastReading
from channels.selectors.coverage import StreamCoverage, is_reading
from channels.streams import label_of

register = template.Library()


@register.filter
def stream_label(stream: str) -> Promise | str:
    """Name a stream."""
    return label_of(stream)


@register.filter
def bars(stream: StreamCoverage, period: Stretch) -> list[Bar]:
    """Return the bars of a stream's timeline."""
    return bars_of(stream, period)


@register.filter
def hole_label(hole: Hole) -> Promise:
    """Say what has become of a hole."""
    return hole_word(hole)[0]


@register.filter
def hole_tone(hole: Hole) -> str:
    """Return the tone of a hole."""
    return hole_word(hole)[1]


@register.filter
def past_label(reading: PastReading) -> Promise:
    """Say where a reading of the past stands."""
    return reading_word(reading)[0]


@register.filter
def past_tone(reading: PastReading) -> str:
    """Return the tone of a reading of the past."""
    return reading_word(reading)[1]


@register.filter
def past_kind(reading: PastReading) -> Promise:
    """Say why something of the past is read."""
    return reading_kind(reading)


@register.filter
def goes_on(reading: PastReading) -> bool:
    """Tell whether a reading of the past goes on."""
    return is_reading(reading)
