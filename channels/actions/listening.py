"""What an account listens for beside what speaks to it: words on X, and posts that are passed on."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from channels.actions.covering import ledger_forget
from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount, SideStream
from channels.queries import LONGEST, QueryError, check
from channels.selectors.accounts import account_for
from channels.types import SideKind
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability

_FAULTS = {
    "too_long": _("X takes at most %(limit)d characters, with what the console adds."),
    "unbalanced": _("A bracket or quotation mark has no partner."),
    "narrows_only": _(
        "Each part needs a word, a #tag or a name to find; lang:, is: and has: only narrow it down."
    ),
    "or_without_words": _("There are no words beside an OR."),
    "negated_group": _("X cannot leave out a whole bracket. Put - before each word in it."),
    "empty_piece": _("There is a sign without a word."),
    "operator": _("X does not know %(piece)s."),
}


def account_listening_set(
    actor: Actor, *, account_id: int, query: str, with_reposts: bool
) -> ChannelAccount:
    """Say what an account on X searches for (nothing: it searches no more), and whether reposts come in.

    Another query begins anew. Invalid names the field that is wrong.
    """
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        if account.kind != ChannelKind.X:
            raise Invalid(_("Only accounts on X search for words."), code="kind", field="query")
        words = " ".join(storable(query).split())
        if words:
            _check(words, account, with_reposts)
        at = now()
        changes = {"with_reposts": with_reposts, "streams_due_at": at, "poll_due_at": at}
        ChannelAccount.objects.filter(pk=account.pk).update(**changes)
        _search(account, words)
        record(
            actor, "channels.account.listening_set", account, unit_id=account.unit_id,
            name=account.name, query=words, with_reposts=with_reposts,
        )  # fmt: skip
        hint_on_commit("account", units=[account.unit_id], id=account.pk)
        ring_on_commit("poll_requested")
        account.refresh_from_db()
    return account


def _check(words: str, account: ChannelAccount, with_reposts: bool) -> None:
    try:
        check(words, handle=account.handle, with_reposts=with_reposts)
    except QueryError as error:
        told = _FAULTS[error.code] % {"limit": LONGEST, "piece": error.piece}
        raise Invalid(told, code=f"query_{error.code}", field="query") from None


def _search(account: ChannelAccount, words: str) -> None:
    search = SideStream.objects.filter(account=account, kind=SideKind.SEARCH)
    if words and search.filter(query=words).exists():
        return
    ledger_forget(account, SideKind.SEARCH)
    if not words:
        search.delete()
    else:
        fresh = {
            "query": words, "cursor": {}, "due_at": now(), "read_at": None, "last_error": "",
            "last_gap": "", "walk_began_at": None,
        }  # fmt: skip
        SideStream.objects.update_or_create(account=account, kind=SideKind.SEARCH, defaults=fresh)
