"""How templates say where a conversation or a message stands."""

import math
from datetime import datetime
from typing import Any

from django import template

from channels.status import Status
from channels.types import Visibility
from inbox import languages
from inbox.lifecycle import ConversationState, DraftState, Resolution
from inbox.models import Conversation, Draft, Message
from inbox.status import (
    CONVERSATION_STATUS,
    DRAFT_STATUS,
    PARK_WORDS,
    RESOLUTION_WORDS,
    SET_ASIDE,
    VISIBILITY_STATUS,
)
from opsconsole.kernel.clock import now

register = template.Library()


@register.filter
def conversation_status(conversation: Conversation) -> Status:
    """Return the words for a conversation's state."""
    return CONVERSATION_STATUS[ConversationState(conversation.state)]


@register.filter
def resolution_words(code: str) -> Any:
    """Return the words for why something was resolved; nothing for what is not."""
    return RESOLUTION_WORDS[Resolution(code)] if code else ""


@register.filter
def visibility_status(message: Message) -> Status | None:
    """Return the words for what befell a message; None when everybody sees it."""
    return VISIBILITY_STATUS.get(Visibility(message.visibility))


@register.filter
def draft_status(draft: Draft) -> Status:
    """Return the words for a draft's state."""
    return DRAFT_STATUS[DraftState(draft.state)]


@register.filter
def park_words(draft: Draft) -> object:
    """Say why a draft was set aside."""
    return PARK_WORDS.get(draft.park_reason, SET_ASIDE)


@register.filter
def seconds_until(at: datetime) -> int:
    """Return the whole seconds until a moment; never less than one."""
    return max(1, math.ceil((at - now()).total_seconds()))


@register.filter
def language_name(code: str) -> str:
    """Return a language's own name."""
    return languages.language_name(code)
