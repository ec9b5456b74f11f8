"""The form of a post: one text, own words per account, a time. Business rules are the actions'."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions import Content
from campaigns.models import Post
from channels.models import ChannelAccount
from channels.registry import capabilities_for
from opsconsole.people.models import BusinessUnit

#: Far above any platform's limit; keeps a pasted book out of the checks.
LONGEST_TEXT = 100_000
SEOUL = "Asia/Seoul"


class PostForm(forms.Form):
    """What a writer types. `version` is what they saw; `request_key` makes a second click harmless."""

    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        required=False,
        help_text=_("Blogs show it as the headline."),
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    accounts = forms.TypedMultipleChoiceField(
        label=_("Accounts"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    local_time = forms.DateTimeField(
        label=_("Time in Seoul"),
        required=False,
        input_formats=[
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%d %H:%M",
        ],
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
        ),
        help_text=_("To the second. Seoul has no summer time."),
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        accounts: Iterable[ChannelAccount],
        units: Iterable[BusinessUnit],
        post: Post | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone = post.time_zone if post else SEOUL
        if post:
            self.fields["unit"].disabled = True
        if self.time_zone != SEOUL:
            self.fields["local_time"].label = _("Time in %(zone)s") % {"zone": self.time_zone}
            self.fields["local_time"].help_text = _("To the second.")
        self.choices = list(accounts)
        self.fields["accounts"].choices = [(a.pk, a.name) for a in self.choices]  # type: ignore[attr-defined]
        offered = [post.unit] if post else units
        self.fields["unit"].choices = [(unit.pk, unit.name) for unit in offered]  # type: ignore[attr-defined]
        for account in self.choices:
            self.fields[f"text_{account.pk}"] = _own_words(account)

    def clean_local_time(self) -> Any:
        """Keep the wall time as typed: it is no instant yet."""
        at = self.cleaned_data["local_time"]
        return at.replace(tzinfo=None) if at else None

    def content(self) -> Content:
        """Return what was typed in the action's words."""
        given = self.cleaned_data
        chosen = given["accounts"]
        own = {pk: given[f"text_{pk}"] for pk in chosen if given.get(f"text_{pk}", "").strip()}
        return Content(
            given["title"], given["body"], chosen, own, given["local_time"], self.time_zone
        )

    @property
    def placements(self) -> list[dict[str, Any]]:
        """Return each account with its limits, its own words, and whether it is chosen."""
        chosen = {str(pk) for pk in self["accounts"].value() or []}
        return [
            {
                "account": account,
                "limits": capabilities_for(account.kind),
                "words": self[f"text_{account.pk}"],
                "is_chosen": str(account.pk) in chosen,
            }
            for account in self.choices
        ]


def _own_words(account: ChannelAccount) -> forms.CharField:
    limits = capabilities_for(account.kind)
    counted = {"rows": 4, "data-counting": limits.counting, "data-max": limits.max_length}
    return forms.CharField(
        label=_("Own words for %(account)s") % {"account": account.name},
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs=counted),
    )


def initial_of(post: Post) -> dict[str, Any]:
    """Return a stored post as the form's first values."""
    targets = list(post.targets.all())
    words = {f"text_{target.account_id}": target.text for target in targets}
    return {
        "unit": post.unit_id,
        "title": post.title,
        "body": post.body,
        "accounts": [target.account_id for target in targets],
        "local_time": post.local_time,
        "request_key": post.request_key,
        "version": post.version,
        **words,
    }
