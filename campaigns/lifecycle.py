"""The states of posts, campaigns, approvals, imports and rehearsals, and the moves between them, as data."""

from enum import StrEnum

from opsconsole.kernel.lifecycle import Lifecycle


class PostState(StrEnum):
    """Where a post stands. What became of each placement is the delivery's story."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    DONE = "done"
    CANCELLED = "cancelled"


S = PostState

POST = Lifecycle(
    name="post",
    initial=S.DRAFT,
    moves={
        S.DRAFT: {S.SCHEDULED, S.CANCELLED},
        S.SCHEDULED: {S.DRAFT, S.DONE, S.CANCELLED},
        S.DONE: set(),
        S.CANCELLED: set(),
    },
)


class CampaignState(StrEnum):
    """Where a campaign stands. It says nothing about its posts, which keep their own times."""

    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"
    ARCHIVED = "archived"


C = CampaignState

CAMPAIGN = Lifecycle(
    name="campaign",
    initial=C.PLANNED,
    moves={
        C.PLANNED: {C.RUNNING, C.ARCHIVED},
        C.RUNNING: {C.OVER, C.PLANNED},
        C.OVER: {C.RUNNING, C.ARCHIVED},
        C.ARCHIVED: {C.OVER},
    },
)


class LinkState(StrEnum):
    """What is known of an address that stands in a post."""

    PENDING = "pending"
    OK = "ok"
    MOVED = "moved"  # it leads elsewhere
    BROKEN = "broken"
    UNREACHABLE = "unreachable"  # nobody could find out


class ApprovalState(StrEnum):
    """Where a request for approval stands. Only an approved one lets its revision out."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    VOID = "void"  # the post was changed, so it is about something that is no more
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # the post was given up, or whoever asked took it back


R = ApprovalState

APPROVAL = Lifecycle(
    name="approval",
    initial=R.OPEN,
    moves={
        R.OPEN: {R.APPROVED, R.DECLINED, R.VOID, R.EXPIRED, R.WITHDRAWN},
        R.APPROVED: {R.VOID, R.WITHDRAWN},
        R.DECLINED: set(),
        R.VOID: set(),
        R.EXPIRED: set(),
        R.WITHDRAWN: set(),
    },
)

#: At most one request of a post stands in one of these.
LIVE = frozenset({R.OPEN, R.APPROVED})


class LiveState(StrEnum):
    """Whether words can be said at a live desk."""

    OPEN = "open"
    CLOSED = "closed"


class LiveMode(StrEnum):
    """How the words of a live desk stand on an account."""

    UNDER = "under"  # under the master post: a thread, or comments of ours
    APART = "apart"  # each a post of its own


class ReleaseState(StrEnum):
    """Where an emergency release stands: one person has asked for it, a second has given it, or it is void."""

    ASKED = "asked"
    GIVEN = "given"
    VOID = "void"


class ImportState(StrEnum):
    """How far an uploaded file of posts has come. A worker moves it on from the four that end in -ing."""

    READING = "reading"  # its bytes wait to become rows
    REFUSED = "refused"  # it could not be read at all
    CHECKING = "checking"  # its rows are looked at; nothing is written
    CHECKED = "checked"  # a person decides
    IMPORTING = "importing"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


F = ImportState

IMPORT = Lifecycle(
    name="import",
    initial=F.READING,
    moves={
        F.READING: {F.CHECKING, F.REFUSED},
        F.REFUSED: set(),
        F.CHECKING: {F.CHECKED},
        F.CHECKED: {F.CHECKING, F.IMPORTING},
        F.IMPORTING: {F.DONE, F.UNDOING},
        F.DONE: {F.UNDOING},
        F.UNDOING: {F.UNDONE},
        F.UNDONE: {F.UNDOING},
    },
)

#: A worker has something to do.
WORKED_ON = frozenset({F.READING, F.CHECKING, F.IMPORTING, F.UNDOING})


class ImportRowState(StrEnum):
    """What has become of one row of a file."""

    WAITING = "waiting"
    GOOD = "good"  # can be made
    FAULTY = "faulty"
    MADE = "made"  # its post is written
    FAILED = "failed"  # was good, but could not be made when its turn came
    UNDONE = "undone"  # its post was cancelled again
    KEPT = "kept"  # its post could not be cancelled: it is under way or out


W = ImportRowState

IMPORT_ROW = Lifecycle(
    name="import row",
    initial=W.WAITING,
    moves={
        W.WAITING: {W.GOOD, W.FAULTY},
        W.GOOD: {W.WAITING, W.MADE, W.FAILED},
        W.FAULTY: {W.WAITING},
        W.MADE: {W.UNDONE, W.KEPT},
        W.FAILED: set(),
        W.UNDONE: set(),
        W.KEPT: {W.UNDONE, W.KEPT},
    },
)


class RehearsalState(StrEnum):
    """Where a rehearsal stands."""

    QUEUED = "queued"  # waits for its turn
    RUNNING = "running"
    DONE = "done"  # its report is there
    FAILED = "failed"  # it could not be brought to an end
    CANCELLED = "cancelled"


H = RehearsalState

REHEARSAL = Lifecycle(
    name="rehearsal",
    initial=H.QUEUED,
    moves={
        H.QUEUED: {H.RUNNING, H.FAILED, H.CANCELLED},
        H.RUNNING: {H.DONE, H.FAILED, H.CANCELLED},
        H.DONE: set(),
        H.FAILED: set(),
        H.CANCELLED: set(),
    },
)

#: Waits for its turn or is under way: a campaign has one at most.
REHEARSING = frozenset({H.QUEUED, H.RUNNING})
