"""What managers type about hours and service levels, read and bounded. Business rules are the actions'."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from channels.lifecycle import ChannelKind
from channels.status import CHANNELS
from inbox.clock_words import PRIORITY_WORDS
from inbox.durations import hours_typed, intervals_of, seconds_of, typed
from inbox.lifecycle import Priority
from inbox.models import CalendarVersion, SlaPolicy

DAYS = {
    "monday": _("Monday"),
    "tuesday": _("Tuesday"),
    "wednesday": _("Wednesday"),
    "thursday": _("Thursday"),
    "friday": _("Friday"),
    "saturday": _("Saturday"),
    "sunday": _("Sunday"),
}


class IntervalsField(forms.CharField):
    """Several intervals of one day, typed as 09:00-12:00, 13:00-18:00; nothing is closed."""

    def __init__(self, **given: Any) -> None:
        widget = forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
        super().__init__(max_length=200, widget=widget, **given)

    def validate(self, value: Any) -> None:
        """Nothing says something too: closed."""

    def clean(self, value: Any) -> Any:
        """Return minutes after midnight, as (opens, closes)."""
        try:
            return intervals_of(super().clean(value))
        except ValueError as error:
            if isinstance(error, ValidationError):
                raise
            raise ValidationError(_("Write times as 09:00-18:00.")) from error


class DurationField(forms.CharField):
    """How long something may take; nothing sets no limit."""

    def __init__(self, **given: Any) -> None:
        widget = forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
        super().__init__(required=False, max_length=40, widget=widget, **given)

    def clean(self, value: Any) -> Any:
        """Return seconds, None for no limit."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return seconds_of(text)
        except ValueError as error:
            raise ValidationError(_("Write a duration as 30m, 1h 30m or 2d.")) from error


class HoursForm(forms.Form):
    """The hours of a week, in whose time, and whether public holidays are closed."""

    use_required_attribute = False

    zone = forms.CharField(
        label=_("Time zone"), max_length=64, initial="Asia/Seoul",
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )  # fmt: skip
    country = forms.BooleanField(
        label=_("Closed on Korean public holidays"), required=False,
        help_text=_("With Seollal, Chuseok and the days that make up for holidays on weekends."),
    )  # fmt: skip

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        others = dict(self.fields)
        days = {name: IntervalsField(label=label) for name, label in DAYS.items()}
        self.fields = {**days, **others}

    def parts(self) -> dict[str, Any]:
        """Return what the form says, as the action takes it."""
        given = self.cleaned_data
        return {
            "week": [given[day] for day in DAYS],
            "zone": given["zone"],
            "country": "KR" if given["country"] else "",
        }


def hours_initial(version: CalendarVersion | None) -> dict[str, Any]:
    """Return a calendar as the form shows it; office hours for whoever begins."""
    if version is None:
        week = ["09:00-18:00"] * 5 + ["", ""]
        return {**dict(zip(DAYS, week, strict=True)), "zone": "Asia/Seoul", "country": True}
    week = [hours_typed(day) for day in version.week]
    return {
        **dict(zip(DAYS, week, strict=True)),
        "zone": version.zone,
        "country": bool(version.country),
    }


class ExceptionForm(forms.Form):
    """One date that is unlike its weekday."""

    use_required_attribute = False

    day = forms.DateField(
        label=_("Date"), widget=forms.DateInput(attrs={"class": "input", "type": "date"})
    )
    hours = IntervalsField(label=_("Hours"), help_text=_("Empty is closed all day."))


class LevelForm(forms.Form):
    """A service level: for whom it holds, and how soon it wants what."""

    name = forms.CharField(
        label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"class": "input"})
    )
    channel = forms.ChoiceField(
        label=_("Channel"), required=False,
        choices=[("", _("All channels")), *((kind.value, CHANNELS[kind].label) for kind in ChannelKind)],
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    priority = forms.TypedChoiceField(
        label=_("Priority"), required=False, coerce=int, empty_value=None,
        choices=[("", _("All priorities")), *((p.value, PRIORITY_WORDS[p]) for p in Priority)],
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    first_s = DurationField(
        label=_("First answer within"), help_text=_("For example 30m, 1h 30m or 2d.")
    )
    next_s = DurationField(label=_("Later answers within"))
    resolution_s = DurationField(label=_("Resolved within"))
    by_calendar = forms.BooleanField(
        label=_("Count open hours only"), required=False,
        help_text=_("Otherwise day and night count. A day is 24 hours either way."),
    )  # fmt: skip


def level_initial(policy: SlaPolicy | None) -> dict[str, Any]:
    """Return a service level as the form shows it."""
    if policy is None:
        return {"by_calendar": True}
    return {
        "name": policy.name, "channel": policy.channel, "priority": policy.priority,
        "first_s": typed(policy.first_s), "next_s": typed(policy.next_s),
        "resolution_s": typed(policy.resolution_s), "by_calendar": policy.by_calendar,
    }  # fmt: skip
