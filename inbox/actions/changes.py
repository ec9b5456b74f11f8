"""What every change to a conversation has in common: one version step, one hint to open screens."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import F

from inbox.actions.clocks import clocks_follow
from inbox.lifecycle import CONVERSATION, ConversationState
from inbox.models import Conversation
from inbox.waits import queue_at
from opsconsole.kernel.bulk import rows_update
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict
from opsconsole.kernel.live import hint_on_commit

#: More changes than this at once are told to screens as one.
HINTS_AT_ONCE = 20
S = ConversationState


def apply(conversation: Conversation, *, also_units: Iterable[int] = (), **changes: Any) -> None:
    """Write changes to a locked conversation, step its version, and hint on commit.

    Waits and due times follow. Keeps `queue_at` true to `waiting_since` and `due_at`, and refuses
    moves that the lifecycle does not know. What follows by itself, `consequences` adds.
    """
    was, before = conversation.state, _demand(conversation)
    written = set_on(conversation, changes)
    written["version"] = F("version") + 1
    Conversation.objects.filter(pk=conversation.pk).update(**written)
    clocks_follow(conversation, was=was, changed=changes.keys())
    _hint(conversation, also_units)
    if _demand(conversation) != before:
        ring_on_commit("work_changed")


def _demand(conversation: Conversation) -> tuple[int, int | None] | None:
    """Return in which unit and whose hands somebody waits: when it changes there may be work to give out."""
    if conversation.waiting_since is None or conversation.state not in {S.NEW, S.OPEN}:
        return None
    return conversation.unit_id, conversation.assignee_id


def set_on(conversation: Conversation, changes: dict[str, Any]) -> dict[str, Any]:
    """Change a conversation in memory and step its version. Returns all that is to be written."""
    new_state = changes.get("state", conversation.state)
    if new_state != conversation.state:
        old = ConversationState(conversation.state)
        if not CONVERSATION.allows(old, ConversationState(str(new_state))):
            raise Conflict(code="state")
    changes = dict(changes)
    since = changes.get("waiting_since", conversation.waiting_since)
    if since is None:
        changes |= {"due_at": None, "is_breached": False}
    changes |= consequences(conversation, changes)
    changes["queue_at"] = queue_at(since, changes.get("due_at", conversation.due_at))
    for name, value in changes.items():
        setattr(conversation, name, value)
    conversation.version += 1
    return changes


def write_all(conversations: Collection[Conversation], names: Iterable[str]) -> None:
    """Write the named columns of many locked conversations that `set_on` has changed."""
    rows_update(list(conversations), sorted({*names, "version"}))


def hint_all(conversations: Collection[Conversation]) -> None:
    """Tell open screens about many conversations; when they are too many, to fetch everything."""
    if len(conversations) > HINTS_AT_ONCE:
        hint_on_commit("refetch", units={conversation.unit_id for conversation in conversations})
        return
    for conversation in conversations:
        _hint(conversation, ())


def consequences(conversation: Conversation, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that follow from a change: what ends with a state, and when silence begins."""
    more: dict[str, Any] = {}
    state = changes.get("state", conversation.state)
    wakes = conversation.state == S.SNOOZED != state
    if wakes:
        more |= {"snoozed_until": None, "snooze_reason": ""}
    if conversation.state == S.RESOLVED != state:
        more |= {"resolution": "", "reopenings": conversation.reopenings + 1}
    assignee = changes.get("assignee_id", conversation.assignee_id)
    begins = conversation.waiting_since is None and changes.get("waiting_since") is not None
    if assignee is not None and (begins or wakes or assignee != conversation.assignee_id):
        more["silent_since"] = now()
    return more


def touch(conversation: Conversation) -> None:
    """Step the version of a conversation whose timeline changed though its own row did not."""
    conversation.version += 1
    Conversation.objects.filter(pk=conversation.pk).update(version=F("version") + 1)
    _hint(conversation, ())


def _hint(conversation: Conversation, also_units: Iterable[int]) -> None:
    hint_on_commit(
        "conversation",
        units=[conversation.unit_id, *also_units],
        id=conversation.pk,
        version=conversation.version,
    )
