"""The form of how one wants to be told: a table of occasions, and the digest."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.models import NoticePreference
from inbox.notice_words import DIGEST_WORDS, NOTICE_WORDS
from inbox.notices import Digest, NoticeKind

KINDS = [(kind.value, name) for kind, (_said, name, _icon) in NOTICE_WORDS.items()]
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class NoticePreferenceForm(forms.Form):
    """Which occasions reach the bell, which knock at the desktop, and whether a digest is sent."""

    bell = forms.MultipleChoiceField(choices=KINDS, required=False)
    browser = forms.MultipleChoiceField(choices=KINDS, required=False)
    digest = forms.ChoiceField(
        label=_("Digest of what is unread"),
        choices=[(digest.value, words) for digest, words in DIGEST_WORDS.items()],
        widget=forms.Select(attrs={"class": "input"}),
    )
    digest_at = forms.TypedChoiceField(
        label=_("At"), choices=HOURS, coerce=int, widget=forms.Select(attrs={"class": "input"})
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"class": "input"}),
    )

    def __init__(self, given: Any, *, stored: NoticePreference) -> None:
        initial = {
            "bell": [kind for kind, _name in KINDS if kind not in stored.muted],
            "browser": stored.browser,
            "digest": stored.digest,
            "digest_at": stored.digest_at,
            "email": stored.email,
        }
        super().__init__(given, initial=initial)

    def rows(self) -> list[dict[str, Any]]:
        """Return one line for each occasion, with what is ticked."""
        bell, browser = self["bell"].value() or [], self["browser"].value() or []
        return [
            {"kind": kind, "name": name, "bell": kind in bell, "browser": kind in browser}
            for kind, name in KINDS
        ]

    def values(self) -> dict[str, Any]:
        """Return what was chosen, as `notice_preference_set` takes it."""
        given = self.cleaned_data
        bell = set(given["bell"])
        return {
            "muted": [NoticeKind(kind) for kind, _name in KINDS if kind not in bell],
            "browser": [NoticeKind(kind) for kind in given["browser"] if kind in bell],
            "digest": Digest(given["digest"]),
            "digest_at": given["digest_at"],
            "email": given["email"],
        }
