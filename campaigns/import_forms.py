"""The form that takes in a file of posts, and the choice of what is imported. Business rules are the actions'."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.importing.files import LARGEST_FILE
from opsconsole.people.models import BusinessUnit


class UploadForm(forms.Form):
    """A file, and the unit whose posts it holds. `request_key` makes a second click harmless."""

    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx) or CSV, at most 5 MB and 2,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("This file is empty."),
        },
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: Iterable[BusinessUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(unit.pk, unit.name) for unit in units]  # type: ignore[attr-defined]

    def content(self) -> bytes:
        """Return the file's bytes, never more than one beyond what is taken."""
        return bytes(self.cleaned_data["file"].read(LARGEST_FILE + 1))


class CommitForm(forms.Form):
    """Whether the posts become what the file says, or drafts altogether."""

    how = forms.ChoiceField(
        choices=[("file", _("As the file says")), ("drafts", _("All as drafts"))], required=False
    )

    def as_drafts(self) -> bool:
        """Whether all become drafts."""
        return self.is_valid() and self.cleaned_data["how"] == "drafts"
