"""What the screens of accounts and deliveries ask for. Business rules are the actions'."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.actions.accounts import LONGEST_NAME, LONGEST_POLL, SHORTEST_POLL
from channels.models import ChannelAccount
from channels.registry import SecretField, secret_fields
from opsconsole.people.models import BusinessUnit

#: No platform's secret is longer.
LONGEST_SECRET = 4000


class SecretsForm(forms.Form):
    """The credentials of one kind of channel: typed, never shown."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.asked = secret_fields(kind)
        for field in self.asked:
            self.fields[field.name] = secret_input(field)

    def secrets(self) -> dict[str, str]:
        """Return what was typed."""
        return {field.name: self.cleaned_data[field.name] for field in self.asked}

    @property
    def secret_inputs(self) -> list[forms.BoundField]:
        """Return the credentials alone."""
        return [self[field.name] for field in self.asked]


class AccountForm(forms.Form):
    """What may be changed about an account."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, help_text=_("What colleagues call it.")
    )
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    poll_every = forms.IntegerField(
        label=_("Seconds between two polls"),
        min_value=SHORTEST_POLL,
        max_value=LONGEST_POLL,
        initial=60,
    )

    def __init__(self, *args: Any, units: Iterable[BusinessUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(unit.pk, unit.name) for unit in units]  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        """Return what was typed in the action's words."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "unit_id": given["unit"],
            "poll_every": given["poll_every"],
        }


class ConfirmForm(forms.Form):
    """Where a delivery of unclear fate was found."""

    external_id = forms.CharField(
        label=_("Its address on the platform"),
        max_length=600,
        widget=forms.TextInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )


class LeaveForm(forms.Form):
    """The name of the account that shall go, typed so that no other goes."""

    name = forms.CharField(
        label=_("Type the account's name"), max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def initial_of(account: ChannelAccount) -> Mapping[str, Any]:
    """Return a stored account as the form's first values."""
    return {
        "name": account.name,
        "unit": account.unit_id,
        "poll_every": account.poll_every,
    }


def secret_input(field: SecretField) -> forms.CharField:
    """Return the input of a secret: typed, never shown."""
    hidden = {"autocomplete": "new-password", "spellcheck": "false", "autocapitalize": "none"}
    return forms.CharField(
        label=str(field.label),
        required=field.required,
        help_text=str(field.help),
        max_length=LONGEST_SECRET,
        widget=forms.PasswordInput(attrs=hidden),
    )
