"""The filters of the activity."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opsconsole.people.models import BusinessUnit, User
from opsconsole.reports.groups import GROUPS
from opsconsole.reports.selectors import CONSOLE, ActivityFilter

_DAY = "%Y-%m-%d"


def day_field(label: Any, *, required: bool = False) -> forms.DateField:
    """Return a field for a day, as browsers choose one."""
    widget = forms.DateInput(format=_DAY, attrs={"type": "date"})
    return forms.DateField(label=label, required=required, input_formats=[_DAY], widget=widget)


class ActivityForm(forms.Form):
    """Which acts to list."""

    text = forms.CharField(
        label=_("About"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Customer, post, person …")}
        ),
    )
    person = forms.ChoiceField(label=_("Who"), required=False)
    group = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[("", _("Everything")), *((key, name) for key, (name, _verbs) in GROUPS.items())],
    )
    since = day_field(_("From"))
    until = day_field(_("Until"))
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int, empty_value=None, required=False)

    def __init__(
        self,
        *args: Any,
        people: Iterable[User],
        units: Iterable[BusinessUnit],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        console = [("", _("Everybody")), (CONSOLE, _("The console"))]
        named = [(str(user.pk), f"{user} ({user.username})") for user in people]
        self.fields["person"].choices = [*console, *named]  # type: ignore[attr-defined]
        every = [("", _("All units")), *((unit.pk, unit.name) for unit in units)]
        self.fields["unit"].choices = every  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a stretch of time that ends before it begins."""
        given = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one."))
        return given

    def filters(self) -> ActivityFilter:
        """Return what was asked for. Only of a form that is valid."""
        return ActivityFilter(**self.cleaned_data)
