"""How a rehearsal is said in words: what came of it, and why something would not go out. Tables, no queries."""

import math

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext_lazy

from campaigns.lifecycle import RehearsalState
from campaigns.rehearsal.misfortunes import Faults, Misfortune
from campaigns.selectors.rehearsals import ON_TIME, Report
from campaigns.status import Status

H, M = RehearsalState, Misfortune

REHEARSAL_STATUS: dict[RehearsalState, Status] = {
    H.QUEUED: Status(pgettext_lazy("rehearsal", "Waits for its turn"), "quiet"),
    H.RUNNING: Status(pgettext_lazy("rehearsal", "Running"), "busy"),
    H.DONE: Status(pgettext_lazy("rehearsal", "Done"), "ok"),
    H.FAILED: Status(pgettext_lazy("rehearsal", "Failed"), "danger"),
    H.CANCELLED: Status(pgettext_lazy("rehearsal", "Stopped"), "quiet"),
}

#: What a rehearsal does at the moment.
STEPS: dict[str, Promise] = {
    "preparing": gettext_lazy("Setting up the imitated platforms"),
    "running": gettext_lazy("The posts are going out"),
    "reporting": gettext_lazy("Writing the report"),
}

FAULTS: dict[Faults, Promise] = {
    Faults.NONE: gettext_lazy("Everything goes well"),
    Faults.ORDINARY: gettext_lazy("An ordinary bad day"),
    Faults.HARD: gettext_lazy("A hard day"),
}

#: Why a rehearsal could not be brought to an end.
FAILURES: dict[str, Promise] = {
    "no_databases": gettext_lazy("The database role may not make databases."),
    "no_start": gettext_lazy("One of its programs did not start, or stopped by itself."),
    "died": gettext_lazy("Its process died."),
    "stopped": gettext_lazy("The worker that ran it was stopped."),
    "crashed": gettext_lazy("It met an unexpected error."),
}

MISFORTUNES: dict[Misfortune, Promise] = {
    M.TIMEOUT: gettext_lazy("No answer, though the platform had taken it"),
    M.BAD_GATEWAY: gettext_lazy("Error 502 instead of an answer"),
    M.LIMITED: gettext_lazy("The platform asked for patience (429)"),
    M.SLOW: gettext_lazy("A slow answer"),
    M.KILLED: gettext_lazy("The worker was killed while sending"),
    M.REVOKED: gettext_lazy("The access was withdrawn"),
}

#: Why a placement would not go out: one of them in a line of the report.
REASONS: dict[str, Promise] = {
    "draft": gettext_lazy("A draft: it is not scheduled"),
    "no_time": gettext_lazy("A draft without a time"),
    "not_approved": gettext_lazy("Not approved at its time"),
    "on_hold": gettext_lazy("A hold is in force"),
    "account_paused": gettext_lazy("The account is paused"),
    "account_disconnected": gettext_lazy("The account must be reconnected"),
    "account_unverified": gettext_lazy("The account has not been checked yet"),
    "revoked": gettext_lazy("The rehearsal had taken the account its access"),
    "rejected": gettext_lazy("The platform refuses it"),
    "failed": gettext_lazy("The platform could not be reached"),
    "unclear": gettext_lazy("Nobody can say; a person would have to decide"),
    "window_closed": gettext_lazy("It could not leave within its time"),
    "time_up": gettext_lazy("The rehearsal ended before its turn"),
}

#: The same, counted, for the verdict.
_COUNTED = {
    "draft": ngettext_lazy("%(n)d is a draft", "%(n)d are drafts", "n"),
    "no_time": ngettext_lazy("%(n)d has no time", "%(n)d have no time", "n"),
    "not_approved": ngettext_lazy("%(n)d is not approved", "%(n)d are not approved", "n"),
    "on_hold": ngettext_lazy("%(n)d is on hold", "%(n)d are on hold", "n"),
    "account_paused": ngettext_lazy(
        "%(n)d goes to a paused account", "%(n)d go to paused accounts", "n"
    ),
    "account_disconnected": ngettext_lazy(
        "%(n)d goes to an account that must be reconnected",
        "%(n)d go to accounts that must be reconnected", "n",
    ),
    "account_unverified": ngettext_lazy(
        "%(n)d goes to an account that was never checked",
        "%(n)d go to accounts that were never checked", "n",
    ),
    "revoked": ngettext_lazy(
        "%(n)d fell to the access that was withdrawn on purpose",
        "%(n)d fell to the access that was withdrawn on purpose", "n",
    ),
    "rejected": ngettext_lazy(
        "the platform refuses %(n)d", "the platforms refuse %(n)d", "n"
    ),
    "unclear": ngettext_lazy("of %(n)d the fate is unclear", "of %(n)d the fate is unclear", "n"),
    "time_up": ngettext_lazy("%(n)d was not reached", "%(n)d were not reached", "n"),
}  # fmt: skip

#: What would be refused when a draft were scheduled; other codes are said by REFUSED.
TROUBLES: dict[str, Promise] = {
    "too_long": gettext_lazy("It is too long for this channel"),
    "blank": gettext_lazy("It has no words"),
    "placeholder": gettext_lazy("Something in it has not been filled in"),
    "same_text": gettext_lazy("The account says exactly this within 24 hours already"),
    "title": gettext_lazy("A blog article needs a title"),
}
REFUSED = gettext_lazy("It would be refused when it is scheduled")


def verdict(report: Report) -> str:
    """Say in one sentence what a rehearsal has found."""
    if not report.rows:
        return _("None of these posts lies within your reach.")
    return "; ".join([_going(report), *map(_staying, report.reasons)]) + "."


def remarks(report: Report) -> list[str]:
    """Say what else is to be known, each in a sentence."""
    said = [
        _("Nothing stands twice on any platform.")
        if not report.duplicates
        else ngettext(
            "%(n)d post stands twice on a platform. Tell whoever operates the console.",
            "%(n)d posts stand twice on a platform. Tell whoever operates the console.",
            report.duplicates,
        )
        % {"n": report.duplicates}
    ]
    if report.is_cut:
        said.append(_("The rehearsal was ended when its time was up."))
    if report.hidden:
        said.append(
            ngettext(
                "%(n)d placement belongs to units whose posts you do not read; it is left out here.",
                "%(n)d placements belong to units whose posts you do not read; they are left out here.",
                report.hidden,
            )
            % {"n": report.hidden}
        )  # fmt: skip
    return said


def _going(report: Report) -> str:
    numbers = {
        "n": len(report.going), "of": len(report.rows), "punctual": report.punctual,
        "soon": math.ceil(ON_TIME), "late": math.ceil(report.slowest),
    }  # fmt: skip
    if not report.going:
        return _("None of %(of)d would go out") % numbers
    if report.punctual == len(report.going):
        if len(report.going) == len(report.rows):
            return _("All %(of)d would go out within %(soon)d s") % numbers
        return _("%(n)d of %(of)d would go out within %(soon)d s") % numbers
    return (
        _("%(n)d of %(of)d would go out, %(punctual)d within %(soon)d s, the last %(late)d s late")
        % numbers
    )


def _staying(counted: tuple[str, int]) -> str:
    reason, count = counted
    if reason in _COUNTED:
        return str(_COUNTED[reason] % {"n": count})
    fallback = ngettext("%(n)d would not go out", "%(n)d would not go out", count)
    return fallback % {"n": count}
