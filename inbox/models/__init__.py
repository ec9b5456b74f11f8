"""Tables of the inbox."""

from inbox.models.conversation import Assignment, Contact, Conversation, ConversationTag, Tag
from inbox.models.message import Message, MessageRevision, Note, Reply

__all__ = [
    "Assignment",
    "Contact",
    "Conversation",
    "ConversationTag",
    "Message",
    "MessageRevision",
    "Note",
    "Reply",
    "Tag",
]
