"""The streams that items come in by: what each is called, and which items it shows. No rows are read.

Most are read with polls and named by the adapter (`Capabilities.streams`). Side streams are read beside them,
at intervals of their own, where an account has a row for one (`channels.SideStream`); the ledger calls them
by their kind.
"""

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels.types import ItemKind, SideKind

_COMMENTS = Q(kind__in=[ItemKind.COMMENT, ItemKind.REPLY])
#: Which items a stream shows, where it does not show them all.
_SHOWN = {
    "mentions": Q(is_own=False),
    "own": Q(is_own=True),
    "posts": Q(kind__in=[ItemKind.VISITOR_POST, ItemKind.OWN_POST]),
    "older": _COMMENTS,
    SideKind.SEARCH: Q(kind__in=[ItemKind.KEYWORD, ItemKind.REPOST]),
    SideKind.TAGGED: Q(kind=ItemKind.TAGGED),
    SideKind.ACTIVITY: _COMMENTS,
}
LABELS: dict[str, Promise] = {
    "mentions": _("Mentions"),
    "own": _("Own posts"),
    "posts": _("Visitors' posts"),
    "comments": _("Comments"),
    "older": _("Comments on older posts"),
    "entries": pgettext_lazy("of a feed", "Entries"),
    SideKind.SEARCH: _("Search for words"),
    SideKind.TAGGED: _("Posts of others that name the page"),
    SideKind.ACTIVITY: _("News below old posts"),
    SideKind.PLANNED: _("Scheduled on the platform itself"),
}
#: The side streams of which the ledger says up to when they have been read; what is planned lies ahead.
BESIDE = frozenset({SideKind.SEARCH, SideKind.TAGGED, SideKind.ACTIVITY})


def shown_in(stream: str) -> Q:
    """Return a filter of the items that a stream shows."""
    return _SHOWN.get(stream, Q())


def label_of(stream: str) -> Promise | str:
    """Name a stream; one without a name stands for itself."""
    return LABELS.get(stream, stream)


def is_beside(stream: str) -> bool:
    """Whether a stream of the ledger is a side stream."""
    return stream in BESIDE
