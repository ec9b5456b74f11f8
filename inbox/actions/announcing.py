"""Hints about who writes what where: drafts, leases and presence step no version of a conversation."""

from inbox.models import Conversation, Draft
from opsconsole.kernel.live import hint_on_commit


def tell(draft: Draft, conversation: Conversation, tab: str = "") -> None:
    """Hint that a draft reads differently; `tab` lets the one that wrote it look away."""
    hint_on_commit(
        "draft", units=[conversation.unit_id], id=conversation.pk, user=draft.author_id, tab=tab
    )


def announce(conversation: Conversation, user_id: int) -> None:
    """Hint that somebody began, ended or left, which lists show too."""
    hint_on_commit("presence", units=[conversation.unit_id], id=conversation.pk, user=user_id)
