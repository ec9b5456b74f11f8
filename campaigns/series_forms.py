"""The part of a post's form that says how it repeats. Business rules are the actions'."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaigns.actions.series import LONGEST_STEP, MOST_TIMES, SeriesPlan
from campaigns.contents import Content, settings_of
from campaigns.models import Series
from campaigns.recurrence import LAST_OF_MONTH, Frequency, Rule
from campaigns.zones import SEOUL, zone_choices
from opsconsole.people.models import Language

REPEATS = (
    ("no", _("Does not repeat")),
    (Frequency.DAILY.value, _("Daily")),
    (Frequency.WEEKLY.value, _("Weekly")),
    (Frequency.MONTHLY.value, _("Monthly")),
)
WEEKDAYS = (
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")),
    (4, _("Friday")), (5, _("Saturday")), (6, _("Sunday")),
)  # fmt: skip
MONTHLY_BY = (
    ("day", _("on this day of the month; months without it are left out")),
    ("last", _("on the last day of the month")),
    ("nth", _("on the same weekday of the month, such as the second Tuesday")),
)


class RepeatForm(forms.Form):
    """When a post repeats. Without `repeats` nothing else here matters."""

    repeats = forms.ChoiceField(label=_("Repeats"), choices=REPEATS, required=False)
    interval = forms.IntegerField(
        label=_("Every how many days, weeks or months"), min_value=1, max_value=LONGEST_STEP,
        initial=1, required=False,
    )  # fmt: skip
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which weekdays"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    monthly_by = forms.ChoiceField(label=_("Monthly"), choices=MONTHLY_BY, required=False)
    until = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    count = forms.IntegerField(
        label=_("Number of times"), min_value=1, max_value=MOST_TIMES, required=False
    )
    zone = forms.ChoiceField(label=_("Time zone"), required=False)
    language = forms.ChoiceField(
        label=_("Language of dates in the text"), choices=Language.choices, required=False
    )

    def __init__(self, *args: Any, present: str = SEOUL, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = zone_choices(present)  # type: ignore[attr-defined]
        self.fields["zone"].initial = present

    @property
    def more_texts(self) -> list[str]:
        """Return the texts after the first, as typed."""
        if isinstance(self.data, QueryDict):
            return [text for text in self.data.getlist("more_texts") if text.strip()]
        return list(self.initial.get("more_texts", []))

    @property
    def is_repeating(self) -> bool:
        """Tell whether a series was asked for."""
        return self.cleaned_data.get("repeats", "no") not in {"", "no"}

    def plan(self, content: Content, first: datetime) -> SeriesPlan:
        """Return what was typed in the action's words; `first` is the wall time it begins at."""
        return SeriesPlan(
            title=content.title,
            texts=[content.body, *self.more_texts],
            account_ids=content.account_ids,
            wording=content.wording,
            rule=self._rule(first, self.cleaned_data["zone"] or content.time_zone),
            language=self.cleaned_data["language"] or Language.KOREAN,
            campaign=content.campaign,
            lateness=content.lateness,
            settings=settings_of(content),
        )

    def _rule(self, first: datetime, zone: str) -> Rule:
        given = self.cleaned_data
        rule = Rule(
            frequency=Frequency(given["repeats"]),
            starts_on=first.date(),
            clock=first.time(),
            zone=zone,
            interval=given["interval"] or 1,
            until=given["until"],
            count=given["count"],
        )
        if rule.frequency == Frequency.WEEKLY:
            return replace(rule, weekdays=tuple(given["weekdays"]) or (first.weekday(),))
        if rule.frequency == Frequency.MONTHLY:
            return _monthly(rule, given["monthly_by"], first.date())
        return rule


def _monthly(rule: Rule, by: str, start: date) -> Rule:
    if by == "last":
        return replace(rule, month_day=LAST_OF_MONTH)
    if by == "nth":
        nth = (start.day - 1) // 7 + 1
        # A fifth one does not come every month: the last is what is meant.
        return replace(rule, nth=nth if nth < 5 else -1, weekdays=(start.weekday(),))
    return replace(rule, month_day=start.day)


def repeat_initial(series: Series, first_day: date | None, left: int | None) -> dict[str, Any]:
    """Return a stored rule as the form's first values; from `first_day` on only `left` times remain."""
    monthly_by = "nth" if series.nth else "last" if series.month_day == LAST_OF_MONTH else "day"
    return {
        "repeats": series.frequency,
        "interval": series.interval,
        "weekdays": series.weekdays,
        "monthly_by": monthly_by,
        "until": series.until,
        "count": left if first_day else series.count,
        "zone": series.time_zone,
        "language": series.language,
        "more_texts": series.texts[1:],
    }


def content_initial(series: Series, account_ids: Sequence[int], day: date) -> dict[str, Any]:
    """Return a stored series as the first values of the post's form."""
    words: dict[str, Any] = {f"text_{pk}": text for pk, text in series.wording.items()}
    return {
        "unit": series.unit_id,
        "campaign": series.campaign_id,
        "lateness": series.lateness,
        "title": series.title,
        "body": series.texts[0],
        "accounts": list(account_ids),
        "local_time": f"{day.isoformat()}T{series.clock.isoformat()}",
        "request_key": series.request_key,
        "version": series.version,
        **words,
        **_settings_initial(series.settings),
    }


def _settings_initial(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a series sets beside its words as first values."""
    images, placing = settings.get("images", []), settings.get("placing", {})
    own: dict[str, Any] = {f"alt_{one['image']}": one["alt_text"] for one in images}
    for pk, one in placing.items():
        own |= {
            f"part_{pk}": one["parts"],
            f"excerpt_{pk}": one["excerpt"],
            f"categories_{pk}": one["categories"],
        }
    return own | {
        "images": [one["image"] for one in images],
        "left_out": [f"{image}:{pk}" for pk, one in placing.items() for image in one["left_out"]],
        "is_announced": settings.get("is_announced", False),
        "link_tag": settings.get("link_tag", ""),
    }
