"""The streams that items come in by: what each is called, and which items it shows. No rows are read."""

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels.types import ItemKind

_COMMENTS = Q(kind__in=[ItemKind.COMMENT, ItemKind.REPLY])
#: Which items a stream shows, where it does not show them all.
_SHOWN = {
    "mentions": Q(is_own=False),
    "own": Q(is_own=True),
    "posts": Q(kind__in=[ItemKind.VISITOR_POST, ItemKind.OWN_POST]),
    "older": _COMMENTS,
}
LABELS: dict[str, Promise] = {
    "mentions": _("Mentions"),
    "own": _("Own posts"),
    "posts": _("Visitors' posts"),
    "comments": _("Comments"),
    "older": _("Comments on older posts"),
    "entries": pgettext_lazy("of a feed", "Entries"),
}


def shown_in(stream: str) -> Q:
    """Return a filter of the items that a stream shows."""
    return _SHOWN.get(stream, Q())


def label_of(stream: str) -> Promise | str:
    """Name a stream; one without a name stands for itself."""
    return LABELS.get(stream, stream)
