"""The states of a post and the moves between them, as data."""

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
