"""How the watch speaks: lanes and alarms in words. Tables only."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels.lifecycle import LAUNCH, NORMAL, URGENT, AlarmKind

#: By the number of `Delivery.priority`; a number without a word stands for itself.
LANES: dict[int, Promise] = {
    URGENT: pgettext_lazy("lane", "Urgent: answers"),
    LAUNCH: pgettext_lazy("lane", "Launch posts"),
    NORMAL: pgettext_lazy("lane", "Posts"),
}

#: Kind -> what is wrong, what to do
ALARMS: dict[AlarmKind, tuple[Promise, Promise]] = {
    AlarmKind.LATE: (
        _("Sending is late"),
        _(
            "Something has been due for more than 30 seconds and has not left. Look whether workers run."
        ),
    ),
    AlarmKind.SILENT: (
        _("The beat is silent"),
        _(
            "Nothing has been heard of the beat and its workers for 30 seconds. Nothing leaves meanwhile."
        ),
    ),
    AlarmKind.CLOCK: (
        _("Clocks differ"),
        _(
            "A worker's clock, or a platform's, differs from the database's by more than two seconds. "
            "Workers go by the database; nothing is sent to a platform that differs. Set the clocks right."
        ),
    ),
    AlarmKind.LIMITED: (
        _("Platforms ask for patience"),
        _("Something due waits for that. It leaves by itself once they let it."),
    ),
}


def lane_word(priority: int) -> Promise | str:
    """Name a lane."""
    return LANES.get(priority, str(priority))
