"""What an address asks the queue for: a view, a saved view, filters; and its tabs and chips."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from inbox.models import SavedView
from inbox.selectors.choices import chosen_names
from inbox.selectors.filters import ME, NOBODY, QueueFilter
from inbox.selectors.queue import COUNT_LIMIT
from inbox.selectors.saved_views import Shelf, shelf_of
from inbox.views.base import ActorRequest, number
from opsconsole.kernel.actor import Actor

#: View -> its name. The first few are always in sight, the others in the menu beside them.
VIEW_NAMES = {
    "open": _("Open"),
    "mine": _("Mine"),
    "unassigned": _("Unassigned"),
    "mentions": _("Mentions of me"),
    "approval": _("For approval"),
    "snoozed": _("Snoozed"),
    "waiting": _("Answered"),
    "resolved": _("Resolved"),
    "spam": pgettext_lazy("why something is resolved", "Spam"),
    "all": _("All"),
}
IN_SIGHT = ("open", "mine", "unassigned")
CLOCK_NAMES = {
    "overdue": _("Overdue"),
    "hour": _("Due within an hour"),
    "today": _("Due today"),
    "breached": _("Missed"),
}
LABELS = {
    "channel": _("Channel"), "account": _("Account"), "unit": _("Business unit"),
    "assignee": _("Assignee"), "tag": _("Tag"), "topic": _("Topic"), "language": _("Language"),
    "vip": _("Customer"), "followers": _("Followers from"), "clock": _("Clock"),
    "since": _("From"), "until": _("Until"), "text": _("Search"),
}  # fmt: skip
LANGUAGE_NAMES = {
    "ko": _("Korean"), "en": _("English"), "ja": _("Japanese"), "zh": _("Chinese"),
    "vi": _("Vietnamese"),
}  # fmt: skip
CHANNEL_NAMES = {"x": _("X"), "facebook": _("Facebook"), "blog": _("Blog"), "feed": _("Feed")}


@dataclass(frozen=True, slots=True)
class Tab:
    """One way to look at the queue."""

    view: str
    label: Any
    count: str
    query: str
    here: bool
    in_sight: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is on, and the address without it."""

    name: str
    label: Any
    value: Any
    without: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What is asked for. `saved` is the saved view it comes from, as long as nothing departs from it."""

    filters: QueueFilter
    shelf: Shelf
    saved: SavedView | None = None

    @property
    def query(self) -> str:
        """The address of this very list."""
        if self.saved is not None:
            return f"?saved={self.saved.pk}"
        return address_of(self.filters)

    @property
    def filter_query(self) -> str:
        """The filters as an address, without a question mark: what saving keeps."""
        return urlencode(self.filters.to_query())

    @property
    def everywhere(self) -> str:
        """The address of the same search in all conversations."""
        return address_of(replace(self.filters, view="all"))

    @property
    def name_beside(self) -> Any:
        """The name of what is shown when no tab in sight says it."""
        if self.saved is not None:
            return self.saved.name
        return "" if self.filters.view in IN_SIGHT else VIEW_NAMES[self.filters.view]

    @property
    def kept_by_search(self) -> list[tuple[str, str]]:
        """What stays when words are typed: the filters that are on; without any, all is searched."""
        if not self.filters.is_narrowed:
            return [("view", "all")]
        kept = {"view": self.filters.view} | self.filters.to_query()
        return [(name, value) for name, value in kept.items() if name != "text"]


def listing_of(request: ActorRequest) -> Listing:
    """Read the address: filters, a saved view, or nothing, which is the view one begins with."""
    shelf = shelf_of(request.actor)
    asked = request.GET
    chosen = number(asked.get("saved"), 0, 0, 2_000_000_000)
    is_bare = not any(asked.get(field.name) for field in fields(QueueFilter))
    saved = shelf.view(chosen) if chosen else shelf.home if is_bare else None
    if saved is None:
        return Listing(QueueFilter.from_query(_plain(asked)), shelf)
    kept = _plain(QueryDict(saved.query))
    departs = {
        name: value for name, value in _plain(asked).items() if name not in {"saved", "cursor"}
    }
    filters = QueueFilter.from_query(kept | departs)
    return Listing(filters, shelf, None if departs else saved)


def _plain(given: QueryDict) -> dict[str, str]:
    return {name: str(given[name]) for name in given if given[name]}


def address_of(filters: QueueFilter) -> str:
    """Return the address of a list. It always names its view: bare, it is the view one begins with."""
    return f"?{urlencode({'view': filters.view} | filters.to_query())}"


def tabs_of(listing: Listing, counts: Mapping[str, int]) -> list[Tab]:
    """Return every view, with its number where it has one."""
    here = None if listing.saved else listing.filters.view
    return [
        Tab(
            view, label, count_words(counts.get(view)),
            address_of(replace(listing.filters, view=view)), view == here, view in IN_SIGHT,
        )
        for view, label in VIEW_NAMES.items()
    ]  # fmt: skip


def count_words(found: int | None, limit: int = COUNT_LIMIT) -> str:
    """Say a number that was counted up to a limit; none and nothing are silent."""
    if not found:
        return ""
    return f"{limit - 1}+" if found >= limit else str(found)


def chips_of(actor: Actor, filters: QueueFilter) -> list[Chip]:
    """Return the filters that are on, in words, each with the address of the list without it."""
    names = chosen_names(actor, filters)
    return [
        Chip(
            name, LABELS[name], _value(name, getattr(filters, name), names),
            address_of(_without(filters, name)),
        )
        for name in LABELS
        if getattr(filters, name) != _DEFAULTS[name]
    ]  # fmt: skip


_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(QueueFilter)}


def _without(filters: QueueFilter, name: str) -> QueueFilter:
    changes: dict[str, Any] = {name: _DEFAULTS[name]}
    return replace(filters, **changes)


def _value(name: str, value: Any, names: Mapping[str, str]) -> Any:
    if name in names:
        return names[name]
    if name == "assignee":
        return {NOBODY: gettext("Nobody"), ME: gettext("Me")}[value]
    if name == "vip":
        return gettext("VIP")
    if name in {"since", "until"}:
        return date_format(value, "DATE_FORMAT")
    if name == "followers":
        return f"{value:,}"
    return {"clock": CLOCK_NAMES, "channel": CHANNEL_NAMES, "language": LANGUAGE_NAMES}.get(
        name, {}
    ).get(value, value)
