"""Saved replies: looking after them, and what is offered behind a slash."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.saved_replies import (
    saved_reply_archive,
    saved_reply_create,
    saved_reply_restore,
    saved_reply_update,
    saved_reply_used,
)
from inbox.forms_wording import SavedFilterForm, SavedReplyForm
from inbox.models import SavedReply
from inbox.selectors.saved_replies import (
    Offer,
    may_change,
    offers,
    saved_reply_for,
    saved_reply_page,
)
from inbox.status import VARIABLE_WORDS
from inbox.views.base import ActorRequest, for_people
from opsconsole.kernel.errors import DomainError
from opsconsole.people.roles import Ability
from opsconsole.people.screens import blame, told
from opsconsole.people.selectors import units_within


@require_GET
@for_people
def saved_replies(request: ActorRequest) -> HttpResponse:
    """List what one may use, narrowed by words, unit, language and whose it is."""
    actor = request.actor
    actor.must(Ability.READ_INBOX)
    form = SavedFilterForm(request.GET, units=units_within(actor, Ability.READ_INBOX))
    page = saved_reply_page(actor, form.filters(), cursor=request.GET.get("cursor", ""))
    rows = [(row, may_change(actor, row)) for row in page.rows]
    context = {
        "page": page, "rows": rows, "form": form, "me": actor.user_id,
        "may_add": actor.can(Ability.DRAFT_REPLIES),
    }  # fmt: skip
    return render(request, "inbox/saved_replies.html", context)


@require_http_methods(["GET", "POST"])
@for_people
def create(request: ActorRequest) -> HttpResponse:
    """Save a new reply."""
    request.actor.must(Ability.DRAFT_REPLIES)
    form = _form(request)
    if form.is_valid():
        saved = _try(form, lambda: saved_reply_create(request.actor, **_given(form)))
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("inbox:saved_replies")
    return _page(request, form, None)


@require_http_methods(["GET", "POST"])
@for_people
def edit(request: ActorRequest, saved_reply_id: int) -> HttpResponse:
    """Show a saved reply, and change it."""
    saved = saved_reply_for(request.actor, saved_reply_id)
    form = _form(request, saved)
    if form.is_valid():
        changed = _try(
            form,
            lambda: saved_reply_update(
                request.actor, saved_reply_id=saved_reply_id, **_given(form)
            ),
        )
        if changed is not None:
            messages.success(request, _("Saved."))
            return redirect("inbox:saved_replies")
    return _page(request, form, saved)


def _form(request: ActorRequest, saved: SavedReply | None = None) -> SavedReplyForm:
    initial: dict[str, Any] = {}
    if saved is not None:
        names = ("title", "shortcut", "text", "language")
        initial = {name: getattr(saved, name) for name in names}
        initial |= {"unit": saved.unit_id or "", "is_shared": saved.owner_id is None}
    units = units_within(request.actor, Ability.DRAFT_REPLIES)
    may_share = request.actor.can(Ability.MANAGE_DESK)
    return SavedReplyForm(request.POST or None, initial=initial, units=units, may_share=may_share)


def _given(form: SavedReplyForm) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    unit_id = given.pop("unit")
    return {**given, "unit_id": unit_id, "is_shared": given.get("is_shared", False)}


def _try(form: SavedReplyForm, act: Callable[[], SavedReply]) -> SavedReply | None:
    """Do it, or put the refusal at the field it is about."""
    try:
        return act()
    except DomainError as error:
        blame(form, error)
    return None


def _page(request: ActorRequest, form: SavedReplyForm, saved: SavedReply | None) -> HttpResponse:
    context = {
        "form": form, "saved": saved, "variables": VARIABLE_WORDS.items(),
        "may_change": saved is None or may_change(request.actor, saved),
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "inbox/saved_reply.html", context, status=status)


@require_POST
@for_people
def archive(request: ActorRequest, saved_reply_id: int) -> HttpResponse:
    """Offer it no more."""
    act = partial(saved_reply_archive, request.actor, saved_reply_id=saved_reply_id)
    told(request, act, _("Archived. You can restore it."))
    return redirect("inbox:saved_replies")


@require_POST
@for_people
def restore(request: ActorRequest, saved_reply_id: int) -> HttpResponse:
    """Offer it again."""
    act = partial(saved_reply_restore, request.actor, saved_reply_id=saved_reply_id)
    told(request, act, _("Restored."))
    return redirect("inbox:saved_replies")


@require_POST
@for_people
def used(request: ActorRequest, saved_reply_id: int) -> HttpResponse:
    """Count one use."""
    saved_reply_used(request.actor, saved_reply_id=saved_reply_id)
    return HttpResponse(status=204)


@require_GET
@for_people
def offered(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Offer what fits the words behind the slash, filled in for this conversation."""
    found = offers(request.actor, conversation_id, request.GET.get("text", ""))
    shown = [(offer, _missing(offer)) for offer in found]
    return render(request, "inbox/_saved_offers.html", {"offers": shown})


def _missing(offer: Offer) -> str:
    return ", ".join(str(VARIABLE_WORDS[name]) for name in offer.filled.missing)
