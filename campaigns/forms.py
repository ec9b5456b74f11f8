"""The form of a post: one text, own words per account, a time. Business rules are the actions'."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from campaigns.contents import Content, Picked, Placing
from campaigns.fields import Numbers, Texts
from campaigns.models import Campaign, LibraryImage, Post
from campaigns.status import LATE_CHOICES, late_word
from channels.models import ChannelAccount
from channels.registry import capabilities_for
from channels.types import Threading
from opsconsole.people.models import BusinessUnit

#: Far above any platform's limit; keeps a pasted book out of the checks.
LONGEST_TEXT = 100_000
SEOUL = "Asia/Seoul"
#: A picture and an account where it does not go out.
_PAIR = re.compile(r"[0-9]{1,18}:[0-9]{1,18}")


class PostForm(forms.Form):
    """What a writer types. `version` is what they saw; `request_key` makes a second click harmless."""

    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        required=False,
        help_text=_("Blogs show it as the headline."),
    )
    campaign = forms.TypedChoiceField(
        label=_("Campaign"), coerce=int, required=False, empty_value=None
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
    lateness = forms.ChoiceField(
        label=_("If it cannot leave at its time"), required=False, choices=LATE_CHOICES,
        help_text=_("When workers are down, the account rests, or a hold is lifted late."),
    )  # fmt: skip
    images = Numbers()
    is_announced = forms.BooleanField(
        label=_("Announce when live"),
        required=False,
        help_text=_(
            "X and Facebook wait until the article stands on the blog, and carry its address: where "
            "{{link}} stands in the text, else at its end."
        ),
    )
    link_tag = forms.CharField(
        label=_("Campaign in links"),
        required=False,
        max_length=60,
        help_text=_(
            "With it every link says which account a visitor came from (utm_source, utm_campaign)."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    left_out = Texts(longest=40)
    request_key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        accounts: Iterable[ChannelAccount],
        units: Iterable[BusinessUnit],
        silent: Iterable[ChannelAccount] = (),
        post: Post | None = None,
        campaigns: Iterable[Campaign] = (),
        library: QuerySet[LibraryImage] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.library = library
        self.time_zone = post.time_zone if post else SEOUL
        if post:
            self.fields["unit"].disabled = True
        if self.time_zone != SEOUL:
            self.fields["local_time"].label = _("Time in %(zone)s") % {"zone": self.time_zone}
            self.fields["local_time"].help_text = _("To the second.")
        self.choices, self.silent = list(accounts), list(silent)
        self.fields["accounts"].choices = [(a.pk, a.name) for a in self.choices]  # type: ignore[attr-defined]
        offered = [post.unit] if post else units
        self.fields["unit"].choices = [(unit.pk, unit.name) for unit in offered]  # type: ignore[attr-defined]
        named = {campaign.pk: campaign.name for campaign in campaigns}
        if post and post.campaign:
            named.setdefault(post.campaign.pk, post.campaign.name)
        self.fields["campaign"].choices = [("", _("None")), *named.items()]  # type: ignore[attr-defined]
        present = self.initial.get("lateness") or ""
        if present not in dict(LATE_CHOICES):
            offered_late = [*LATE_CHOICES, (present, late_word(present))]
            self.fields["lateness"].choices = offered_late  # type: ignore[attr-defined]
        for account in self.choices:
            self._add_fields(account)

    def _add_fields(self, account: ChannelAccount) -> None:
        """Add what can be set for one account alone."""
        limits = capabilities_for(account.kind)
        self.fields[f"text_{account.pk}"] = _own_words(account)
        if limits.threading != Threading.NONE:
            self.fields[f"part_{account.pk}"] = Texts(longest=LONGEST_TEXT)
        if limits.has_categories:
            self.fields[f"excerpt_{account.pk}"] = forms.CharField(
                label=_("Summary"), required=False, max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Blogs show it in lists, and search engines under the title."),
            )  # fmt: skip
            self.fields[f"categories_{account.pk}"] = forms.TypedMultipleChoiceField(
                label=_("Categories"), coerce=int, required=False,
                choices=[(row["number"], row["name"]) for row in account.categories],
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip

    def clean_local_time(self) -> Any:
        """Keep the wall time as typed: it is no instant yet."""
        at = self.cleaned_data["local_time"]
        return at.replace(tzinfo=None) if at else None

    def content(self) -> Content:
        """Return what was typed in the action's words; what is not valid yet is left out, for a preview."""
        given = self.cleaned_data
        chosen = given.get("accounts", [])
        own = {pk: given[f"text_{pk}"] for pk in chosen if given.get(f"text_{pk}", "").strip()}
        return Content(
            title=given.get("title", ""),
            body=given.get("body", ""),
            account_ids=chosen,
            wording=own,
            local_time=given.get("local_time"),
            time_zone=self.time_zone,
            campaign=given.get("campaign"),
            placing={pk: self._placing(pk) for pk in chosen},
            images=[Picked(pk, self._shown(pk)) for pk in given.get("images", [])],
            is_announced=given.get("is_announced", False),
            link_tag=given.get("link_tag", ""),
            lateness=given.get("lateness", ""),
        )

    def first_content(self) -> Content:
        """Return the first values in the action's words, for a preview before anything was typed."""
        first = PostForm(
            _as_sent(self.initial), accounts=self.choices, units=[], library=self.library
        )
        first.is_valid()
        first.time_zone = self.time_zone
        return first.content()

    def _placing(self, pk: int) -> Placing:
        given = self.cleaned_data
        pairs = [one.partition(":") for one in given.get("left_out", [])]
        left_out = [int(image) for image, _colon, account in pairs if account == str(pk)]
        parts = [text for text in given.get(f"part_{pk}", []) if text.strip()]
        excerpt, categories = given.get(f"excerpt_{pk}", ""), given.get(f"categories_{pk}", [])
        return Placing(parts, excerpt, categories, left_out)

    def clean_left_out(self) -> list[str]:
        """Take only pairs of a picture and an account."""
        given: list[str] = self.cleaned_data["left_out"]
        return [one for one in given if _PAIR.fullmatch(one)]

    def _shown(self, pk: int) -> str:
        """Return what a picture shows, as typed beside it."""
        if self.is_bound:
            return str(self.data.get(f"alt_{pk}", ""))
        return str(self.initial.get(f"alt_{pk}", ""))

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """Return the chosen pictures that are there, in their order, with what they show. One query."""
        chosen = [int(one) for one in self["images"].value() or [] if str(one).isdigit()]
        if self.library is None or not chosen:
            return []
        rows = {row.pk: row for row in self.library.filter(pk__in=chosen)}
        return [
            {"image": rows[pk], "alt_text": self._shown(pk) or rows[pk].alt_text}
            for pk in dict.fromkeys(chosen)
            if pk in rows
        ]

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
                **self._own(account),
            }
            for account in self.choices
        ]

    def _own(self, account: ChannelAccount) -> dict[str, Any]:
        """Return the fields of one account that exist, and the pictures left out there."""
        pk = account.pk
        names = {"excerpt": f"excerpt_{pk}", "categories": f"categories_{pk}"}
        pairs = [str(one).partition(":") for one in self["left_out"].value() or []]
        threads = self[f"part_{pk}"] if f"part_{pk}" in self.fields else None
        return {
            "threads": threads,
            "parts": [text for text in (threads and threads.value()) or [] if text.strip()],
            "left_out": [image for image, _colon, account_id in pairs if account_id == str(pk)],
            **{short: self[name] for short, name in names.items() if name in self.fields},
        }


def _as_sent(initial: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    """Return first values as a browser would send them."""
    lists = {
        name: list(value) if isinstance(value, list | tuple) else [value]
        for name, value in initial.items()
        if value not in (None, False, "")
    }
    return MultiValueDict(lists)


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
    targets = list(post.targets.prefetch_related("parts"))
    own: dict[str, Any] = {}
    for target in targets:
        pk = target.account_id
        own |= {
            f"text_{pk}": target.text,
            f"part_{pk}": [part.text for part in target.parts.all()],
            f"excerpt_{pk}": target.excerpt,
            f"categories_{pk}": target.categories,
        }
    images = list(post.images.all())
    own |= {f"alt_{row.image_id}": row.alt_text for row in images}
    return {
        "unit": post.unit_id,
        "campaign": post.campaign_id,
        "title": post.title,
        "body": post.body,
        "accounts": [target.account_id for target in targets],
        "local_time": post.local_time,
        "lateness": post.lateness,
        "request_key": post.request_key,
        "version": post.version,
        "images": [row.image_id for row in images],
        "left_out": [f"{pk}:{row.account_id}" for row in targets for pk in row.left_out],
        "is_announced": post.is_announced,
        "link_tag": post.link_tag,
        **own,
    }
