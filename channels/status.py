"""How the states of a delivery are said on screens: one table. No queries, no HTML."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels.lifecycle import WAITING, ChannelKind, DeliveryState
from channels.models import Delivery


@dataclass(frozen=True, slots=True)
class Status:
    """A state in words: `tone` is one of ok, warn, danger, busy, quiet; `hint` says what happens next."""

    label: Promise
    tone: str
    hint: Promise


@dataclass(frozen=True, slots=True)
class Channel:
    """A kind of channel in words: what it is called, and what connecting it gives."""

    label: Promise | str
    summary: Promise


CHANNELS: dict[ChannelKind, Channel] = {
    ChannelKind.X: Channel("X", _("Mentions and replies come in; answers and posts go out.")),
    ChannelKind.FACEBOOK: Channel(
        _("Facebook Page"),
        _("Comments and visitors' posts come in; answers and posts go out."),
    ),
    ChannelKind.BLOG: Channel(
        _("WordPress blog"), _("Comments and pingbacks come in; answers and posts go out.")
    ),
    ChannelKind.FEED: Channel(
        _("Comment feed"), _("Comments of any blog come in. Nothing goes out.")
    ),
}

S = DeliveryState

DELIVERY_STATUS: dict[DeliveryState, Status] = {
    S.PLANNED: Status(_("Waiting"), "quiet", _("It leaves at its time.")),
    S.AWAITING: Status(
        _("Waits for approval"), "warn", _("Without approval it is not sent at its time.")
    ),
    S.READY: Status(_("Waiting"), "quiet", _("A worker will take it in a moment.")),
    S.CLAIMED: Status(_("Sending"), "busy", _("A worker has it in hand.")),
    S.PREPARED: Status(_("Sending"), "busy", _("Pictures are uploaded; nothing is public yet.")),
    S.ARMED: Status(_("Sending"), "busy", _("It is being handed to the platform.")),
    S.SENT: Status(_("Sent"), "ok", _("It stands on the platform.")),
    S.AMBIGUOUS: Status(
        _("Checking with the platform"),
        "busy",
        _("The platform gave no clear answer. It is being read back; nothing is sent twice."),
    ),
    S.RECONCILING: Status(
        _("Checking with the platform"),
        "busy",
        _("The platform gave no clear answer. It is being read back; nothing is sent twice."),
    ),
    S.RETRY_WAIT: Status(
        _("Waiting to try again"), "warn", _("Certainly not sent yet; it will be tried again.")
    ),
    S.HELD: Status(
        _("Held"), "warn", _("The account cannot speak now. It leaves when the account can.")
    ),
    S.NEEDS_HUMAN: Status(
        _("Needs your decision"),
        "danger",
        _("Nobody knows whether it was sent. Look on the platform, then decide."),
    ),
    S.REJECTED: Status(
        _("Refused"), "danger", _("The platform refused it for good. Change it and send anew.")
    ),
    S.FAILED: Status(_("Not sent"), "danger", _("It was given up, certainly not sent.")),
    S.MISSED: Status(
        _("Missed"), "danger", _("Its time ran out before it could leave. It was not sent.")
    ),
    S.CANCELLED: Status(_("Cancelled"), "quiet", _("It was stopped before it left.")),
}

ON_HOLD = Status(
    _("On hold"),
    "warn",
    _("A hold is in force: it does not leave before somebody lifts the hold."),
)
TO_REVIEW = Status(
    _("To be reviewed"),
    "warn",
    _(
        "It became due while a hold was in force. It was not sent; somebody decides whether it still leaves."
    ),
)

BLOCKED = Status(
    _("Waits its turn"),
    "quiet",
    _("It leaves once the one before it stands on its platform, and not before its time."),
)


def status_of(delivery: Delivery) -> Status:
    """Return the words for where a delivery stands: a hold in force, or one that was, says more than the state."""
    if delivery.hold_id is not None and delivery.state == S.HELD:
        return TO_REVIEW if delivery.reason_code == "hold_lifted" else ON_HOLD
    if delivery.hold_id is not None and delivery.state in WAITING:
        return ON_HOLD
    if delivery.is_blocked and delivery.state in WAITING:
        return BLOCKED
    return DELIVERY_STATUS[S(delivery.state)]


#: Why a delivery is where it is: the codes that the sending writes down, and those of a refusal.
DELIVERY_REASONS: dict[str, Promise] = {
    "account_disconnected": _("The account must be reconnected; it leaves after that."),
    "answered": _("This comment has had its private answer; there can be only one."),
    "before_failed": _("The one before it was not sent, so this was not either."),
    "blocked": _("The customer or the platform has blocked this account."),
    "capped": _(
        "The month's allowance at the platform is used up; it leaves once that is counted anew."
    ),
    "database_changed": _(
        "The database was replaced by a copy of it. The platform is read back before anything is sent."
    ),
    "duplicate": _("The platform says we have just written the same. Change the words."),
    "invalid": _("The platform does not accept it as it is."),
    "late_asks": _("It could not leave at its time. Somebody decides whether it still does."),
    "late_dropped": _("It could not leave at its time, and late it was not to be sent."),
    "no_room": _(
        "The account has said as much as its budget allows; it leaves once there is room."
    ),
    "no_credits": _(
        "What was paid for at the platform is used up; it leaves once somebody has paid."
    ),
    "no_quota": _("The platform's allowance is used up for now; it leaves once there is room."),
    "not_approved": _("It was not approved at its time. It was not sent."),
    "not_permitted": _("The platform does not let this account answer there."),
    "processing": _("The platform is still working on the film; it leaves once that is done."),
    "rate_limited": _("The platform asks for patience; it will be tried again."),
    "target_gone": _("The message it answers is no longer there."),
    "too_long": _("The platform finds it too long."),
    "unclear": _(
        "The platform gave no clear answer. It is being read back; nothing is sent twice."
    ),
    "unreachable": _("The platform did not answer; it will be tried again."),
    "unreadable": _("The platform could not be read back yet."),
    "window_closed": _("Its time ran out before it could leave. It was not sent."),
    "worker_lost": _("It was interrupted while sending and is being read back."),
}
#: The same for those of which no worker will try again.
FINAL_REASONS: dict[str, Promise] = {"unreachable": _("The platform did not answer.")}

#: The groups of channels.lifecycle.GROUPS.
GROUP_LABELS: dict[str, Promise] = {
    "decide": _("Needs a decision"),
    "under_way": _("Under way"),
    "not_sent": _("Not sent"),
    "sent": _("Sent"),
}

#: How a create call ended; an attempt without an outcome has not.
ATTEMPT_OUTCOMES: dict[str, Status] = {
    "sent": Status(_("Sent"), "ok", _("It stands on the platform.")),
    "refused": Status(_("Refused"), "warn", _("The platform said no; nothing was created.")),
    "absent": Status(_("Not there"), "warn", _("The platform was read back and did not have it.")),
    "dropped": Status(_("Dropped"), "quiet", _("A person decided not to send it.")),
}
ATTEMPT_OPEN = Status(
    pgettext_lazy("attempt", "Open"), "busy", _("Nobody knows yet how it ended.")
)
