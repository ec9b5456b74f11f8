"""How the states of posts and campaigns are said on screens: tables only."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from campaigns.lateness import lateness_of
from campaigns.lifecycle import (
    CAMPAIGN,
    ApprovalState,
    CampaignState,
    ImportRowState,
    ImportState,
    LinkState,
    PostState,
)
from channels.lifecycle import LateRule


@dataclass(frozen=True, slots=True)
class Status:
    """A state in words: `tone` is one of ok, warn, danger, busy, quiet."""

    label: Promise
    tone: str


#: What the library is narrowed to.
IMAGE_VIEWS: dict[str, Promise] = {
    "": _("All images"),
    "undescribed": _("Without a description"),
    "ending": _("Rights end soon"),
    "ended": _("Rights ended"),
    "archived": pgettext_lazy("image", "Archived"),
}

LINK_STATUS: dict[LinkState, Status] = {
    LinkState.PENDING: Status(_("Checking the link"), "quiet"),
    LinkState.OK: Status(_("Link works"), "ok"),
    LinkState.MOVED: Status(_("Link leads elsewhere"), "quiet"),
    LinkState.BROKEN: Status(_("Broken link"), "danger"),
    LinkState.UNREACHABLE: Status(_("Link could not be checked"), "warn"),
}

#: Why it did not go well, by `channels.links.Look.reason`; an answer with a number is said in link_reason.
LINK_REASONS: dict[str, Promise] = {
    "redirects": _("It leads in a circle."),
    "address": _("This is no address on the web."),
    "private": _("It leads into a private network, where customers cannot follow."),
    "no_host": _("There is no such server."),
    "slow": _("The server takes too long to answer."),
    "no_answer": _("The server does not answer."),
}

POST_STATUS: dict[PostState, Status] = {
    PostState.DRAFT: Status(_("Draft"), "quiet"),
    PostState.SCHEDULED: Status(_("Scheduled"), "busy"),
    PostState.DONE: Status(_("Done"), "ok"),
    PostState.CANCELLED: Status(_("Cancelled"), "quiet"),
}

C = CampaignState

CAMPAIGN_STATUS: dict[CampaignState, Status] = {
    C.PLANNED: Status(pgettext_lazy("campaign", "Planned"), "quiet"),
    C.RUNNING: Status(pgettext_lazy("campaign", "Running"), "busy"),
    C.OVER: Status(pgettext_lazy("campaign", "Over"), "ok"),
    C.ARCHIVED: Status(pgettext_lazy("campaign", "Archived"), "quiet"),
}

#: The buttons that move a campaign, by where it leads from where.
_MOVES: dict[tuple[CampaignState, CampaignState], Promise] = {
    (C.PLANNED, C.RUNNING): _("Start the campaign"),
    (C.PLANNED, C.ARCHIVED): _("Archive"),
    (C.RUNNING, C.OVER): _("End the campaign"),
    (C.RUNNING, C.PLANNED): _("Back to planning"),
    (C.OVER, C.RUNNING): _("Run on"),
    (C.OVER, C.ARCHIVED): _("Archive"),
    (C.ARCHIVED, C.OVER): _("Take out of the archive"),
}

CAMPAIGN_MOVES: dict[str, list[tuple[str, Promise]]] = {
    str(old): [(str(new), label) for (start, new), label in _MOVES.items() if start == old]
    for old in CAMPAIGN.moves
}

#: What became of placements: the groups of campaigns.selectors.campaigns.RESULTS.
RESULT_LABELS: dict[str, tuple[Promise, str]] = {
    "sent": (_("Sent"), "ok"),
    "decide": (_("Needs a decision"), "danger"),
    "not_sent": (_("Not sent"), "danger"),
    "cancelled": (_("Cancelled"), "quiet"),
}

#: What differs between two revisions: the names of campaigns.selectors.history.Change.
CHANGE_LABELS: dict[str, Promise] = {
    "title": _("Title"),
    "text": _("Text"),
    "time": _("Time"),
    "campaign": _("Campaign"),
    "late": _("If it is late"),
    "added": _("Account added"),
    "removed": _("Account removed"),
    "own": _("Own words"),
    "pictures": _("Images"),
    "announce": _("Announce when live"),
    "tag": _("Campaign in links"),
    "parts": _("What follows"),
    "excerpt": _("Summary"),
    "categories": _("Categories"),
    "left_out": _("Images left out"),
}

R = ApprovalState

APPROVAL_STATUS: dict[ApprovalState, Status] = {
    R.OPEN: Status(_("Waits for approval"), "busy"),
    R.APPROVED: Status(_("Approved"), "ok"),
    R.DECLINED: Status(_("Sent back"), "danger"),
    R.VOID: Status(_("Void: the post was changed"), "warn"),
    R.EXPIRED: Status(_("Not decided in time"), "danger"),
    R.WITHDRAWN: Status(_("No longer asked for"), "quiet"),
}

F = ImportState

IMPORT_STATUS: dict[ImportState, Status] = {
    F.READING: Status(_("Being read"), "busy"),
    F.REFUSED: Status(_("Not readable"), "danger"),
    F.CHECKING: Status(_("Being checked"), "busy"),
    F.CHECKED: Status(pgettext_lazy("import", "Checked"), "warn"),
    F.IMPORTING: Status(_("Being imported"), "busy"),
    F.DONE: Status(_("Imported"), "ok"),
    F.UNDOING: Status(_("Being undone"), "busy"),
    F.UNDONE: Status(_("Undone"), "quiet"),
}

W = ImportRowState

ROW_STATUS: dict[ImportRowState, Status] = {
    W.WAITING: Status(_("Not checked yet"), "quiet"),
    W.GOOD: Status(_("Can be imported"), "ok"),
    W.FAULTY: Status(_("Faulty"), "danger"),
    W.MADE: Status(_("Imported"), "ok"),
    W.FAILED: Status(_("Could not be imported"), "danger"),
    W.UNDONE: Status(_("Undone"), "quiet"),
    W.KEPT: Status(_("Could not be undone"), "danger"),
}

#: What may be chosen in the form; the API knows every number of minutes up to a day.
LATE_CHOICES: list[tuple[str, Promise]] = [
    ("", _("Send it up to 30 minutes late")),
    ("send:5", _("Send it up to 5 minutes late")),
    ("send:120", _("Send it up to 2 hours late")),
    ("ask", _("Ask a person")),
    ("drop", _("Do not send it late")),
]


def late_word(kept: str) -> str:
    """Say what becomes of a post when it is late."""
    known = dict(LATE_CHOICES)
    if kept in known:
        return str(known[kept])
    late = lateness_of(kept)
    if late.rule != LateRule.SEND:
        return str(known[late.word])
    words = ngettext(
        "Send it up to %(count)d minute late", "Send it up to %(count)d minutes late", late.minutes
    )
    return words % {"count": late.minutes}
