"""Screens of consults: asking from a conversation, the list of a unit, and one question with its answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.consults import consult_answer, consult_ask, consult_withdraw
from inbox.actions.guest_links import guest_link_make, guest_link_withdraw
from inbox.consult_forms import AnswerForm, AskForm, LinkForm
from inbox.selectors.consults import consult_page, consult_view
from inbox.views.base import ActorRequest, for_people
from inbox.views.thread import changed
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError
from opsconsole.people.roles import Ability
from opsconsole.people.screens import blame, told


@require_POST
@for_people
def ask(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Ask another unit about a conversation."""
    given = AskForm(request.POST).values()
    consult_ask(
        request.actor,
        conversation_id=conversation_id,
        unit_id=given["unit"],
        question=given["question"],
    )
    return changed(request, conversation_id)


@require_GET
@for_people
def consults(request: ActorRequest) -> HttpResponse:
    """List what units of mine are asked: what waits, or what is over."""
    request.actor.must(Ability.READ_INBOX)
    is_open = request.GET.get("view") != "past"
    cursor = request.GET.get("cursor", "")
    page = consult_page(request.actor, is_open=is_open, cursor=cursor)
    context = {"page": page, "is_open": is_open, "now": now()}
    return render(request, "inbox/consults.html", context)


@require_GET
@for_people
def consult(request: ActorRequest, consult_id: int) -> HttpResponse:
    """Show one question with what is needed to answer it."""
    return _page(request, consult_id)


def _page(request: ActorRequest, consult_id: int, **extra: Any) -> HttpResponse:
    shown = consult_view(request.actor, consult_id)
    context = {
        "shown": shown,
        "consult": shown.consult,
        "form": AnswerForm(),
        "link_form": LinkForm(initial={"language": request.LANGUAGE_CODE, "hours": 24}),
        "now": now(),
        **extra,
    }
    refused = any(form.is_bound for form in (context["form"], context["link_form"]))
    status = 422 if refused and "address" not in extra else 200
    return render(request, "inbox/consult.html", context, status=status)


@require_POST
@for_people
def answer(request: ActorRequest, consult_id: int) -> HttpResponse:
    """Answer for the unit that was asked; a refusal gives back what was typed."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            consult_answer(request.actor, consult_id=consult_id, **form.cleaned_data)
        except DomainError as error:
            blame(form, error)
        else:
            messages.success(request, _("Your answer stands in the conversation."))
            return redirect("inbox:consults")
    return _page(request, consult_id, form=form)


@require_POST
@for_people
def withdraw(request: ActorRequest, consult_id: int) -> HttpResponse:
    """Take a question back."""
    told(request, lambda: consult_withdraw(request.actor, consult_id=consult_id))
    return redirect("inbox:consult", consult_id=consult_id)


@require_POST
@for_people
def link(request: ActorRequest, consult_id: int) -> HttpResponse:
    """Make a guest link; its address is shown this once."""
    form = LinkForm(request.POST)
    if form.is_valid():
        try:
            _link, secret = guest_link_make(
                request.actor, consult_id=consult_id, **form.cleaned_data
            )
        except DomainError as error:
            blame(form, error)
        else:
            address = request.build_absolute_uri(reverse("inbox:guest", args=[secret]))
            return _page(request, consult_id, address=address)
    return _page(request, consult_id, link_form=form)


@require_POST
@for_people
def link_withdraw(request: ActorRequest, consult_id: int, link_id: int) -> HttpResponse:
    """Take a guest link back."""
    told(
        request,
        lambda: guest_link_withdraw(request.actor, consult_id=consult_id, link_id=link_id),
        _("The link leads nowhere now."),
    )
    return redirect("inbox:consult", consult_id=consult_id)
