"""What the customer panel sends, read and bounded. Business rules are the actions'."""

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.actions.erasing import LONGEST_REASON
from inbox.forms import LONGEST_TEXT, Words


class VipForm(Words):
    """Whether the customer is a VIP, and why."""

    is_vip = forms.BooleanField(required=False)
    reason = forms.CharField(max_length=LONGEST_TEXT, required=False)


class LanguageForm(Words):
    """In which language; empty: the one they write in."""

    language = forms.CharField(max_length=12, required=False)


class ContactForm(Words):
    """Which other contact."""

    contact = forms.IntegerField()


class ContactNoteForm(Words):
    """What to remember."""

    text = forms.CharField(max_length=LONGEST_TEXT)


class BlockForm(Words):
    """Why."""

    reason = forms.CharField(max_length=LONGEST_TEXT, required=False)


class EraseForm(forms.Form):
    """On whose request a customer is erased, and that it is meant."""

    reason = forms.CharField(
        label=_("On whose request"), max_length=LONGEST_REASON,
        help_text=_("Name the request, not the person: this line is kept in the log."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    is_sure = forms.BooleanField(label=_("I know that this cannot be undone."))
