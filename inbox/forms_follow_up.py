"""What is sent about promises, read and bounded. Business rules are the actions'."""

from django import forms

from inbox.forms import LONGEST_TEXT, Words


class PromiseForm(Words):
    """A promise: what, by when, by whom. Moments are wall times in Seoul."""

    quote = forms.CharField(max_length=LONGEST_TEXT)
    due_at = forms.DateTimeField()
    message = forms.IntegerField(required=False)
    owner = forms.IntegerField(required=False)


class NoPromiseForm(Words):
    """A sentence that is none."""

    quote = forms.CharField(max_length=LONGEST_TEXT)
    message = forms.IntegerField()


class PromiseChangeForm(Words):
    """Another day or another owner."""

    due_at = forms.DateTimeField()
    owner = forms.IntegerField(required=False)
