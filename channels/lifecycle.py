"""The states of deliveries, moderations, holes and readings, and the moves between them, as data. No framework."""

from enum import StrEnum

from opsconsole.kernel.lifecycle import Lifecycle


class ChannelKind(StrEnum):
    """The platforms we speak with."""

    X = "x"
    FACEBOOK = "facebook"
    BLOG = "blog"
    FEED = "feed"


#: Lanes, the smaller first: answers to customers, posts that open a launch, all other posts.
URGENT, LAUNCH, NORMAL = 1, 3, 5


class LateRule(StrEnum):
    """What becomes of what could not leave in its window."""

    SEND = "send"  # missed; its window was as long as it may be late
    ASK = "ask"  # a person decides
    DROP = "drop"  # missed for good


class DeliveryState(StrEnum):
    """Where an intention stands on its way to a platform."""

    PLANNED = "planned"  # waits for its time
    AWAITING = "awaiting"  # nobody has let it out yet: never claimed, whatever the time
    READY = "ready"  # may be claimed now
    CLAIMED = "claimed"  # a worker holds the lease
    PREPARED = "prepared"  # media uploaded; still nothing public
    ARMED = "armed"  # committed before the first byte of the create call
    SENT = "sent"
    AMBIGUOUS = "ambiguous"  # nobody knows yet; waits to be read back
    RECONCILING = "reconciling"  # a worker is reading the platform back
    RETRY_WAIT = "retry_wait"  # certainly not created; will be tried again
    HELD = "held"  # the account cannot speak now
    NEEDS_HUMAN = "needs_human"  # reading back did not settle it
    REJECTED = "rejected"  # the platform refused for good
    FAILED = "failed"  # gave up, certainly not created
    MISSED = "missed"  # its window closed before it could go
    CANCELLED = "cancelled"


S = DeliveryState

DELIVERY = Lifecycle(
    name="delivery",
    initial=S.PLANNED,
    moves={
        S.PLANNED: {S.CLAIMED, S.READY, S.AWAITING, S.CANCELLED, S.MISSED, S.HELD, S.AMBIGUOUS},
        S.AWAITING: {S.PLANNED, S.CANCELLED, S.MISSED},
        S.READY: {S.CLAIMED, S.PLANNED, S.AWAITING, S.CANCELLED, S.MISSED, S.HELD, S.AMBIGUOUS},
        S.CLAIMED: {
            S.AMBIGUOUS,
            S.PREPARED,
            S.ARMED,  # nothing to upload
            S.READY,
            S.RETRY_WAIT,
            S.REJECTED,
            S.FAILED,
            S.HELD,
            S.MISSED,
            S.CANCELLED,
        },
        S.PREPARED: {
            S.AMBIGUOUS,
            S.ARMED,
            S.READY,
            S.RETRY_WAIT,
            S.REJECTED,
            S.FAILED,
            S.HELD,
            S.MISSED,
            S.CANCELLED,
        },
        S.ARMED: {S.SENT, S.REJECTED, S.AMBIGUOUS, S.RETRY_WAIT, S.HELD, S.FAILED},
        S.AMBIGUOUS: {S.RECONCILING, S.NEEDS_HUMAN, S.SENT},
        S.RECONCILING: {S.SENT, S.READY, S.AMBIGUOUS, S.NEEDS_HUMAN, S.MISSED},
        S.RETRY_WAIT: {
            S.AMBIGUOUS,
            S.CLAIMED,
            S.PLANNED,
            S.READY,
            S.AWAITING,
            S.CANCELLED,
            S.MISSED,
            S.HELD,
        },
        S.HELD: {S.PLANNED, S.READY, S.AWAITING, S.CANCELLED, S.MISSED},
        S.NEEDS_HUMAN: {S.SENT, S.READY, S.CANCELLED},
        S.FAILED: {S.PLANNED, S.READY, S.AWAITING, S.CANCELLED},
        S.REJECTED: set(),
        S.MISSED: {S.PLANNED, S.READY, S.AWAITING, S.CANCELLED},
        S.SENT: set(),
        S.CANCELLED: set(),
    },
)

#: Nothing public has happened and nothing is under way: an edit or a cancellation is still honest.
STOPPABLE = frozenset({S.PLANNED, S.AWAITING, S.READY, S.RETRY_WAIT, S.HELD, S.FAILED, S.MISSED})
#: Where a delivery may stand that must be let out and has not been. The database knows no other.
UNPERMITTED = frozenset({S.AWAITING, S.HELD, S.MISSED, S.FAILED, S.REJECTED, S.CANCELLED})
#: No worker has it, and it would still leave by itself.
UNBEGUN = frozenset({S.PLANNED, S.AWAITING, S.READY, S.RETRY_WAIT, S.HELD})
#: Waits for its time, its turn or its next try; nobody has it in hand.
WAITING = frozenset({S.PLANNED, S.READY, S.RETRY_WAIT})
#: A worker holds a lease.
LEASED = frozenset({S.CLAIMED, S.PREPARED, S.ARMED, S.RECONCILING})
#: Nothing more will happen without a person.
SETTLED = frozenset({S.SENT, S.REJECTED, S.FAILED, S.MISSED, S.CANCELLED, S.NEEDS_HUMAN})
#: Nothing becomes of these any more, and nobody has to read them in order to decide.
OVER = SETTLED - {S.NEEDS_HUMAN}

