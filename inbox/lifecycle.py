"""The states of a conversation and the moves between them, as data."""

from enum import StrEnum

from opsconsole.kernel.lifecycle import Lifecycle


class ConversationState(StrEnum):
    """Where the work on a conversation stands."""

    NEW = "new"  # nobody has touched it
    OPEN = "open"  # claimed or worked on
    WAITING = "waiting"  # answered; the customer's turn
    RESOLVED = "resolved"


class MessageKind(StrEnum):
    """How a message reached us, or left."""

    MENTION = "mention"
    REPLY = "reply"
    COMMENT = "comment"
    VISITOR_POST = "visitor_post"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"


class Direction(StrEnum):
    """Who wrote a message."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


S = ConversationState

CONVERSATION = Lifecycle(
    name="conversation",
    initial=S.NEW,
    moves={
        S.NEW: {S.OPEN, S.WAITING, S.RESOLVED},
        S.OPEN: {S.NEW, S.WAITING, S.RESOLVED},
        S.WAITING: {S.OPEN, S.NEW, S.RESOLVED},
        S.RESOLVED: {S.OPEN, S.NEW},
    },
)

#: Still on somebody's list.
ACTIVE = frozenset({S.NEW, S.OPEN, S.WAITING})
