"""What the screen of an account's search asks for. Business rules are the actions'."""

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.queries import LONGEST


class ListeningForm(forms.Form):
    """Words to search for, and whether reposts come in."""

    query = forms.CharField(
        label=_("Search for"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_(
            "Words, “exact phrases” in straight quotation marks, #tags, OR, brackets, and - before "
            "what shall not be in it. lang:ko keeps to Korean. Empty: no search."
        ),
    )
    with_reposts = forms.BooleanField(
        label=_("Reposts come in too"),
        required=False,
        help_text=_("Somebody passes on a post that mentions you, or one of yours."),
    )
