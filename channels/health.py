"""How an account is doing, in words: one table and the rules that choose from it. No queries, no HTML."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from channels.details import in_words
from channels.models import ChannelAccount

#: An account that is not read for this long beyond its interval, or for that many intervals, is overdue.
PATIENCE, INTERVALS = timedelta(seconds=60), 3
#: So many days before the end of access people are told, once each time.
ENDS_TOLD = (14, 3, 1)
ENDS_SOON = timedelta(days=max(ENDS_TOLD))
#: So many failures in a row are no hiccup any more.
ILL_AFTER = 3


class Condition(StrEnum):
    """How an account is doing, coarsely: what people are told about. The later the worse."""

    CONNECTED = ""
    DEGRADED = "degraded"
    OVER = "over"  # over budget: nothing goes there before the month is over, or somebody pays
    RECONNECT = "reconnect"


@dataclass(frozen=True, slots=True)
class Health:
    """`tone` is one of ok, warn, danger, busy, quiet; `until` when it ends; `detail` what the platform said."""

    code: str
    label: Promise
    tone: str
    hint: Promise
    until: datetime | None = None
    detail: str = ""


_RECONNECT = Health(
    "reconnect",
    _("Must be reconnected"),
    "danger",
    _("Its credentials are no longer accepted. Nothing is read or sent until they are replaced."),
)
_PAUSED = Health("paused", _("Paused"), "quiet", _("Nothing is read and nothing is sent."))
_LIMITED = Health(
    "limited",
    _("Rate limited"),
    "warn",
    _("The platform asks for patience; reading and sending go on after that."),
)
_CAPPED = Health(
    "capped",
    _("Month used up"),
    "danger",
    _(
        "The month's allowance at the platform is used up. It is parked until that is counted anew."
    ),
)
_CREDITS = Health(
    "credits",
    _("Not paid for"),
    "danger",
    _(
        "What was paid for at the platform is used up. Somebody must pay there; it is tried once an hour."
    ),
)
_WAITING = Health(
    "waiting",
    _("Reading waits"),
    "warn",
    _("What is left of the platform's allowance is kept for answers; reading goes on after that."),
)
_OVERSPENT = Health(
    "spent",
    _("Money spent"),
    "danger",
    _(
        "This month's money for the account is spent. Nothing is read or sent before the next month."
    ),
)
_PARKED = {"capped": _CAPPED, "credits": _CREDITS}
_LEAVING = Health(
    "leaving",
    _("Being deleted"),
    "busy",
    _("It goes with all that came in and went out through it."),
)
_CLOCK = Health(
    "clock",
    _("Clocks differ"),
    "danger",
    _("Its platform's clock and ours do not agree. Nothing is sent until they do."),
)
_FAILING = Health(
    "failing", _("Failing"), "danger", _("It is tried again, at longer and longer intervals.")
)
_NEW = Health(
    "new", _("Waiting for the first check"), "busy", _("A worker looks whose account it is.")
)
_OVERDUE = Health(
    "overdue", _("Not being read"), "warn", _("Its poll is overdue. See whether the workers run.")
)
_ENDING = Health(
    "ending",
    _("Access ends soon"),
    "warn",
    _("It is read as planned. Somebody must sign in there again before access ends."),
)
_CONNECTED = Health("connected", _("Connected"), "ok", _("It is read as planned."))


def health_of(account: ChannelAccount, at: datetime) -> Health:
    """Say how an account is doing; what a person must do something about comes first."""
    if account.leaving_at is not None:
        return _LEAVING
    if account.needs_reconnect:
        return replace(_RECONNECT, detail=told(account))
    if account.is_paused:
        return _PAUSED
    if (waiting := _waiting(account, at)) is not None:
        return waiting
    if account.clock_skew:
        return replace(_CLOCK, detail=f"{account.clock_skew:+.0f} s")
    if account.failures:
        return replace(_FAILING, detail=told(account))
    return _going_on(account, at)


def _going_on(account: ChannelAccount, at: datetime) -> Health:
    """Say how an account is doing that nothing keeps and nothing ails."""
    if account.verified_at is None:
        return _NEW
    if _is_overdue(account, at):
        return _OVERDUE
    if days_left(account, at) is not None:
        return replace(_ENDING, until=account.access_until)
    return _CONNECTED


def days_left(account: ChannelAccount, at: datetime) -> int | None:
    """Return within how many of the days of `ENDS_TOLD` the platform ends our access; None while it is far off."""
    if account.access_until is None or account.access_until <= at:
        return None
    left = account.access_until - at
    return min((days for days in ENDS_TOLD if left <= timedelta(days=days)), default=None)


def _waiting(account: ChannelAccount, at: datetime) -> Health | None:
    """Say what keeps an account that could speak."""
    if account.next_allowed_at is not None and account.next_allowed_at > at:
        parked = _PARKED.get(account.parked_for, _LIMITED)
        return replace(parked, until=account.next_allowed_at, detail=told(account))
    if is_spent(account, at):
        return _OVERSPENT
    if account.reads_wait_until is not None and account.reads_wait_until > at:
        return replace(_WAITING, until=account.reads_wait_until)
    return None


def condition_of(account: ChannelAccount, at: datetime) -> Condition:
    """Say how an account is doing as far as people are told; a pause is theirs, and says nothing."""
    if account.needs_reconnect:
        return Condition.RECONNECT
    if silence_of(account, at) and not account.is_paused:
        return Condition.OVER
    is_ill = account.failures >= ILL_AFTER and not account.is_paused
    return Condition.DEGRADED if is_ill else Condition.CONNECTED


def silence_of(account: ChannelAccount, at: datetime) -> str:
    """Say why nothing can be said as this account; empty when it can, or after a wait of minutes."""
    if account.is_paused:
        return gettext("The account is paused.")
    if account.needs_reconnect:
        return gettext("The account must be reconnected before anything can be sent.")
    is_parked = account.next_allowed_at is not None and account.next_allowed_at > at
    if is_parked and account.parked_for == "capped":
        day = date_format(timezone.localtime(account.next_allowed_at), "DATE_FORMAT")
        return gettext("The month's allowance of this account is used up until %(day)s.") % {
            "day": day
        }
    if is_spent(account, at):
        return gettext("This month's money for the account is spent.")
    if is_parked and account.parked_for == "credits":
        return gettext(
            "What was paid for at the platform is used up. Somebody must pay there first."
        )
    return ""


def is_spent(account: ChannelAccount, at: datetime) -> bool:
    """Say whether an account may cost no more this month."""
    if account.spend_ceiling is None or account.spend_month is None:
        return False
    is_now = (account.spend_month.year, account.spend_month.month) == (at.year, at.month)
    return is_now and account.spent >= account.spend_ceiling


def told(account: ChannelAccount) -> str:
    """Return what went wrong last; our own sentences in the reader's language."""
    return in_words(account.last_error)


def behind_since(account: ChannelAccount, at: datetime) -> datetime | None:
    """Return the moment from which on what customers wrote is unknown here; None when on time."""
    if account.last_success_at is None:
        return None
    planned = account.last_success_at + timedelta(seconds=account.poll_every)
    return planned if at - planned > _slack(account) else None


def next_poll(account: ChannelAccount) -> datetime | None:
    """Return when the account is read next; None when it is not."""
    if not account.can_speak:
        return None
    return max(account.poll_due_at, account.next_allowed_at or account.poll_due_at)


def _is_overdue(account: ChannelAccount, at: datetime) -> bool:
    planned = max(account.poll_due_at, account.verified_at or account.poll_due_at)
    return at - planned > max(PATIENCE, INTERVALS * timedelta(seconds=account.poll_every))


def _slack(account: ChannelAccount) -> timedelta:
    """Return by how much a healthy account may be late: reading takes its time."""
    return timedelta(seconds=max(5, account.poll_every / 2))
