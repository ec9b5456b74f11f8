"""How the states of a conversation, and what befell a message, are said on screens: tables only."""

from django.utils.translation import gettext_lazy as _

from channels.status import Status
from channels.types import Visibility
from inbox.lifecycle import ConversationState

S = ConversationState

CONVERSATION_STATUS: dict[ConversationState, Status] = {
    S.NEW: Status(_("New"), "warn", _("Nobody has taken it yet.")),
    S.OPEN: Status(_("In work"), "busy", _("Somebody is working on it.")),
    S.WAITING: Status(_("Answered"), "quiet", _("Answered; it is the customer's turn.")),
    S.RESOLVED: Status(_("Resolved"), "ok", _("Closed; it opens again when the customer writes.")),
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