#: How the states are looked through on screens, what asks for a person first.
GROUPS: dict[str, frozenset[DeliveryState]] = {
    "decide": frozenset({S.NEEDS_HUMAN}),
    "under_way": frozenset(
        {
            S.PLANNED,
            S.AWAITING,
            S.READY,
            S.CLAIMED,
            S.PREPARED,
            S.ARMED,
            S.AMBIGUOUS,
            S.RECONCILING,
            S.RETRY_WAIT,
            S.HELD,
        }
    ),
    "not_sent": frozenset({S.REJECTED, S.FAILED, S.MISSED, S.CANCELLED}),
    "sent": frozenset({S.SENT}),
}


class AlarmKind(StrEnum):
    """What can be wrong with the sending as a whole."""

    LATE = "late"  # something is due and has not left for too long
    SILENT = "silent"  # the beat, or the worker that answers it, is not heard
    CLOCK = "clock"  # a worker's clock differs from the database's
    LIMITED = "limited"  # something due waits because platforms ask for patience


class HoleState(StrEnum):
    """What became of a stretch that was not read in time."""

    OPEN = "open"  # a worker tries to fill it
    FILLED = "filled"
    LOST = "lost"  # its platform gives out no more


class PastKind(StrEnum):
    """Why something of the past is read."""

    HISTORY = "history"  # from before the account was connected
    AGAIN = "again"  # somebody asked for a period once more
    HOLE = "hole"


class PastState(StrEnum):
    """Where a reading of the past stands."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    STOPPED = "stopped"  # by a person
    FAILED = "failed"  # its platform refuses


class ModerationState(StrEnum):
    """Where an act on something that stands on a platform has come to."""

    PLANNED = "planned"  # waits for a worker, or for its next try
    CLAIMED = "claimed"  # a worker holds the lease
    DONE = "done"  # the platform shows what was asked for
    FAILED = "failed"  # refused, or given up
    CANCELLED = "cancelled"  # stopped before a worker took it


M = ModerationState

#: A repeated act changes nothing more, so whoever lost its lease simply leaves it to the next.
MODERATION = Lifecycle(
    name="moderation",
    initial=M.PLANNED,
    moves={
        M.PLANNED: {M.CLAIMED, M.CANCELLED, M.FAILED},
        M.CLAIMED: {M.DONE, M.FAILED, M.PLANNED},
        M.DONE: set(),
        M.FAILED: set(),
        M.CANCELLED: set(),
    },
)


class PushSource(StrEnum):
    """Through which door something was pushed to us."""

    FACEBOOK = "facebook"
    X = "x"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"
    WEBMENTION = "webmention"


#: What platforms push and sign; the same bytes a second time are a repetition.
SIGNED = frozenset({PushSource.FACEBOOK, PushSource.X})
#: What anybody may push about an article of ours; believed only once its source has been read.
PINGS = frozenset({PushSource.PINGBACK, PushSource.TRACKBACK, PushSource.WEBMENTION})


class PushState(StrEnum):
    """Where a pushed event has come to."""

    WAITING = "waiting"  # for a worker, or for its next try
    DONE = "done"
    PARKED = "parked"  # it cannot be understood, or not read: a person decides
    DROPPED = "dropped"


P = PushState

PUSH = Lifecycle(
    name="push",
    initial=P.WAITING,
    moves={
        P.WAITING: {P.DONE, P.PARKED},
        P.PARKED: {P.WAITING, P.DROPPED},
        P.DONE: set(),
        P.DROPPED: set(),
    },
)


class SubscriptionState(StrEnum):
    """How far a wish about what a platform tells us of an account has come."""

    WAITING = "waiting"  # for a worker, or for its next try
    TOLD = "told"  # the platform has said how it stands
    FAILED = "failed"  # it refused, or could not be asked


U = SubscriptionState

SUBSCRIPTION = Lifecycle(
    name="subscription",
    initial=U.WAITING,
    moves={
        U.WAITING: {U.TOLD, U.FAILED},
        U.TOLD: {U.WAITING},
        U.FAILED: {U.WAITING},
    },
)


class SubscriptionWish(StrEnum):
    """What somebody wants of it."""

    LOOK = "look"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


class Way(StrEnum):
    """How an account can be connected."""

    SIGN_IN = "sign_in"  # somebody signs in at the platform and allows it there
    BY_HAND = "by_hand"  # somebody types what the platform gave them
    LOOK = "look"  # an address is enough


class HandshakeState(StrEnum):
    """How far the connecting of an account has come."""

    ASKED = "asked"  # waits for a worker to look
    LOOKING = "looking"  # a worker has it
    AWAY = "away"  # somebody is to allow it at the platform
    FOUND = "found"  # somebody decides what of it is stored
    FAILED = "failed"  # nothing can be stored, or only unseen
    DONE = "done"  # stored
    LEFT = "left"  # given up by a person, or too old


H = HandshakeState

HANDSHAKE = Lifecycle(
    name="handshake",
    initial=H.ASKED,
    moves={
        H.ASKED: {H.LOOKING, H.LEFT},
        H.LOOKING: {H.ASKED, H.AWAY, H.FOUND, H.FAILED, H.LEFT},
        H.AWAY: {H.ASKED, H.FAILED, H.LEFT},
        H.FOUND: {H.ASKED, H.DONE, H.LEFT},
        H.FAILED: {H.ASKED, H.DONE, H.LEFT},
        H.DONE: set(),
        H.LEFT: set(),
    },
)
