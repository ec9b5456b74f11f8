"""The states of a conversation and the moves between them, as data."""

from enum import IntEnum, StrEnum

from opsconsole.kernel.lifecycle import Lifecycle


class ConversationState(StrEnum):
    """Where the work on a conversation stands."""

    NEW = "new"  # nobody has touched it
    OPEN = "open"  # claimed or worked on
    WAITING = "waiting"  # answered; the customer's turn
    SNOOZED = "snoozed"  # put aside until a moment, or until the customer writes
    RESOLVED = "resolved"


class Priority(IntEnum):
    """How pressing a conversation is beside others of its unit."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    URGENT = 3


class AssignmentMode(StrEnum):
    """How a unit's new conversations find somebody."""

    MANUAL = "manual"  # people take them
    ROUND_ROBIN = "round_robin"  # each on duty in turn
    LEAST_LOADED = "least_loaded"  # whoever on duty has the fewest


class Searchable(StrEnum):
    """What the search looks through."""

    MESSAGE = "message"
    NOTE = "note"
    CONTACT = "contact"


class HandOverReason(StrEnum):
    """Why a conversation goes to another unit. Only the first says that it had come to the wrong one."""

    WRONG_UNIT = "wrong_unit"
    THEIR_ANSWER = "their_answer"  # rightly here, but the next answer is theirs
    WORKLOAD = "workload"
    SHIFT = "shift"
    OTHER = "other"


class StayCause(StrEnum):
    """How a conversation came to a unit."""

    ACCOUNT = "account"  # its account belongs to the unit
    RULE = "rule"
    HAND_OVER = "hand_over"


class TrialState(StrEnum):
    """How far the trial of a rule has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ConsultState(StrEnum):
    """Where a question to another unit stands."""

    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Resolution(StrEnum):
    """Why a conversation was resolved."""

    ANSWERED = "answered"
    NO_ANSWER_NEEDED = "no_answer_needed"  # thanks, a remark, settled elsewhere
    NOT_FOR_US = "not_for_us"
    SPAM = "spam"
    EVENT = "event"  # an entry in a contest
    DUPLICATE = "duplicate"  # answered in another conversation
    MISSED = "missed"  # too late for an answer to be of use
    BLOCKED = "blocked"  # its customer is blocked; never chosen by hand


#: Resolved because nobody should answer it; the view of spam.
UNWANTED = (Resolution.SPAM, Resolution.BLOCKED)


class BulkAct(StrEnum):
    """What can be done with many conversations at once."""

    CLAIM = "claim"
    ASSIGN = "assign"
    RELEASE = "release"
    HAND_OVER = "hand_over"
    TAG = "tag"
    UNTAG = "untag"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    SNOOZE = "snooze"
    WAKE = "wake"
    SPAM = "spam"
    NOT_SPAM = "not_spam"


class BulkState(StrEnum):
    """What became of one conversation of a bulk job."""

    WAITING = "waiting"
    DONE = "done"
    SAME = "same"  # it was so already
    REFUSED = "refused"


class FollowUpState(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    DROPPED = "dropped"  # need not be kept, or was none


class MessageKind(StrEnum):
    """How a message reached us, or left."""

    MENTION = "mention"
    REPLY = "reply"
    COMMENT = "comment"
    VISITOR_POST = "visitor_post"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"
    WEBMENTION = "webmention"
    KEYWORD = "keyword"  # found by words: it does not speak to us
    TAGGED = "tagged"  # a post of their own that names our page
    REPOST = "repost"  # somebody else's words, passed on
    PRIVATE = "private"  # an answer of ours that only the customer reads


#: What does not ask us for an answer: nobody waits, and no clock runs.
UNASKED = frozenset({MessageKind.KEYWORD, MessageKind.REPOST})


class Direction(StrEnum):
    """Who wrote a message."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


S = ConversationState

CONVERSATION = Lifecycle(
    name="conversation",
    initial=S.NEW,
    moves={
        S.NEW: {S.OPEN, S.WAITING, S.SNOOZED, S.RESOLVED},
        S.OPEN: {S.NEW, S.WAITING, S.SNOOZED, S.RESOLVED},
        S.WAITING: {S.OPEN, S.NEW, S.SNOOZED, S.RESOLVED},
        S.SNOOZED: {S.OPEN, S.NEW, S.WAITING, S.RESOLVED},
        S.RESOLVED: {S.OPEN, S.NEW},
    },
)

#: Still on somebody's list.
ACTIVE = frozenset({S.NEW, S.OPEN, S.WAITING, S.SNOOZED})


class DraftKind(StrEnum):
    """What a draft becomes."""

    REPLY = "reply"
    NOTE = "note"


class DraftState(StrEnum):
    """Where a text stands before it is a reply or a note."""

    WRITING = "writing"
    SCHEDULED = "scheduled"  # leaves by itself at its time
    PARKED = "parked"  # something came in between; its author looks again
    SUBMITTED = "submitted"  # waits for a colleague's approval
    SENT = "sent"
    DISCARDED = "discarded"


D = DraftState

DRAFT = Lifecycle(
    name="draft",
    initial=D.WRITING,
    moves={
        D.WRITING: {D.SCHEDULED, D.PARKED, D.SUBMITTED, D.SENT, D.DISCARDED},
        D.SCHEDULED: {D.WRITING, D.PARKED, D.SENT, D.DISCARDED},
        D.PARKED: {D.WRITING, D.SCHEDULED, D.SUBMITTED, D.SENT, D.DISCARDED},
        D.SUBMITTED: {D.WRITING, D.PARKED, D.SENT, D.DISCARDED},
        D.SENT: set(),
        D.DISCARDED: set(),
    },
)

#: Something can still become of it.
LIVE_DRAFTS = frozenset({D.WRITING, D.SCHEDULED, D.PARKED, D.SUBMITTED})


class PresenceState(StrEnum):
    """What a person does with the conversation that is open before them."""

    VIEWING = "viewing"
    TYPING = "typing"
