"""What the screens of connecting ask for. Business rules are the actions'."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from channels.actions.accounts import LONGEST_ADDRESS, LONGEST_NAME, LONGEST_POLL, SHORTEST_POLL
from channels.actions.agreeing import Pick
from channels.actions.past import DEFAULT_DAYS, MOST_DAYS
from channels.forms import SecretsForm, secret_input
from channels.lifecycle import ChannelKind
from channels.selectors.handshakes import suffices
from channels.ways import APP_FIELDS
from opsconsole.people.models import BusinessUnit

_BASE_LABELS = {
    ChannelKind.BLOG: _("Address of the site, or of any page of it"),
    ChannelKind.FEED: _("Address of the blog, or of its comment feed"),
}


def _address(kind: str, *, required: bool) -> forms.CharField:
    field = forms.CharField(
        max_length=LONGEST_ADDRESS,
        required=required,
        label=_BASE_LABELS.get(ChannelKind(kind), _("Base address")),
        widget=forms.TextInput(
            attrs={"placeholder": "https://", "autocomplete": "off", "inputmode": "url"}
        ),
    )
    if kind not in _BASE_LABELS:
        field.help_text = _("Leave it empty, unless calls shall go to another host.")
    return field


class AddressForm(forms.Form):
    """Where a blog stands."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_url"] = _address(kind, required=kind in _BASE_LABELS)

    def given(self) -> dict[str, str]:
        """Return what was typed."""
        return {"base_url": self.cleaned_data["base_url"]}


class ByHandForm(SecretsForm):
    """Credentials as the platform gave them, and where they count."""

    def __init__(self, *args: Any, kind: str, is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        if not is_known or kind in _BASE_LABELS:
            self.fields["base_url"] = _address(kind, required=kind in _BASE_LABELS)
            self.order_fields(["base_url"])

    def given(self) -> dict[str, str]:
        """Return what was typed."""
        return {"base_url": self.cleaned_data.get("base_url", ""), **self.secrets()}


#: What each platform gives out of the past.
_GIVEN_OUT = {
    ChannelKind.X: _("X gives out the newest 800 mentions and the account's newest 3,200 posts."),
    ChannelKind.FACEBOOK: _("Facebook gives out all; older posts take longer to look through."),
    ChannelKind.BLOG: _("A blog gives out all its comments."),
}


def _history(kind: str) -> forms.IntegerField | None:
    """Return the question how many days of history are read; None where nothing of the past is given out."""
    given_out = _GIVEN_OUT.get(ChannelKind(kind))
    if given_out is None:
        return None
    return forms.IntegerField(
        label=_("Days of history to read"), required=False, min_value=0, max_value=MOST_DAYS,
        initial=DEFAULT_DAYS,
        help_text=format_lazy("{} {}", given_out, _("0: nothing of the past.")),
    )  # fmt: skip


class KeepForm(forms.Form):
    """Which of the identities that were found become accounts, each in its unit, under its name."""

    poll_every = forms.IntegerField(
        label=_("Seconds between two polls"),
        min_value=SHORTEST_POLL,
        max_value=LONGEST_POLL,
        initial=60,
    )
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        kind: str,
        found: Sequence[dict[str, Any]],
        open_places: Sequence[int],
        units: Iterable[BusinessUnit],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if history := _history(kind):
            self.fields["history_days"] = history
        choices = [(unit.pk, unit.name) for unit in units]
        self._places = list(open_places)
        self.lacks_any = not all(suffices(found[place]) for place in self._places)
        for place in self._places:
            self.fields[f"take_{place}"] = forms.BooleanField(
                required=False, label=found[place]["name"] or found[place]["external_id"],
                initial=len(self._places) == 1,
            )  # fmt: skip
            self.fields[f"name_{place}"] = forms.CharField(
                label=_("Name"), max_length=LONGEST_NAME, required=False,
                initial=_called(found[place]), help_text=_("What colleagues call it."),
            )  # fmt: skip
            self.fields[f"unit_{place}"] = forms.TypedChoiceField(
                label=_("Unit"), coerce=int, choices=choices
            )

    @property
    def picks_any(self) -> bool:
        """Whether there is anything that can be connected."""
        return bool(self._places)

    def row(self, place: int) -> tuple[forms.BoundField, forms.BoundField, forms.BoundField]:
        """Return the inputs of one identity: whether it is taken, its name, its unit."""
        return self[f"take_{place}"], self[f"name_{place}"], self[f"unit_{place}"]

    def wish(self) -> dict[str, Any]:
        """Return what holds for all that is picked, in the action's words."""
        names = ("poll_every", "anyway", "history_days")
        told = {name: self.cleaned_data.get(name) for name in names}
        return {name: value for name, value in told.items() if value is not None}

    def picks(self) -> list[Pick]:
        """Return what was chosen."""
        given = self.cleaned_data
        taken = [p for p in self._places if len(self._places) == 1 or given[f"take_{p}"]]
        return [Pick(p, given[f"unit_{p}"], given[f"name_{p}"]) for p in taken]


def _called(found: dict[str, Any]) -> str:
    """Return what an account is called to begin with: people know X accounts by their handle."""
    return str(found["name"] or found["handle"])[:LONGEST_NAME]


class UnseenForm(forms.Form):
    """Name and unit of an account whose credentials nobody could look into."""

    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, help_text=_("What colleagues call it.")
    )

    def __init__(
        self, *args: Any, kind: str, units: Iterable[BusinessUnit], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(unit.pk, unit.name) for unit in units]  # type: ignore[attr-defined]
        if history := _history(kind):
            self.fields["history_days"] = history

    def wish(self) -> dict[str, Any]:
        """Return what was typed in the action's words."""
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return {"unit_id": given.pop("unit"), **given}


class AppForm(forms.Form):
    """Our app at a platform: what is typed is stored encrypted and never shown."""

    def __init__(self, *args: Any, kind: str, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in APP_FIELDS[kind]:
            made = secret_input(field)
            made.required = field.required and not is_known
            self.fields[field.name] = made
        self.fields["base_url"] = _address(kind, required=False)

    @property
    def secret_inputs(self) -> list[forms.BoundField]:
        """Return the secrets alone."""
        return [self[name] for name in self.fields if name != "base_url"]

    def given(self) -> dict[str, Any]:
        """Return what was typed in the action's words."""
        secrets = {name: value for name, value in self.cleaned_data.items() if name != "base_url"}
        return {"secrets": secrets, "base_url": self.cleaned_data["base_url"]}
