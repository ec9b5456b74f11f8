"""How the states of a post are said on screens: one table."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.lifecycle import PostState


@dataclass(frozen=True, slots=True)
class Status:
    """A state in words: `tone` is one of ok, warn, danger, busy, quiet."""

    label: Promise
    tone: str


POST_STATUS: dict[PostState, Status] = {
    PostState.DRAFT: Status(_("Draft"), "quiet"),
    PostState.SCHEDULED: Status(_("Scheduled"), "busy"),
    PostState.DONE: Status(_("Done"), "ok"),
    PostState.CANCELLED: Status(_("Cancelled"), "quiet"),
}
