"""The form of a campaign. Business rules are the actions'."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions.campaigns import LONGEST_GOAL, LONGEST_NAME, Plan
from campaigns.models import Campaign
from opsconsole.people.models import BusinessUnit, User


class CampaignForm(forms.Form):
    """What a planner types. `version` is what they saw; `request_key` makes a second click harmless."""

    unit = forms.TypedChoiceField(
        label=_("Unit"), coerce=int, help_text=_("The unit that owns the campaign.")
    )
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    goal = forms.CharField(
        label=_("Goal"), max_length=LONGEST_GOAL, required=False,
        help_text=_("What shall be different afterwards, and how you will know."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    starts_on = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    partners = forms.TypedMultipleChoiceField(
        label=_("Units taking part"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    owners = forms.TypedMultipleChoiceField(
        label=_("Owners"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    tags = forms.CharField(
        label=_("Tags"), max_length=900, required=False, help_text=_("Separated by commas.")
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        units: Iterable[BusinessUnit],
        every_unit: Iterable[BusinessUnit],
        people: Iterable[User],
        campaign: Campaign | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = [campaign.unit] if campaign else list(units)
        self.fields["unit"].disabled = campaign is not None
        named = {user.pk: str(user) for user in people}
        if campaign:
            named |= {user.pk: str(user) for user in campaign.owners.all()}
        choices: dict[str, list[tuple[int, str]]] = {
            "unit": [(unit.pk, unit.name) for unit in offered],
            "partners": [(unit.pk, unit.name) for unit in every_unit],
            "owners": list(named.items()),
        }
        for name, some in choices.items():
            self.fields[name].choices = some  # type: ignore[attr-defined]

    def plan(self) -> Plan:
        """Return what was typed in the action's words."""
        given = self.cleaned_data
        return Plan(
            name=given["name"], goal=given["goal"], starts_on=given["starts_on"],
            ends_on=given["ends_on"], partners=given["partners"], owners=given["owners"],
            tags=[tag.strip() for tag in given["tags"].split(",")],
        )  # fmt: skip


def initial_of(campaign: Campaign) -> dict[str, Any]:
    """Return a stored campaign as the form's first values."""
    return {
        "unit": campaign.unit_id,
        "name": campaign.name,
        "goal": campaign.goal,
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "partners": [unit.pk for unit in campaign.partners.all()],
        "owners": [user.pk for user in campaign.owners.all()],
        "tags": ", ".join(campaign.tags),
        "request_key": campaign.request_key,
        "version": campaign.version,
    }
