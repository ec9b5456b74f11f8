"""The form of a routing rule: plain fields in, conditions and outcome out."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels.lifecycle import ChannelKind
from inbox.languages import LANGUAGES
from inbox.lifecycle import Priority
from inbox.models import RoutingRule
from inbox.routing import Conditions, Outcome, conditions_of, folded, outcome_of
from inbox.rule_words import CHANNEL_WORDS, PRIORITY_WORDS, WEEKDAY_WORDS
from inbox.selectors.rules import Names
from opsconsole.people.models import BusinessUnit, User

#: Zones that are offered first; any other may be stored by programs.
ZONES = ("Asia/Seoul", "UTC", "Asia/Tokyo", "Asia/Ho_Chi_Minh", "Europe/Paris", "America/New_York")
MOST_WORDS = 100


class _Words(forms.CharField):
    """Several words, one a line or with commas between them."""

    def __init__(self, *, label: Any, help_text: Any = "", rows: int = 2) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})
        super().__init__(
            label=label, help_text=help_text, required=False, max_length=4000, widget=widget
        )

    def clean(self, value: Any) -> tuple[str, ...]:
        """Return the words, folded, each once."""
        given = super().clean(value) or ""
        words = (folded(word) for word in given.replace("\n", ",").split(","))
        kept = tuple(dict.fromkeys(word for word in words if word))
        if len(kept) > MOST_WORDS:
            raise forms.ValidationError(_("At most 100 words."))
        return kept


def _boxes(label: Any, choices: Iterable[tuple[Any, Any]], coerce: Any = str) -> Any:
    return forms.TypedMultipleChoiceField(
        label=label, required=False, coerce=coerce, choices=list(choices),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


class RuleForm(forms.Form):
    """When a rule meets a conversation, and what follows."""

    name = forms.CharField(label=_("Name"), max_length=80)
    accounts = _boxes(_("Accounts"), (), int)
    channels = _boxes(_("Channels"), [(kind.value, CHANNEL_WORDS[kind]) for kind in ChannelKind])
    keywords = _Words(
        label=_("Keywords"),
        help_text=_(
            "One a line, or with commas. Korean is found anywhere; Latin words only whole."
        ),
        rows=3,
    )
    every_keyword = forms.ChoiceField(
        label=_("Of the keywords"), choices=[("", _("any is enough")), ("1", _("all must be there"))],
        required=False,
    )  # fmt: skip
    languages = _boxes(_("Languages"), LANGUAGES.items())
    topics = _Words(label=_("Topics"), help_text=_("As an earlier rule has given them."))
    handles = _Words(label=_("Authors"), help_text=_("Handles, without @."))
    followers_at_least = forms.IntegerField(
        label=_("Followers, at least"), required=False, min_value=0, max_value=2_000_000_000
    )
    vip = forms.BooleanField(label=_("Only important customers (VIP)"), required=False)
    weekdays = _boxes(_("Weekdays"), WEEKDAY_WORDS.items(), int)
    begins = forms.TimeField(
        label=pgettext_lazy("time of day", "From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    ends = forms.TimeField(
        label=pgettext_lazy("time of day", "Until"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("A span may go over midnight."),
    )  # fmt: skip
    zone = forms.ChoiceField(label=_("Time zone"), choices=[(zone, zone) for zone in ZONES])
    on_old_lines = forms.BooleanField(
        label=_("Also for lines that arrive more than a day after they were written"),
        required=False,
    )
    unit = forms.TypedChoiceField(
        label=_("Send to the unit"), required=False, coerce=int, empty_value=None
    )
    assignee = forms.TypedChoiceField(
        label=_("Give to"), required=False, coerce=int, empty_value=None
    )
    tags = forms.CharField(
        label=_("Add the tags"), required=False, max_length=400,
        help_text=_("With commas between them. New ones are made."),
    )  # fmt: skip
    priority = forms.TypedChoiceField(
        label=_("Set the priority"), required=False, coerce=int, empty_value=None,
        choices=[("", _("Leave it")), *((level.value, PRIORITY_WORDS[level]) for level in Priority)],
    )  # fmt: skip
    topic = forms.CharField(label=_("Set the topic"), required=False, max_length=40)
    stop = forms.BooleanField(label=_("Ask no rule after this one"), required=False)
    most_per_hour = forms.IntegerField(
        label=_("Switch off at more hits per hour than"), min_value=1, max_value=100_000,
        help_text=_("A brake for rules that hit far more than was meant."),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        accounts: Iterable[Any],
        units: Iterable[BusinessUnit],
        people: Iterable[User],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        leave = ("", _("Leave it"))
        choices = {
            "accounts": [(row.pk, str(row)) for row in accounts],
            "unit": [leave, *((row.pk, row.name) for row in units)],
            "assignee": [leave, *((row.pk, str(row)) for row in people)],
        }
        for name, given in choices.items():
            self.fields[name].choices = given  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Take times for minutes of the day."""
        given = super().clean() or self.cleaned_data
        for name in ("begins", "ends"):
            at = given.get(name)
            if isinstance(at, time):
                given[name] = at.hour * 60 + at.minute
        if given.get("ends") == 0:
            given["ends"] = None if given.get("begins") is None else 24 * 60
        return given

    def conditions(self) -> Conditions:
        """Return when the rule meets. Only of a form that is valid."""
        given = self.cleaned_data
        return Conditions(
            accounts=tuple(given["accounts"]), channels=tuple(given["channels"]),
            keywords=given["keywords"], every_keyword=bool(given["every_keyword"]),
            languages=tuple(given["languages"]), topics=given["topics"],
            handles=tuple(word.lstrip("@") for word in given["handles"]),
            followers_at_least=given["followers_at_least"], vip=given["vip"],
            weekdays=tuple(given["weekdays"]), begins=given["begins"], ends=given["ends"],
            zone=given["zone"],
        )  # fmt: skip

    def outcome(self, tags: Iterable[int]) -> Outcome:
        """Return what follows, with the numbers of its tags. Only of a form that is valid."""
        given = self.cleaned_data
        return Outcome(
            unit=given["unit"], assignee=given["assignee"], tags=tuple(tags),
            priority=given["priority"], topic=folded(given["topic"]), stop=given["stop"],
        )  # fmt: skip

    def tag_names(self) -> list[str]:
        """Return the words of the tags, each once."""
        words = (
            " ".join(word.split()).lstrip("#") for word in self.cleaned_data["tags"].split(",")
        )
        return list(dict.fromkeys(word for word in words if word))


def as_typed(rule: RoutingRule, names: Names) -> dict[str, Any]:
    """Return a rule as its form shows it."""
    conditions, outcome = conditions_of(rule.conditions), outcome_of(rule.outcome)
    shown: dict[str, Any] = asdict(conditions) | asdict(outcome)
    for name in ("keywords", "topics", "handles"):
        shown[name] = "\n".join(shown[name])
    for name in ("begins", "ends"):
        minutes = shown[name]
        shown[name] = None if minutes is None else time(minutes // 60 % 24, minutes % 60)
    return shown | {
        "name": rule.name,
        "every_keyword": "1" if conditions.every_keyword else "",
        "tags": ", ".join(names.tags[tag] for tag in outcome.tags if tag in names.tags),
        "on_old_lines": rule.on_old_lines,
        "most_per_hour": rule.most_per_hour,
    }
