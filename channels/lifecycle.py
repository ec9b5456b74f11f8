"""The states of a delivery and the moves between them, as data. No database, no framework."""

from enum import StrEnum

from opsconsole.kernel.lifecycle import Lifecycle


class ChannelKind(StrEnum):
    """The platforms we speak with."""

    X = "x"
    FACEBOOK = "facebook"
    BLOG = "blog"
    FEED = "feed"


class DeliveryState(StrEnum):
    """Where an intention stands on its way to a platform."""

    PLANNED = "planned"  # waits for its time
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
        S.PLANNED: {S.CLAIMED, S.READY, S.CANCELLED, S.MISSED, S.HELD},
        S.READY: {S.CLAIMED, S.PLANNED, S.CANCELLED, S.MISSED, S.HELD},
        S.CLAIMED: {
            S.PREPARED,
            S.READY,
            S.RETRY_WAIT,
            S.REJECTED,
            S.FAILED,
            S.HELD,
            S.MISSED,
            S.CANCELLED,
        },
        S.PREPARED: {
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
        S.RETRY_WAIT: {S.CLAIMED, S.PLANNED, S.READY, S.CANCELLED, S.MISSED, S.HELD},
        S.HELD: {S.PLANNED, S.READY, S.CANCELLED, S.MISSED},
        S.NEEDS_HUMAN: {S.SENT, S.READY, S.CANCELLED},
        S.FAILED: {S.PLANNED, S.READY, S.CANCELLED},
        S.REJECTED: set(),
        S.MISSED: {S.PLANNED, S.READY, S.CANCELLED},
        S.SENT: set(),
        S.CANCELLED: set(),
    },
)

#: Nothing public has happened and nothing is under way: an edit or a cancellation is still honest.
STOPPABLE = frozenset({S.PLANNED, S.READY, S.RETRY_WAIT, S.HELD, S.FAILED, S.MISSED})
#: A worker holds a lease.
LEASED = frozenset({S.CLAIMED, S.PREPARED, S.ARMED, S.RECONCILING})
#: Nothing more will happen without a person.
SETTLED = frozenset({S.SENT, S.REJECTED, S.FAILED, S.MISSED, S.CANCELLED, S.NEEDS_HUMAN})

#: How the states are looked through on screens, what asks for a person first.
GROUPS: dict[str, frozenset[DeliveryState]] = {
    "decide": frozenset({S.NEEDS_HUMAN}),
    "under_way": frozenset(
        {
            S.PLANNED,
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
