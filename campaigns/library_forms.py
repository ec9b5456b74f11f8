"""The form about an image of the library. Business rules are the actions'."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions.library import LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_RIGHTS, About
from campaigns.models import LibraryImage


class ImageForm(forms.Form):
    """What is said of an image. `version` is what the writer saw."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    alt_text = forms.CharField(
        label=_("Description"), max_length=LONGEST_DESCRIPTION, required=False,
        help_text=_(
            "What the image shows, for those who cannot see it. It goes out with every post that has the image."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    needs_no_words = forms.BooleanField(
        label=_("The image needs no description"), required=False,
        help_text=_("Mere decoration: there is nothing in it to be described."),
    )  # fmt: skip
    rights = forms.CharField(
        label=_("Rights"), max_length=LONGEST_RIGHTS, required=False,
        help_text=_("Who made it, and what we may do with it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    rights_until = forms.DateField(
        label=_("Rights until"), required=False,
        help_text=_("The last day on which we may use it. Leave empty when there is none."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def about(self) -> About:
        """Return what was typed in the action's words."""
        given = self.cleaned_data
        return About(
            name=given["name"], alt_text=given["alt_text"],
            needs_no_words=given["needs_no_words"], rights=given["rights"],
            rights_until=given["rights_until"],
        )  # fmt: skip


def initial_of(image: LibraryImage) -> dict[str, Any]:
    """Return a stored image as the form's first values."""
    return {name: getattr(image, name) for name in ImageForm.base_fields}
