"""The filters of the mis-routes."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from opsconsole.reports.forms import day_field
from opsconsole.reports.misroutes import NO_RULE, MisrouteFilter


class MisrouteForm(forms.Form):
    """Which stretch of time, and whose mistakes."""

    since = day_field(_("From"), required=True)
    until = day_field(_("Until"), required=True)
    account = forms.TypedChoiceField(
        label=_("Account"), coerce=int, empty_value=None, required=False
    )
    rule = forms.TypedChoiceField(label=_("Rule"), coerce=int, empty_value=None, required=False)
    came_from = forms.TypedChoiceField(
        label=_("From unit"), coerce=int, empty_value=None, required=False
    )
    unit = forms.TypedChoiceField(label=_("To unit"), coerce=int, empty_value=None, required=False)

    def __init__(
        self,
        *args: Any,
        accounts: Iterable[Model],
        rules: Iterable[Model],
        units: Iterable[Model],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen = list(units)
        for name, none, rows in (
            ("account", _("All accounts"), accounts),
            ("rule", _("All rules"), rules),
            ("came_from", _("All units"), chosen),
            ("unit", _("All units"), chosen),
        ):
            named = [("", none), *((row.pk, str(row)) for row in rows)]
            if name == "rule":
                named.insert(1, (NO_RULE, _("No rule")))
            self.fields[name].choices = named  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a stretch of time that ends before it begins."""
        given = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one."))
        return given

    def filters(self) -> MisrouteFilter:
        """Return what was asked for. Only of a form that is valid."""
        return MisrouteFilter(**self.cleaned_data)
