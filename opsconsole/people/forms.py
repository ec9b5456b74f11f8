"""Forms about people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from opsconsole.people.models import BusinessUnit, Language, Theme
from opsconsole.people.roles import Role
from opsconsole.people.status import ROLE_NAMES


class SignInForm(AuthenticationForm):
    """Name and password. The error never says which of the two was wrong."""

    error_messages = {
        "invalid_login": _("Name and password do not match."),
        "inactive": _("Name and password do not match."),
    }


class OwnPasswordForm(PasswordChangeForm):
    """Changing one's own password, the old one asked first."""


class ProfileForm(forms.Form):
    """How colleagues and customers know me, and how the console speaks to me."""

    nickname = forms.CharField(label=_("Nickname"), max_length=40)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF, at most 5 MB. It is cut to a square."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )


class UserForm(forms.Form):
    """A new colleague."""

    username = forms.CharField(label=_("User name"), max_length=150)
    nickname = forms.CharField(label=_("Nickname"), max_length=40)
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. They change it themselves later."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)


class MembershipForm(forms.Form):
    """A role in a unit."""

    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int, empty_value=None, required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, ROLE_NAMES[role]) for role in Role]
    )

    def __init__(self, *args: Any, units: Iterable[BusinessUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("Every unit")), *((unit.pk, unit.name) for unit in units)]
        self.fields["unit"].choices = every  # type: ignore[attr-defined]


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
