"""What the screens of consults send, read and bounded."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.actions.consults import LONGEST
from inbox.forms import Words
from opsconsole.people.models import Language


class AskForm(Words):
    """Which unit, and what."""

    unit = forms.IntegerField()
    question = forms.CharField(max_length=LONGEST)


class AnswerForm(forms.Form):
    """What the unit that was asked says."""

    answer = forms.CharField(
        label=_("Your answer"), max_length=LONGEST,
        help_text=_("For colleagues only. The customer never sees it."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


class GuestForm(forms.Form):
    """What a guest says, and who they are."""

    name = forms.CharField(
        label=_("Your name"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    answer = forms.CharField(
        label=_("Your answer"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )


class LinkForm(forms.Form):
    """What a guest shall see, in which language, and for how long."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    hours = forms.TypedChoiceField(
        label=_("Holds for"), coerce=int, initial=24,
        choices=[(1, _("1 hour")), (8, _("8 hours")), (24, _("24 hours")), (72, _("3 days"))],
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Read the boxes beside the lines as numbers."""
        given = super().clean() or self.cleaned_data
        boxes = self.data.getlist("lines") if hasattr(self.data, "getlist") else []
        given["lines"] = [int(box) for box in boxes if box.isascii() and box.isdigit()][:200]
        return given
