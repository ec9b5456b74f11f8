"""What the screens about initials and saved replies send."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.cotags import Style
from inbox.forms import LONGEST_TEXT, Words
from inbox.selectors.saved_replies import SavedFilter
from inbox.status import STYLE_WORDS
from opsconsole.people.models import BusinessUnit, Language

#: Stands for every account, every unit and the like in a list of choices.
EVERY = ""
_INPUT = {"class": "input"}


def _number_or_none(given: str) -> int | None:
    return int(given) if given else None


class CoTagForm(forms.Form):
    """Initials, for whom, and where. `account` is None for every account."""

    initials = forms.CharField(
        label=_("Initials"), max_length=7,
        help_text=_("1 to 6 letters or digits. Customers read them behind your answers, as in ^YN."),
        widget=forms.TextInput(attrs=_INPUT | {"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    account = forms.TypedChoiceField(
        label=_("On"), required=False, coerce=_number_or_none, empty_value=None,
        widget=forms.Select(attrs=_INPUT),
    )  # fmt: skip
    user = forms.TypedChoiceField(
        label=_("Whose"), required=False, coerce=int, empty_value=None,
        widget=forms.Select(attrs=_INPUT),
    )  # fmt: skip

    def __init__(
        self, *args: Any, accounts: Iterable[Any], people: Iterable[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(row.pk), str(row)) for row in accounts]
        self.fields["account"].choices = [(EVERY, _("Every account")), *named]  # type: ignore[attr-defined]
        choices = [(str(row.pk), str(row)) for row in people]
        if choices:
            self.fields["user"].choices = [(EVERY, _("Me")), *choices]  # type: ignore[attr-defined]
        else:
            del self.fields["user"]


class SigningForm(forms.Form):
    """How an account's answers are signed."""

    is_on = forms.BooleanField(required=False)
    style = forms.ChoiceField(choices=[(style.value, STYLE_WORDS[style]) for style in Style])


class DecideForm(Words):
    """Which candidate is decided about, as it was seen."""

    digest = forms.CharField(max_length=64)


class ApproveForm(DecideForm):
    """Let it out: as it is, or edited. `read_version` says what came since has been read."""

    is_edited = forms.BooleanField(required=False)
    text = forms.CharField(max_length=LONGEST_TEXT, required=False, strip=False)
    shown = forms.CharField(max_length=LONGEST_TEXT, required=False, strip=False)
    read_version = forms.IntegerField(required=False)
    confirm = forms.CharField(max_length=64, required=False)


class DeclineForm(DecideForm):
    """Give it back, with a word about it."""

    note = forms.CharField(max_length=500, required=False)


_LANGUAGES = [("", _("Any language")), *Language.choices]


class SavedReplyForm(forms.Form):
    """A saved reply: its words, and who is offered it."""

    title = forms.CharField(
        label=_("Title"), max_length=80, widget=forms.TextInput(attrs=_INPUT),
    )  # fmt: skip
    shortcut = forms.CharField(
        label=_("Shortcut"), max_length=31,
        help_text=_("One word that you type behind the slash."),
        widget=forms.TextInput(attrs=_INPUT | {"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Text"), max_length=8000, strip=False,
        widget=forms.Textarea(attrs=_INPUT | {"rows": 6, "dir": "auto"}),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=_LANGUAGES,
        help_text=_("Customers who write in it are offered this one first."),
        widget=forms.Select(attrs=_INPUT),
    )  # fmt: skip
    unit = forms.TypedChoiceField(
        label=_("Unit"), required=False, coerce=_number_or_none, empty_value=None,
        widget=forms.Select(attrs=_INPUT),
    )  # fmt: skip
    is_shared = forms.BooleanField(
        label=_("Shared with everybody there"), required=False,
        help_text=_("Otherwise only you are offered it."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, units: Iterable[BusinessUnit], may_share: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(unit.pk), unit.name) for unit in units]
        self.fields["unit"].choices = [(EVERY, _("Every unit")), *named]  # type: ignore[attr-defined]
        if not may_share:
            del self.fields["is_shared"]


class SavedFilterForm(forms.Form):
    """Which saved replies to list. What makes no sense restricts nothing."""

    text = forms.CharField(
        label=_("Words"), required=False, max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Title, shortcut or text")}),
    )  # fmt: skip
    unit = forms.TypedChoiceField(
        label=_("Unit"), required=False, coerce=_number_or_none, empty_value=None
    )
    language = forms.ChoiceField(label=_("Language"), required=False, choices=_LANGUAGES)
    whose = forms.ChoiceField(
        label=_("Whose"), required=False,
        choices=[("", _("Mine and shared")), ("mine", _("Mine")), ("shared", _("Shared"))],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("In use")), ("archived", _("Archived"))]
    )

    def __init__(self, *args: Any, units: Iterable[BusinessUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(unit.pk), unit.name) for unit in units]
        self.fields["unit"].choices = [(EVERY, _("All units")), *named]  # type: ignore[attr-defined]

    def filters(self) -> SavedFilter:
        """Return what was understood."""
        self.is_valid()
        given = {
            name: value for name, value in self.cleaned_data.items() if value not in ("", None)
        }
        return SavedFilter(**given)
