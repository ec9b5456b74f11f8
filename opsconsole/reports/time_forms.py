"""What somebody may ask of the report of response times; all of it stands in the address."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from inbox.languages import LANGUAGES
from opsconsole.reports import time_words as words
from opsconsole.reports.forms import day_field
from opsconsole.reports.lifecycle import Clock, Cohort, Grouping, Measure
from opsconsole.reports.times import Wanted

#: Periods that end today, by their days.
PERIODS = {"today": 1, "7": 7, "30": 30, "90": 90}
_PERIOD_WORDS = [
    ("today", _("Today")),
    ("7", _("7 days")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("days", _("From – to")),
]
#: Days that one report covers at most.
LONGEST = 400
_CHANNELS = [("", _("All channels")), ("x", "X"), ("facebook", "Facebook"), ("blog", _("Blog"))]
_DEFAULTS = {
    "period": "7",
    "measure": Measure.FIRST.value,
    "clock": Clock.CUSTOMER.value,
    "cohort": Cohort.OPENED.value,
    "group": Grouping.UNIT.value,
}


def _number_field(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, required=False)


class TimesForm(forms.Form):
    """Which time, of which days, by which clock, and of whom."""

    period = forms.ChoiceField(label=_("Period"), choices=_PERIOD_WORDS)
    since = day_field(_("From"))
    until = day_field(_("Until"))
    measure = forms.ChoiceField(label=_("Measure"), choices=list(words.MEASURES.items()))
    clock = forms.ChoiceField(label=_("Whose time"), choices=list(words.CLOCKS.items()))
    cohort = forms.ChoiceField(label=_("Counted"), choices=list(words.COHORTS.items()))
    group = forms.ChoiceField(label=_("Broken down"), choices=list(words.GROUPINGS.items()))
    unit = _number_field(_("Unit"))
    channel = forms.ChoiceField(label=_("Channel"), choices=_CHANNELS, required=False)
    account = _number_field(_("Account"))
    operator = _number_field(_("Operator"))
    language = forms.ChoiceField(label=_("Language"), required=False)
    tag = _number_field(_("Tag"))
    hour = forms.TypedChoiceField(
        label=_("Hour"), coerce=int, empty_value=None, required=False,
        choices=[("", ""), *((hour, str(hour)) for hour in range(168))], widget=forms.HiddenInput,
    )  # fmt: skip

    level = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput
    )

    def __init__(
        self,
        given: dict[str, Any],
        *,
        today: date,
        units: Iterable[Model],
        accounts: Iterable[Model],
        people: Iterable[Model],
        tags: Iterable[Model],
    ) -> None:
        data = given.copy()
        for name, value in _DEFAULTS.items():
            if not data.get(name):
                data[name] = value
        days = PERIODS.get(str(data["period"]))
        if days is not None:
            data["since"] = (today - timedelta(days=days - 1)).isoformat()
            data["until"] = today.isoformat()
        super().__init__(data)
        for name, none, rows in (
            ("unit", _("All units"), units),
            ("account", _("All accounts"), accounts),
            ("operator", _("Everybody"), people),
            ("tag", _("All tags"), tags),
        ):
            choices = [("", none), *((row.pk, str(row)) for row in rows)]
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("", _("All languages")),
            *LANGUAGES.items(),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse days that are missing, the wrong way round, or too many."""
        given = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since is None or until is None:
            if not self.errors:
                self.add_error("since" if since is None else "until", _("Choose a day."))
        elif until < since:
            self.add_error("until", _("This day is before the first one."))
        elif (until - since).days >= LONGEST:
            self.add_error("until", _("A report covers %(n)d days at most.") % {"n": LONGEST})
        return given

    def wanted(self) -> Wanted:
        """Return what was asked for. Only of a form that is valid."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "period"}
        return Wanted(**given)
