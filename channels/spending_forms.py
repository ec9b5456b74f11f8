"""What the screen of an account's spending asks for. Business rules are the actions'."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.models import ChannelAccount


class CeilingForm(forms.Form):
    """How much an account may cost in a month, and whether it owns the application."""

    ceiling = forms.DecimalField(
        label=_("At most in a month, US dollars"), required=False, min_value=0, decimal_places=2,
        help_text=_("Empty limits nothing. History stops first, then posts, then reading, answers last."),
    )  # fmt: skip
    owns_app = forms.BooleanField(
        label=_("The account owns the X app"), required=False,
        help_text=_("X charges less for reading the mentions and posts of the app's owner."),
    )  # fmt: skip


def initial_of(account: ChannelAccount) -> dict[str, Any]:
    """Return what is stored as the form's first values."""
    return {"ceiling": account.spend_ceiling, "owns_app": account.owns_app}


def month_given(text: str, present: date) -> date:
    """Read a month ("2026-11"); the present one when it is none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return present
