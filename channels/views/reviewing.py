"""What the screens share on which people decide about deliveries that did not leave at their time."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.actions import reviewing
from channels.actions.reviewing import Reviewed
from channels.hold_forms import ReviewForm
from opsconsole.kernel.errors import DomainError, Invalid
from opsconsole.people.screens import ActorRequest


def decide_chosen(request: ActorRequest) -> None:
    """Do with the chosen deliveries what the pressed button says, and tell how it went as notices."""
    chosen = [int(given) for given in request.POST.getlist("delivery") if _is_number(given)]
    try:
        if not chosen:
            raise Invalid(_("Choose at least one."), code="nothing_chosen")
        reviewed = _decision(request)(request.actor, delivery_ids=chosen, **_time(request))
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error.message))
    else:
        _say(request, reviewed)


_VERDICTS: dict[str, Callable[..., Reviewed]] = {
    "send": reviewing.review_send,
    "plan": reviewing.review_plan,
    "drop": reviewing.review_drop,
}


def _decision(request: ActorRequest) -> Callable[..., Reviewed]:
    wanted = _VERDICTS.get(request.POST.get("verdict", ""))
    if wanted is None:
        raise Invalid(_("Choose what shall become of it."), code="verdict")
    return wanted


def _time(request: ActorRequest) -> dict[str, Any]:
    if request.POST.get("verdict") != "plan":
        return {}
    form = ReviewForm(request.POST)
    at = form.moment() if form.is_valid() else None
    if at is None:
        raise Invalid(_("Choose a time that is still to come."), code="past", field="at")
    return {"at": at}


def _say(request: ActorRequest, reviewed: Reviewed) -> None:
    if reviewed.done:
        done = ngettext("%(count)d decided.", "%(count)d decided.", reviewed.done)
        messages.success(request, done % {"count": reviewed.done})
    for words in dict.fromkeys(str(refusal.message) for refusal in reviewed.refusals):
        messages.error(request, words)
    if reviewed.moved_on:
        late = ngettext(
            "%(count)d had been decided by somebody else meanwhile.",
            "%(count)d had been decided by somebody else meanwhile.",
            reviewed.moved_on,
        )
        messages.warning(request, late % {"count": reviewed.moved_on})


def _is_number(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) < 19
