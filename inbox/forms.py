"""What the inbox screens send, read and bounded. Business rules are the actions'."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from channels.types import ModerationVerb
from inbox.lifecycle import BulkAct, DraftKind, HandOverReason, PresenceState, Resolution
from inbox.sending_times import SEND_CHOICES
from inbox.snoozes import SnoozeChoice
from inbox.status import HAND_OVER_WORDS, RESOLUTION_KEYS
from opsconsole.kernel.errors import Invalid
from opsconsole.people.models import BusinessUnit

#: Far above any platform's limit; keeps a pasted book out of the checks.
LONGEST_TEXT = 100_000


class Words(forms.Form):
    """A form whose first fault becomes one sentence."""

    def values(self) -> dict[str, Any]:
        """Return what was sent; Invalid says what is wrong."""
        if not self.is_valid():
            field, faults = next(iter(self.errors.items()))
            raise Invalid(str(faults[0]), field=field)
        return self.cleaned_data


class ReplyForm(Words):
    """A public answer. `request_key` makes a second click harmless."""

    text = forms.CharField(max_length=LONGEST_TEXT, strip=False)
    answers = forms.IntegerField()
    request_key = forms.UUIDField()
    seen_version = forms.IntegerField(required=False)
    seen_at = forms.DateTimeField(required=False)
    then = forms.ChoiceField(
        choices=[
            (choice, choice) for choice in ("send", "resolve", "part", "anyway", "anyway_part")
        ],
        required=False,
    )
    confirm = forms.CharField(max_length=64, required=False)
    audience = forms.ChoiceField(
        choices=[("public", "public"), ("private", "private")], required=False
    )
    speaks_as = forms.IntegerField(required=False)


class ScheduleForm(ReplyForm):
    """A public answer for later: one of the quick choices, or a time of one's own."""

    choice = forms.ChoiceField(choices=[(name, name) for name in SEND_CHOICES], required=False)
    send_at = forms.DateTimeField(required=False)
    resolve_after = forms.BooleanField(required=False)


class ModerateForm(Words):
    """What to do with a message."""

    verb = forms.ChoiceField(choices=[(verb.value, verb.value) for verb in ModerationVerb])


class NoteForm(Words):
    """A word among colleagues."""

    text = forms.CharField(max_length=LONGEST_TEXT)
    draft_key = forms.UUIDField(required=False)


class DraftForm(Words):
    """What is being typed, every second or so."""

    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in DraftKind])
    text = forms.CharField(max_length=LONGEST_TEXT, strip=False, required=False)
    request_key = forms.UUIDField()
    revision = forms.IntegerField(min_value=0)
    seen_version = forms.IntegerField(required=False)
    seen_at = forms.DateTimeField(required=False)
    tab = forms.CharField(max_length=36, required=False)
    private = forms.NullBooleanField(required=False)


class PresenceForm(Words):
    """A sign of life of a tab, or its good-bye."""

    tab = forms.CharField(max_length=36)
    state = forms.ChoiceField(
        choices=[(state, state) for state in (*map(str, PresenceState), "away", "gone")]
    )
    answering = forms.BooleanField(required=False)


class ReasonForm(Words):
    """Why."""

    reason = forms.CharField(max_length=300)


class ResolveForm(Words):
    """What was on the screen of whoever resolves, and why they do."""

    seen_version = forms.IntegerField(required=False)
    resolution = forms.ChoiceField(
        choices=[(word.value, word.value) for word in RESOLUTION_KEYS], required=False
    )


class SnoozeForm(Words):
    """Until when: a choice of the menu, or a moment of one's own in the console's zone."""

    seen_version = forms.IntegerField(required=False)
    choice = forms.ChoiceField(choices=[(word.value, word.value) for word in SnoozeChoice])
    at = forms.DateTimeField(
        required=False,
        error_messages={"invalid": _("Choose a moment within the next year.")},
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    reason = forms.CharField(required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        """A moment of one's own must be named."""
        given = super().clean() or {}
        if given.get("choice") == SnoozeChoice.OWN and not given.get("at"):
            raise forms.ValidationError(_("Choose a moment within the next year."))
        return given


class ReadForm(Words):
    """What was on the screen of whoever read."""

    version = forms.IntegerField(min_value=0)
    newest = forms.IntegerField(min_value=0)


class AssignForm(Words):
    """To whom."""

    assignee = forms.IntegerField()


class HandOverForm(Words):
    """To which unit, and why."""

    unit = forms.IntegerField()
    kind = forms.ChoiceField(
        choices=list(HAND_OVER_WORDS.items()), required=False, initial=HandOverReason.OTHER
    )
    reason = forms.CharField(max_length=500)


class TagForm(Words):
    """Which word."""

    name = forms.CharField(max_length=60)


class ConfirmForm(Words):
    """Where a delivery of unclear fate was found."""

    address = forms.CharField(max_length=600)


class ViewForm(forms.Form):
    """A list's name, and with whom it is shared."""

    name = forms.CharField(
        label=_("Name"), max_length=60,
        help_text=_("A view of yours that has this name already is replaced."),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        BusinessUnit.objects.none(), label=_("For whom"), required=False, empty_label=_("Only me")
    )

    def __init__(self, *args: Any, units: QuerySet[BusinessUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = units


class BulkForm(Words):
    """What is to be done with which conversations. `chosen` are number and version, as the rows have them."""

    act = forms.ChoiceField(choices=[(act.value, act.value) for act in BulkAct])
    request_key = forms.UUIDField()
    whole = forms.BooleanField(required=False)
    list = forms.CharField(max_length=2000, required=False)
    assignee = forms.IntegerField(required=False)
    unit = forms.IntegerField(required=False)
    kind = forms.ChoiceField(choices=[*HAND_OVER_WORDS.items()], required=False)
    reason = forms.CharField(max_length=500, required=False)
    resolution = forms.ChoiceField(
        choices=[(word.value, word.value) for word in Resolution], required=False
    )
    choice = forms.ChoiceField(
        choices=[(word.value, word.value) for word in SnoozeChoice], required=False
    )
    tag = forms.CharField(max_length=60, required=False)


def chosen_rows(given: Iterable[str]) -> list[tuple[int, int]]:
    """Read number and version of each chosen row; what is neither is left out."""
    pairs = (value.partition(":")[::2] for value in given)
    return [(int(pk), int(version)) for pk, version in pairs if _is_number(pk, version)]


def _is_number(*given: str) -> bool:
    return all(value.isascii() and value.isdigit() and len(value) <= 18 for value in given)
