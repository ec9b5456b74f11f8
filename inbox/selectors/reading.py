"""What somebody has not seen yet."""

from collections.abc import Iterable

from django.db.models import QuerySet

from inbox.models import Conversation, ReadMark
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.prepared import padded, prepared


def mark_unread(actor: Actor, rows: Iterable[Conversation]) -> None:
    """Set `is_unread` on rows in which a customer waits and wrote what the actor has not seen. One query."""
    rows = list(rows)
    if actor.user_id is None or not rows:
        return
    seen = dict(_marks(actor.user_id, padded(row.pk for row in rows)))
    for row in rows:
        waits = row.waiting_since is not None
        row.is_unread = waits and row.inbound_version > seen.get(row.pk, 0)


def first_unread(actor: Actor, conversation: Conversation) -> int:
    """Return the number from which on messages are new to the actor; 0 when all of it is, or none."""
    if actor.user_id is None:
        return 0
    mark = _mark.first(actor.user_id, conversation.pk)
    return 0 if mark is None else mark.message + 1


@prepared
def _marks(user_id: int, conversations: tuple[int, ...]) -> QuerySet[ReadMark, tuple[int, int]]:
    rows = ReadMark.objects.filter(user_id=user_id, conversation_id__in=conversations)
    return rows.values_list("conversation_id", "version")


@prepared
def _mark(user_id: int, conversation_id: int) -> QuerySet[ReadMark]:
    return ReadMark.objects.filter(user_id=user_id, conversation_id=conversation_id)
