"""What the inbox screens send, read and bounded. Business rules are the actions'."""

from typing import Any

from django import forms

from opsconsole.kernel.errors import Invalid

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
    then = forms.ChoiceField(choices=[("send", "send"), ("resolve", "resolve")], required=False)


class NoteForm(Words):
    """A word among colleagues."""

    text = forms.CharField(max_length=LONGEST_TEXT)


class ResolveForm(Words):
    """What was on the screen of whoever resolves."""

    seen_version = forms.IntegerField(required=False)


class AssignForm(Words):
    """To whom."""

    assignee = forms.IntegerField()


class HandOverForm(Words):
    """To which unit, and why."""

    unit = forms.IntegerField()
    reason = forms.CharField(max_length=500)


class TagForm(Words):
    """Which word."""

    name = forms.CharField(max_length=60)


class ConfirmForm(Words):
    """Where a delivery of unclear fate was found."""

    address = forms.CharField(max_length=600)
