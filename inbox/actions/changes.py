"""What every change to a conversation has in common: one version step, one hint to open screens."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from inbox.lifecycle import CONVERSATION, ConversationState
from inbox.models import Conversation
from inbox.waits import FAR_FUTURE
from opsconsole.kernel.errors import Conflict
from opsconsole.kernel.live import hint_on_commit


def apply(conversation: Conversation, *, also_units: Iterable[int] = (), **changes: Any) -> None:
    """Write changes to a locked conversation, step its version, and hint on commit.

    Keeps `queue_at` true to `waiting_since`, and refuses moves that the lifecycle does not know.
    """
    new_state = changes.get("state", conversation.state)
    if new_state != conversation.state:
        old = ConversationState(conversation.state)
        if not CONVERSATION.allows(old, ConversationState(str(new_state))):
            raise Conflict(code="state")
    if "waiting_since" in changes:
        changes["queue_at"] = changes["waiting_since"] or FAR_FUTURE
    for name, value in changes.items():
        setattr(conversation, name, value)
    conversation.version += 1
    Conversation.objects.filter(pk=conversation.pk).update(version=F("version") + 1, **changes)
    _hint(conversation, also_units)


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
