"""The forms of live desks. Business rules are the actions'."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions.live_desks import LONGEST_NAME, Seat
from campaigns.actions.live_snippets import LONGEST
from campaigns.lifecycle import LiveMode
from campaigns.models import Campaign, PostTarget
from campaigns.selectors.live import is_chained
from channels.models import ChannelAccount

_MODES = [
    (LiveMode.UNDER, _("As comments under the master post")),
    (LiveMode.APART, _("Each as a post of its own")),
]


class LiveDeskForm(forms.Form):
    """What whoever opens a desk chooses. `request_key` makes a second click harmless."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("What is reported: a launch, a talk."),
    )
    campaign = forms.TypedChoiceField(
        label=_("Campaign"), coerce=int, required=False, empty_value=None
    )
    accounts = forms.TypedMultipleChoiceField(
        label=_("Accounts"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    snippets = forms.CharField(
        label=_("Snippets"), required=False, strip=False, max_length=100_000,
        help_text=_("Words prepared beforehand; an empty line begins the next. More can be added at the desk."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        accounts: Iterable[ChannelAccount],
        masters: Mapping[int, list[PostTarget]],
        campaigns: Iterable[Campaign],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.choices = list(accounts)
        self.fields["accounts"].choices = [(row.pk, row.name) for row in self.choices]  # type: ignore[attr-defined]
        named = [(row.pk, row.name) for row in campaigns]
        self.fields["campaign"].choices = [("", _("None")), *named]  # type: ignore[attr-defined]
        for account in self.choices:
            self.fields[f"master_{account.pk}"] = _master(account, masters.get(account.pk, []))
            if not is_chained(account):
                self.fields[f"mode_{account.pk}"] = forms.ChoiceField(
                    label=_("What follows"), choices=_MODES, initial=LiveMode.UNDER, required=False
                )

    def seats(self) -> list[Seat]:
        """Return what was chosen in the action's words."""
        given = self.cleaned_data
        return [
            Seat(pk, given.get(f"mode_{pk}") or LiveMode.UNDER, given[f"master_{pk}"])
            for pk in given["accounts"]
        ]

    def snippet_texts(self) -> list[str]:
        """Return the snippets that were typed, in their order."""
        lines = self.cleaned_data["snippets"].replace("\r\n", "\n").split("\n")
        found: list[list[str]] = [[]]
        for line in lines:
            if line.strip():
                found[-1].append(line.rstrip())
            elif found[-1]:
                found.append([])
        return ["\n".join(block) for block in found if block]

    @property
    def seats_offered(self) -> list[dict[str, Any]]:
        """Return each account with its own fields, and whether it is chosen."""
        chosen = {str(pk) for pk in self["accounts"].value() or []}
        return [
            {
                "account": account,
                "master": self[f"master_{account.pk}"],
                "mode": self[f"mode_{account.pk}"]
                if f"mode_{account.pk}" in self.fields
                else None,
                "is_chosen": str(account.pk) in chosen,
            }
            for account in self.choices
        ]


def _master(account: ChannelAccount, targets: Iterable[PostTarget]) -> forms.TypedChoiceField:
    named = [(target.pk, _title(target)) for target in targets]
    return forms.TypedChoiceField(
        label=_("Master post on %(account)s") % {"account": account.name}, coerce=int,
        required=False, empty_value=None,
        choices=[("", _("The first words said at the desk")), *named],
    )  # fmt: skip


def _title(target: PostTarget) -> str:
    words = " ".join((target.post.title or target.wording).split())
    return words if len(words) <= 70 else f"{words[:69]}…"


class SayForm(forms.Form):
    """Something to say. Its words are looked at by the action, account by account."""

    text = forms.CharField(max_length=100_000, strip=False)
    request_key = forms.UUIDField()
    places = forms.TypedMultipleChoiceField(coerce=int, required=False)
    has_places = forms.BooleanField(required=False)
    snippet = forms.IntegerField(required=False)
    confirm = forms.CharField(max_length=20, required=False)

    def __init__(self, *args: Any, places: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["places"].choices = [(pk, pk) for pk in places]  # type: ignore[attr-defined]


class SnippetForm(forms.Form):
    """Words prepared for a desk; `version` is what whoever changes them saw."""

    text = forms.CharField(
        label=_("Snippet"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_kept = forms.BooleanField(label=_("Keep it after use"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
