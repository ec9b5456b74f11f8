"""What the screens of units and duty send, read and bounded."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.forms import Words
from inbox.languages import LANGUAGES
from inbox.status import ASSIGNMENT_WORDS


class DeskForm(forms.Form):
    """How a unit works its inbox."""

    assignment_mode = forms.ChoiceField(
        label=_("Automatic assignment"),
        help_text=_("Only those on duty are given conversations; without a roster nobody is."),
        choices=[(mode.value, words) for mode, words in ASSIGNMENT_WORDS.items()],
        widget=forms.Select(attrs={"class": "input"}),
    )
    capacity = forms.IntegerField(
        label=_("Open conversations per operator"),
        help_text=_("Nobody is given more than this many at once."),
        min_value=1, max_value=500,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )  # fmt: skip
    return_after_minutes = forms.IntegerField(
        label=_("Give back when silent for (minutes)"),
        help_text=_("A waiting customer goes back to the unit when the assignee does nothing."),
        required=False, min_value=5, max_value=10_080,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )  # fmt: skip
    reopen_hours = forms.IntegerField(
        label=_("Reopen within (hours)"),
        help_text=_("A customer who writes later than this begins a new conversation."),
        min_value=1, max_value=8_760,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )  # fmt: skip
    resolve_after_days = forms.IntegerField(
        label=_("Resolve when quiet for (days)"),
        help_text=_("What we have answered is resolved by itself when nobody writes for so long."),
        required=False, min_value=1, max_value=365,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )  # fmt: skip
    consult_minutes = forms.IntegerField(
        label=_("Answer a consult within (minutes)"),
        help_text=_("What other units ask is overdue after this time."),
        min_value=5, max_value=10_080,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )  # fmt: skip


class DutyForm(Words):
    """Coming to duty: where (empty: in all of one's units) and until which wall time."""

    unit = forms.IntegerField(required=False)
    until = forms.TimeField(input_formats=["%H:%M"])

    def moment(self) -> datetime:
        """Return the next moment at which a clock on the wall shows that time."""
        at = timezone.localtime()
        ends = datetime.combine(at.date(), self.cleaned_data["until"], tzinfo=at.tzinfo)
        return ends if ends > at else ends + timedelta(days=1)


class LeaveForm(Words):
    """Leaving duty, with or without what one has in hand."""

    give_back = forms.BooleanField(required=False)


class AwayForm(Words):
    """How long one pauses."""

    minutes = forms.IntegerField()


class ShiftForm(Words):
    """A shift, once or every week until a day; everywhere means in every unit."""

    person = forms.IntegerField()
    day = forms.DateField(input_formats=["%Y-%m-%d"])
    begins = forms.TimeField(input_formats=["%H:%M"])
    ends = forms.TimeField(input_formats=["%H:%M"])
    repeats_until = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    everywhere = forms.BooleanField(required=False)


class HandOverNoteForm(Words):
    """What the next shift should know."""

    text = forms.CharField(max_length=20_000)


class OperatorForm(forms.Form):
    """What somebody can take on."""

    capacity = forms.IntegerField(
        label=_("Open conversations at once"),
        help_text=_("Empty: as the unit says."),
        required=False, min_value=0, max_value=500,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Answers in"),
        help_text=_("None chosen: conversations in every language."),
        choices=list(LANGUAGES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def values(self) -> dict[str, Any]:
        """Return what was chosen; call it on a valid form."""
        return {
            "capacity": self.cleaned_data["capacity"],
            "languages": self.cleaned_data["languages"],
        }
