"""How the things that cost money are called on screens: a table only."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from channels.prices import Priced

PRICED: dict[Priced, Promise] = {
    Priced.CREATE: _("Posts"),
    Priced.CREATE_URL: _("Posts and answers with a link"),
    Priced.REPLY: _("Answers to those who wrote to us"),
    Priced.DELETE: _("Deleted posts"),
    Priced.POST_READ: _("Posts read"),
    Priced.OWNED_READ: _("Own posts and mentions read"),
    Priced.USER_READ: _("People read"),
    Priced.DESCRIBE: _("Described pictures"),
}


def priced_label(kind: str) -> Promise | str:
    """Name what costs."""
    return PRICED[Priced(kind)] if kind in set(Priced) else kind
