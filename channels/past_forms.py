"""What the screen of an account's past asks for. Business rules are the actions'."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels.actions.past import DEFAULT_DAYS


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


class AgainForm(forms.Form):
    """A period that is read once more."""

    since = _moment(pgettext_lazy("period", "From"))
    until = _moment(pgettext_lazy("period", "To"))

    def wish(self) -> dict[str, Any]:
        """Return what was typed in the action's words."""
        return {"since": self.cleaned_data["since"], "until": self.cleaned_data["until"]}


class HistoryForm(forms.Form):
    """How far back an account's history is read."""

    days = forms.TypedChoiceField(
        label=_("How far back"),
        coerce=int,
        initial=DEFAULT_DAYS,
        choices=[(1, _("1 day")), (7, _("7 days")), (30, _("30 days")), (90, _("90 days"))],
        help_text=_("As far as the platform gives it out."),
    )

    def wish(self) -> dict[str, Any]:
        """Return what was chosen in the action's words."""
        return {"days": self.cleaned_data["days"]}
