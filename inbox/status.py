"""How the states of a conversation, and what befell a message, are said on screens: tables only."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels.status import Status
from channels.types import ModerationVerb, Visibility
from inbox.cotags import Style
from inbox.lifecycle import (
    AssignmentMode,
    BulkAct,
    BulkState,
    ConversationState,
    DraftState,
    HandOverReason,
    Resolution,
)
from inbox.snoozes import SnoozeChoice

S = ConversationState

CONVERSATION_STATUS: dict[ConversationState, Status] = {
    S.NEW: Status(_("New"), "warn", _("Nobody has taken it yet.")),
    S.OPEN: Status(_("In work"), "busy", _("Somebody is working on it.")),
    S.WAITING: Status(_("Answered"), "quiet", _("Answered; it is the customer's turn.")),
    S.SNOOZED: Status(
        _("Snoozed"),
        "quiet",
        _("Put aside; it comes back at its time or when the customer writes."),
    ),
    S.RESOLVED: Status(_("Resolved"), "ok", _("Closed; it opens again when the customer writes.")),
}

ASSIGNMENT_WORDS = {
    AssignmentMode.MANUAL: _("People take conversations themselves"),
    AssignmentMode.ROUND_ROBIN: _("To each on duty in turn"),
    AssignmentMode.LEAST_LOADED: _("To whoever on duty has the fewest"),
}

STYLE_WORDS = {
    Style.BLANK: _("Behind the text"),
    Style.LINE: _("On a line of their own"),
}

#: What each variable of a saved reply stands for.
VARIABLE_WORDS = {
    "customer": _("the customer's name"),
    "operator": _("your nickname"),
    "unit": _("the business unit"),
    "account": _("the account's name"),
    "today": _("today's date"),
}

HAND_OVER_WORDS = {
    HandOverReason.WRONG_UNIT: _("It came to the wrong unit"),
    HandOverReason.THEIR_ANSWER: _("The next answer is theirs"),
    HandOverReason.WORKLOAD: _("Too much work here"),
    HandOverReason.SHIFT: _("End of the shift"),
    HandOverReason.OTHER: _("Another reason"),
}

RESOLUTION_WORDS = {
    Resolution.ANSWERED: _("Answered"),
    Resolution.NO_ANSWER_NEEDED: _("No answer needed"),
    Resolution.NOT_FOR_US: _("Not for us"),
    Resolution.SPAM: pgettext_lazy("why something is resolved", "Spam"),
    Resolution.EVENT: _("Event entry"),
    Resolution.DUPLICATE: _("Duplicate"),
    Resolution.MISSED: pgettext_lazy("why something is resolved", "Missed"),
    Resolution.BLOCKED: _("Customer blocked"),
}

#: The letter that follows `e` on the keyboard. What is missing here is not chosen by hand.
RESOLUTION_KEYS = {
    Resolution.ANSWERED: "a",
    Resolution.NO_ANSWER_NEEDED: "n",
    Resolution.NOT_FOR_US: "f",
    Resolution.SPAM: "p",
    Resolution.EVENT: "v",
    Resolution.DUPLICATE: "d",
    Resolution.MISSED: "m",
}

SNOOZE_WORDS = {
    SnoozeChoice.HOUR: _("In an hour"),
    SnoozeChoice.THREE_HOURS: _("In three hours"),
    SnoozeChoice.TOMORROW: _("Tomorrow morning"),
    SnoozeChoice.MONDAY: _("Next Monday morning"),
    SnoozeChoice.CUSTOMER: _("Until the customer writes"),
}

VISIBILITY_STATUS: dict[Visibility, Status] = {
    Visibility.HELD: Status(
        _("Held for approval"), "warn", _("The public does not see it until the host approves it.")
    ),
    Visibility.HIDDEN: Status(
        _("Hidden"), "quiet", _("Only its author and their friends see it.")
    ),
    Visibility.SPAM: Status(_("Spam"), "danger", _("The platform holds it for spam.")),
    Visibility.REMOVED: Status(_("Removed"), "danger", _("It no longer stands on the platform.")),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """A moderation verb in words: its button, while it is done, and when it could not be done."""

    label: Promise
    doing: Promise
    failed: Promise
    icon: str


V = ModerationVerb

DEEDS: dict[ModerationVerb, Deed] = {
    V.HIDE: Deed(_("Hide"), _("Hiding…"), _("Not hidden"), "hidden"),
    V.UNHIDE: Deed(_("Show again"), _("Showing again…"), _("Not shown again"), "globe"),
    V.APPROVE: Deed(_("Approve comment"), _("Approving…"), _("Not approved"), "check"),
    V.HOLD: Deed(_("Hold for approval"), _("Holding…"), _("Not held"), "pause"),
    V.SPAM: Deed(_("Mark as spam"), _("Marking as spam…"), _("Not marked as spam"), "warning"),
    V.UNSPAM: Deed(_("Not spam"), _("Taking out of spam…"), _("Still marked as spam"), "reopen"),
    V.TRASH: Deed(
        _("Move to trash"), _("Moving to the trash…"), _("Not moved to the trash"), "trash"
    ),
    V.UNTRASH: Deed(
        _("Take out of the trash"),
        _("Taking out of the trash…"),
        _("Still in the trash"),
        "reopen",
    ),
    V.DELETE_OWN: Deed(_("Delete our answer"), _("Deleting…"), _("Not deleted"), "trash"),
}

#: Why an act on a message waits or ended without it: the codes that its workers write down.
MODERATION_REASONS: dict[str, Promise] = {
    "account_disconnected": _("The account must be reconnected; it is done after that."),
    "blocked": _("The platform has blocked this account."),
    "invalid": _("The platform does not accept it."),
    "not_permitted": _("The platform does not let this account do that here."),
    "rate_limited": _("The platform asks for patience; it will be tried again."),
    "target_gone": _("It is no longer on the platform."),
    "unreachable": _("The platform did not answer; it will be tried again."),
    "window_closed": _("Its time ran out before it could be done."),
}
#: The same for those that no worker will try again.
MODERATION_ENDS: dict[str, Promise] = {
    "unreachable": _("The platform did not answer, or does not show it."),
}

DRAFT_STATUS: dict[DraftState, Status] = {
    DraftState.WRITING: Status(_("Draft"), "quiet", _("Not sent yet.")),
    DraftState.SCHEDULED: Status(_("Scheduled"), "busy", _("It leaves by itself at its time.")),
    DraftState.PARKED: Status(
        _("Set aside"), "warn", _("Something happened meanwhile; its author decides anew.")
    ),
    DraftState.SUBMITTED: Status(
        _("Waits for approval"), "busy", _("A colleague reads it first.")
    ),
    DraftState.SENT: Status(_("Sent"), "ok", _("It has become a reply or a note.")),
    DraftState.DISCARDED: Status(_("Thrown away"), "quiet", _("It will not be sent.")),
}

#: Why a draft was set aside: the code of the refusal, and how its author reads it.
PARK_WORDS = {
    "unseen": _("The customer has written since you began."),
    "other_speaker": _("Another account says it now: the budget has changed meanwhile."),
    "answered": _("This has been answered since you began."),
    "taken": _("A colleague is answering this."),
    "in_flight": _("Another answer to this message is already on its way."),
    "target_gone": _("The customer has removed the message you answered."),
    "cannot_reply": _("No public answer can be given here at the moment."),
    "key_reused": _("Other words of this draft have been sent from another window."),
    "not_allowed": _("Your role no longer answers here."),
    "declined": _("A colleague has sent this back."),
    "needs_approval": _("A colleague has to approve your answer first."),
    "stopped": _("Somebody who directs this inbox stopped it."),
}
SET_ASIDE = _("Something has happened since you began.")

BULK_WORDS: dict[BulkAct, str | Promise] = {
    BulkAct.CLAIM: _("Claim"),
    BulkAct.ASSIGN: _("Assign"),
    BulkAct.RELEASE: _("Release"),
    BulkAct.HAND_OVER: _("Hand over"),
    BulkAct.TAG: _("Add tag"),
    BulkAct.UNTAG: _("Remove tag"),
    BulkAct.RESOLVE: _("Resolve"),
    BulkAct.REOPEN: _("Reopen"),
    BulkAct.SNOOZE: _("Snooze"),
    BulkAct.WAKE: _("Wake"),
    BulkAct.SPAM: _("Mark as spam"),
    BulkAct.NOT_SPAM: _("Not spam"),
}

BULK_STATUS: dict[BulkState, Status] = {
    BulkState.WAITING: Status(_("Waiting"), "quiet", _("It has not been its turn yet.")),
    BulkState.DONE: Status(_("Done"), "ok", _("It was done.")),
    BulkState.SAME: Status(_("Was so already"), "quiet", _("There was nothing to do.")),
    BulkState.REFUSED: Status(
        _("Refused"), "danger", _("It was not done; the reason is beside it.")
    ),
}
