"""How priorities and the ends of waits are said on screens: tables only."""

from django.utils.translation import gettext_lazy as _

from inbox.lifecycle import Priority
from inbox.wait_log import EndKind

PRIORITY_WORDS = {
    Priority.LOW: _("Low"),
    Priority.NORMAL: _("Normal"),
    Priority.HIGH: _("High"),
    Priority.URGENT: _("Urgent"),
}

END_WORDS = {
    EndKind.ANSWERED: _("Answered"),
    EndKind.CLOSED_NO_REPLY: _("Closed without an answer"),
    EndKind.WITHDRAWN: _("Withdrawn by the customer"),
    EndKind.MERGED: _("Merged"),
    EndKind.EVENT: _("Entry in an event"),
}
