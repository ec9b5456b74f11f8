"""What the screen of who signs on a blog asks for. Business rules are the actions'."""

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.actions.signatures import OPERATOR

OTHER = "user"


class SignatureForm(forms.Form):
    """Who signs answers."""

    who = forms.ChoiceField(
        label=_("Answers are signed by"),
        choices=[
            ("", _("the account's own user on the blog")),
            (OPERATOR, _("the operator who wrote them, by nickname")),
            (OTHER, _("another user of the blog")),
        ],
        required=False,
    )
    number = forms.IntegerField(
        label=_("Number of that user"),
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text=_("It stands in the address of the user's page in WordPress, behind user_id="),
    )

    @property
    def signs_as(self) -> str:
        """Return the choice in the action's words."""
        if self.cleaned_data["who"] == OTHER:
            return f"user:{self.cleaned_data['number'] or ''}"
        return str(self.cleaned_data["who"])


def initial_of(signs_as: str) -> dict[str, object]:
    """Return a stored choice as the form's first values."""
    if signs_as.startswith(f"{OTHER}:"):
        return {"who": OTHER, "number": int(signs_as.removeprefix(f"{OTHER}:"))}
    return {"who": signs_as}
