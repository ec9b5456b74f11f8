"""What stands around lines on their platform: on X posts above them, on Facebook how many people like them."""

from collections.abc import Iterable
from typing import Any

from channels.lifecycle import ChannelKind
from channels.models import Ancestor, AncestorState, InboundItem
from inbox.models import Conversation, Message

#: Nearest first, up to so many levels. One statement, however many there are.
LEVELS = 4
_CHAIN = f"""
WITH RECURSIVE up AS (
  SELECT a.*, 1 AS depth FROM channels_ancestor a
  WHERE a.account_id = %(account)s AND a.external_id = %(first)s
  UNION ALL
  SELECT a.*, up.depth + 1 FROM up
  JOIN channels_ancestor a
    ON a.account_id = %(account)s AND a.external_id = up.parent_external_id
  WHERE up.depth < {LEVELS} AND up.parent_external_id <> ''
)
SELECT * FROM up ORDER BY depth
"""  # noqa: S608 - nothing from outside is put into it


def chain_above(account_id: int, external_id: str) -> list[Ancestor]:
    """Return a post above and what stands above that, nearest first; nothing of what is still to be read."""
    if not external_id:
        return []
    asked: dict[str, Any] = {"account": account_id, "first": external_id}
    found = []
    for row in Ancestor.objects.raw(_CHAIN, asked):
        if row.state == AncestorState.WANTED:
            break
        found.append(row)
    return found


def ancestors_named(account_id: int, external_ids: Iterable[str]) -> list[Ancestor]:
    """Return those posts above that are known, or known to be gone."""
    rows = Ancestor.objects.filter(account_id=account_id, external_id__in=list(external_ids))
    return list(rows.exclude(state=AncestorState.WANTED))


def count_reactions(conversation: Conversation, messages: Iterable[Message]) -> None:
    """Put on lines how many people like them. One query, on Facebook alone."""
    if conversation.channel != ChannelKind.FACEBOOK:
        return
    by_id = {message.external_id: message for message in messages}
    rows = InboundItem.objects.filter(
        account_id=conversation.account_id, external_id__in=list(by_id), reactions__gt=0
    )
    for external_id, number in rows.values_list("external_id", "reactions"):
        by_id[external_id].reactions = number
