"""Passing a shift on: the page with all that the next one needs, and the notes between them."""

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.handing import hand_over_note_confirm, hand_over_note_leave
from inbox.actions.operators import operator_change
from inbox.desk_forms import HandOverNoteForm, OperatorForm
from inbox.selectors.duty import operator_to_manage, profile_of
from inbox.selectors.handing import hand_over
from inbox.views.base import ActorRequest, for_people
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError
from opsconsole.people.roles import Ability
from opsconsole.people.screens import blame, told


@require_GET
@for_people
def page(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Show what a unit passes on to its next shift."""
    passed = hand_over(request.actor, unit_id, now())
    context = {
        "passed": passed,
        "unit": passed.unit,
        "may_note": request.actor.can(Ability.WORK_INBOX, unit_id),
        "me": request.actor.user_id,
    }
    return render(request, "inbox/hand_over.html", context)


@require_POST
@for_people
def note(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Leave a note for the next shift."""
    told(
        request,
        lambda: hand_over_note_leave(
            request.actor, unit_id=unit_id, text=HandOverNoteForm(request.POST).values()["text"]
        ),
        _("The next shift will read it."),
    )
    return redirect("inbox:handing", unit_id=unit_id)


@require_POST
@for_people
def confirm(request: ActorRequest, unit_id: int, note_id: int) -> HttpResponse:
    """Confirm having read a note."""
    told(request, lambda: hand_over_note_confirm(request.actor, note_id=note_id), _("Confirmed."))
    return redirect("inbox:handing", unit_id=unit_id)


@require_http_methods(["GET", "POST"])
@for_people
def operator(request: ActorRequest, person_id: int) -> HttpResponse:
    """Show and set what somebody can take on."""
    person = operator_to_manage(request.actor, person_id)
    form = OperatorForm(request.POST or None, initial=model_to_dict(profile_of(person_id)))
    if form.is_valid():
        try:
            operator_change(request.actor, person_id=person_id, **form.values())
        except DomainError as error:
            blame(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("inbox:operator", person_id=person_id)
    context = {"person": person, "form": form}
    return render(request, "inbox/operator.html", context, status=422 if form.is_bound else 200)
