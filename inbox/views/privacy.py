"""A customer's right to their data: to have it, and to have it erased."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from inbox.actions.erasing import contact_erase
from inbox.actions.exporting import contact_export
from inbox.forms_customer import EraseForm
from inbox.selectors.privacy import kept_about
from inbox.views.base import ActorRequest, for_people
from opsconsole.kernel.errors import DomainError
from opsconsole.people.screens import blame


@require_POST
@for_people
def export(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Hand out all that is kept about the customer, as one file."""
    found = contact_export(request.actor, conversation_id=conversation_id)
    body = json.dumps(found, ensure_ascii=False, indent=2)
    answer = HttpResponse(body, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="customer-{conversation_id}.json"'
    return answer


@require_http_methods(["GET", "POST"])
@for_people
def erase(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Show what erasing takes away, and erase."""
    kept = kept_about(request.actor, conversation_id)
    form = EraseForm(request.POST or None)
    if form.is_valid():
        try:
            gone = contact_erase(
                request.actor, conversation_id=conversation_id, reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            blame(form, error)
        else:
            said = ngettext(
                "Erased: %(count)d conversation.", "Erased: %(count)d conversations.",
                gone.conversations,
            )  # fmt: skip
            messages.success(request, said % {"count": gone.conversations})
            return redirect("inbox:conversation", conversation_id)
    status = 422 if form.is_bound and form.errors else 200
    context = {"kept": kept, "form": form, "conversation_id": conversation_id}
    return render(request, "inbox/erase.html", context, status=status)
