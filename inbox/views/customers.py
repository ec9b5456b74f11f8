"""What one does about the customer beside the conversation. Each view is one action."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.contact_notes import (
    contactnote_add,
    contactnote_change,
    contactnote_remove,
)
from inbox.actions.customers import (
    contact_mark_vip,
    contact_merge,
    contact_set_language,
    contact_unmerge,
)
from inbox.forms_customer import ContactForm, ContactNoteForm, LanguageForm, VipForm
from inbox.languages import LANGUAGES
from inbox.selectors.access import conversation_for
from inbox.selectors.contacts import contact_panel
from inbox.views.base import ActorRequest, for_people
from inbox.views.thread import page


@require_GET
@for_people
def customer(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Show the customer: alone to a screen that shows the rest, first on one that cannot show all."""
    if request.htmx.target == "customer":
        return _panel(request, conversation_id)
    return page(request, conversation_id, pane="customer")


@require_POST
@for_people
def vip(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Mark the customer as VIP, or no longer."""
    given = VipForm(request.POST).values()
    contact_mark_vip(request.actor, conversation_id=conversation_id, **given)
    return panel_changed(request, conversation_id)


@require_POST
@for_people
def language(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Set the customer's language."""
    given = LanguageForm(request.POST).values()
    contact_set_language(request.actor, conversation_id=conversation_id, **given)
    return panel_changed(request, conversation_id)


@require_POST
@for_people
def merge(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Take two contacts for one person."""
    given = ContactForm(request.POST).values()
    contact_merge(request.actor, conversation_id=conversation_id, contact_id=given["contact"])
    return panel_changed(request, conversation_id)


@require_POST
@for_people
def unmerge(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Part them again."""
    given = ContactForm(request.POST).values()
    contact_unmerge(request.actor, conversation_id=conversation_id, contact_id=given["contact"])
    return panel_changed(request, conversation_id)


@require_POST
@for_people
def note(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Remember something about the customer."""
    given = ContactNoteForm(request.POST).values()
    contactnote_add(request.actor, conversation_id=conversation_id, text=given["text"])
    return panel_changed(request, conversation_id)


@require_POST
@for_people
def note_change(request: ActorRequest, conversation_id: int, note_id: int) -> HttpResponse:
    """Say it in other words."""
    given = ContactNoteForm(request.POST).values()
    contactnote_change(
        request.actor, conversation_id=conversation_id, note_id=note_id, text=given["text"]
    )
    return panel_changed(request, conversation_id)


@require_POST
@for_people
def note_remove(request: ActorRequest, conversation_id: int, note_id: int) -> HttpResponse:
    """Forget it again."""
    contactnote_remove(request.actor, conversation_id=conversation_id, note_id=note_id)
    return panel_changed(request, conversation_id)


def panel_context(request: ActorRequest, conversation_id: int) -> dict[str, Any]:
    """Return what the panel needs. A fixed number of queries."""
    row = conversation_for(request.actor, conversation_id)
    asked = request.GET.get("who", "")
    return {
        "conversation": row,
        "panel": contact_panel(request.actor, row, search=asked),
        "asked": asked,
        "languages": LANGUAGES.items(),
        "me": request.actor.user_id,
    }


def _panel(request: ActorRequest, conversation_id: int) -> HttpResponse:
    return render(request, "inbox/_customer.html", panel_context(request, conversation_id))


def panel_changed(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Answer an act: the panel to a live screen, a redirect to everybody else."""
    if request.htmx:
        return _panel(request, conversation_id)
    return redirect(reverse("inbox:customer", args=[conversation_id]))
