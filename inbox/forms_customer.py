"""What the customer panel sends, read and bounded. Business rules are the actions'."""

from django import forms

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
