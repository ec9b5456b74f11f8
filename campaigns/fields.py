"""Fields of forms that the framework lacks: one name, many values."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _


class RepeatedInput(forms.Widget):
    """Reads every value that a form sends under one name. Templates draw it themselves."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return all values in their order; a plain mapping holds a list already."""
        return data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Nothing sent means that all were taken away."""
        return False


class Texts(forms.Field):
    """Several texts, each of at most `longest` characters."""

    widget = RepeatedInput

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.longest = longest

    def to_python(self, value: Any) -> list[str]:
        """Return the texts as typed; ValidationError for one that is too long."""
        texts = [str(text) for text in value or []]
        if any(len(text) > self.longest for text in texts):
            raise ValidationError(
                _("At most %(count)d characters.") % {"count": self.longest}, code="too_long"
            )
        return texts


class Numbers(forms.Field):
    """Several numbers, in the order in which they were chosen."""

    widget = RepeatedInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> list[int]:
        """Return the numbers; ValidationError for anything else."""
        given = [str(one) for one in value or []]
        if any(not (one.isascii() and one.isdigit() and len(one) < 19) for one in given):
            raise ValidationError(_("Choose from the list."), code="invalid")
        return [int(one) for one in given]
