"""The form that asks for a rehearsal. Business rules are the actions'."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions.rehearsals import LARGEST_SEED, SPEEDS, Wish
from campaigns.rehearsal.misfortunes import Faults
from campaigns.rehearsal_words import FAULTS


class RehearsalForm(forms.Form):
    """How fast, and how bad a day. `request_key` makes a second click harmless."""

    speed = forms.TypedChoiceField(
        label=_("Speed"), coerce=int,
        choices=lambda: [(speed, _("%(speed)s times") % {"speed": speed}) for speed in SPEEDS],
    )  # fmt: skip
    skips_gaps = forms.BooleanField(
        label=_("Shorten gaps in which nothing goes out"), required=False,
        help_text=_("A pause lasts five seconds at most."),
    )  # fmt: skip
    faults = forms.ChoiceField(
        label=_("What goes wrong"), widget=forms.RadioSelect,
        choices=[(str(faults), label) for faults, label in FAULTS.items()],
        help_text=_(
            "An ordinary bad day brings lost answers, errors, slow answers and platforms that ask for "
            "patience. On a hard day a worker is killed, too, and one account loses its access."
        ),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=_("Seed"), min_value=0, max_value=LARGEST_SEED,
        help_text=_("The same seed deals the same misfortunes again."),
    )  # fmt: skip
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def wish(self) -> Wish:
        """Return what was chosen in the action's words."""
        given: dict[str, Any] = self.cleaned_data
        return Wish(
            speed=given["speed"], skips_gaps=given["skips_gaps"],
            faults=Faults(given["faults"]), seed=given["seed"],
        )  # fmt: skip
