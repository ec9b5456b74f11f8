"""How templates say where a conversation or a message stands."""

from django import template

from channels.status import Status
from channels.types import Visibility
from inbox.lifecycle import ConversationState
from inbox.models import Conversation, Message
from inbox.status import CONVERSATION_STATUS, VISIBILITY_STATUS

register = template.Library()


@register.filter
def conversation_status(conversation: Conversation) -> Status:
    """Return the words for a conversation's state."""
    return CONVERSATION_STATUS[ConversationState(conversation.state)]


@register.filter
def visibility_status(message: Message) -> Status | None:
    """Return the words for what befell a message; None when everybody sees it."""
    return VISIBILITY_STATUS.get(Visibility(message.visibility))
