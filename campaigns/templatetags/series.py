"""How series and their occurrences are shown. No queries."""

from datetime import date

from django import template
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import Series
from campaigns.recurrence import LAST_OF_MONTH, Frequency, Occurrence, Shift

register = template.Library()

_NOTES: dict[Shift, Promise | str] = {
    Shift.NONE: "",
    Shift.FORWARD: gettext_lazy("Clocks skip this time; it goes out when they go on."),
    Shift.FIRST: gettext_lazy("Clocks show this time twice; it goes out the first time."),
}
_ORDINALS = {
    1: gettext_lazy("first"), 2: gettext_lazy("second"), 3: gettext_lazy("third"),
    4: gettext_lazy("fourth"), -1: gettext_lazy("last"),
}  # fmt: skip
#: Code of a refusal -> why the console could not schedule an occurrence.
TROUBLES = {
    "same_text": gettext_lazy("The account says exactly this within 24 hours already."),
    "too_long": gettext_lazy("The text is too long for a platform."),
    "placeholder": gettext_lazy("Something in the text has not been filled in."),
    "title": gettext_lazy("A blog article needs a title."),
    "past": gettext_lazy("Its time had passed."),
}


@register.filter
def local_day(occurrence: Occurrence) -> str:
    """Return the date by the clocks of the series' zone, with its weekday."""
    local = occurrence.local
    return f"{date_format(local, 'DATE_FORMAT')} ({date_format(local, 'D')})"


@register.filter
def local_clock(occurrence: Occurrence) -> str:
    """Return the time by the clocks of the series' zone; seconds only where there are some."""
    local = occurrence.local
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


@register.filter
def shift_note(occurrence: Occurrence) -> Promise | str:
    """Say what the clocks do to this time, where they do something."""
    return _NOTES[occurrence.shift]


@register.filter
def trouble_note(code: str) -> Promise | str:
    """Say why an occurrence is still a draft."""
    if not code:
        return ""
    return TROUBLES.get(code, gettext_lazy("It could not be scheduled. Open it to see why."))


@register.filter
def rule_words(series: Series) -> str:
    """Say when a series repeats, in one line."""
    words = [_how_often(series), f"{series.clock:%H:%M:%S}".removesuffix(":00")]
    if series.count:
        words.append(ngettext("%(n)d time", "%(n)d times", series.count) % {"n": series.count})
    elif series.until:
        words.append(_("until %(day)s") % {"day": _day(series.until)})
    return " · ".join(words)


def _how_often(series: Series) -> str:
    step = series.interval
    if series.frequency == Frequency.DAILY:
        return _("every day") if step == 1 else _("every %(n)d days") % {"n": step}
    if series.frequency == Frequency.WEEKLY:
        named = ", ".join(str(WEEKDAYS[day]) for day in series.weekdays)
        often = _("every week") if step == 1 else _("every %(n)d weeks") % {"n": step}
        return f"{often}: {named}"
    often = _("every month") if step == 1 else _("every %(n)d months") % {"n": step}
    return f"{often}: {_month_day(series)}"


def _month_day(series: Series) -> str:
    if series.nth:
        weekday = WEEKDAYS[series.weekdays[0]]
        return f"{_ORDINALS[series.nth]} {weekday}"
    if series.month_day == LAST_OF_MONTH:
        return _("last day")
    return _("day %(n)d") % {"n": series.month_day or series.starts_on.day}


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
