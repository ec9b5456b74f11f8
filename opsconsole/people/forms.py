"""Forms about people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from opsconsole.people.models import UNDO_CHOICES, BusinessUnit, Language, Theme
from opsconsole.people.roles import Role
from opsconsole.people.selectors import PersonFilter
from opsconsole.people.status import ROLE_NAMES

ROLES = [(role.value, ROLE_NAMES[role]) for role in Role]


class SignInForm(AuthenticationForm):
    """Name and password. The error never says which of the two was wrong."""

    error_messages = {
        "invalid_login": _("Name and password do not match."),
        "inactive": _("Name and password do not match."),
    }


class OwnPasswordForm(PasswordChangeForm):
    """Changing one's own password, the old one asked first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
        self.fields["new_password1"].help_text = _(
            "At least 10 characters, not a common word, not your name."
        )


class ProfileForm(forms.Form):
    """How colleagues and customers know me, and how the console speaks to me."""

    nickname = forms.CharField(label=_("Nickname"), max_length=40)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)
    undo_seconds = forms.TypedChoiceField(
        label=_("Undo after sending"),
        coerce=int,
        choices=list(UNDO_CHOICES.items()),
        help_text=_("So long an answer waits before it leaves and can be taken back with z."),
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF, at most 5 MB. It is cut to a square."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )


class FirstPasswordForm(forms.Form):
    """A password that somebody else chooses; shown while it is typed, because it must be told."""

    password = forms.CharField(
        label=_("First password"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("At least 10 characters. They change it themselves later."),
    )


class UserForm(FirstPasswordForm):
    """A new colleague."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("For signing in. Letters, digits and @ . + - _"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    nickname = forms.CharField(
        label=_("Nickname"), max_length=40, help_text=_("What colleagues and customers see.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    field_order = ("username", "nickname", "language", "password")


EVERY_UNIT = "every"


class MembershipForm(forms.Form):
    """A role in a unit, or in every unit: `unit` is None then."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    unit = forms.TypedChoiceField(
        label=_("Unit"), coerce=lambda given: None if given == EVERY_UNIT else int(given)
    )

    def __init__(
        self, *args: Any, units: Iterable[BusinessUnit], every: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named: list[tuple[str, Any]] = [(str(unit.pk), unit.name) for unit in units]
        if every:
            named.append((EVERY_UNIT, _("Every unit")))
        self.fields["unit"].choices = named  # type: ignore[attr-defined]


class PersonFilterForm(forms.Form):
    """Which people to list. What makes no sense restricts nothing."""

    text = forms.CharField(
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name")}),
    )
    unit = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    role = forms.ChoiceField(required=False, choices=[("", _("All roles")), *ROLES])
    state = forms.ChoiceField(
        required=False,
        choices=[("", _("All people")), ("active", _("Active")), ("inactive", _("Deactivated"))],
    )

    def __init__(self, *args: Any, units: Iterable[BusinessUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(unit.pk, unit.name) for unit in units]
        self.fields["unit"].choices = [("", _("All units")), *named]  # type: ignore[attr-defined]

    def filters(self) -> PersonFilter:
        """Return the restrictions that can be understood."""
        self.is_valid()
        return PersonFilter(**{name: given for name, given in self.cleaned_data.items() if given})


class UnitForm(forms.Form):
    """A new business unit."""

    slug = forms.SlugField(
        label=_("Short name"), max_length=40, help_text=_("Latin letters, for addresses.")
    )
    name_ko = forms.CharField(label=_("Name in Korean"), max_length=40)
    name_en = forms.CharField(label=_("Name in English"), max_length=40)
    colour = forms.ChoiceField(
        label=_("Colour"),
        choices=[
            ("blue", _("Blue")), ("teal", _("Teal")), ("green", _("Green")), ("yellow", _("Yellow")),
            ("orange", _("Orange")), ("red", _("Red")), ("pink", _("Pink")), ("violet", _("Violet")),
            ("grey", _("Grey")),
        ],
    )  # fmt: skip
