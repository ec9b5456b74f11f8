"""Who else is here: signs of life, and the parts of the screen that show them."""

import uuid
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.leases import lease_take, lease_take_over
from inbox.actions.presence import presence_end, presence_note
from inbox.forms import PresenceForm, ReasonForm
from inbox.lifecycle import DraftKind, DraftState, PresenceState
from inbox.models import Conversation, Reply
from inbox.selectors.access import conversation_for
from inbox.selectors.belongings import Belongings
from inbox.selectors.company import Company, companies, company_of
from inbox.selectors.news import news_since
from inbox.selectors.thread import Thread
from inbox.views.base import ActorRequest, for_people
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from opsconsole.people.roles import Ability

#: Rows of the longest list that a live screen shows.
MOST_ROWS = 200


def company_context(
    request: ActorRequest, conversation: Conversation, there: Belongings | None = None
) -> dict[str, Any]:
    """Return who else is at a conversation, what they write, and how one's own drafts stand."""
    company, me = company_of(conversation, there), request.actor.user_id
    mine = company.draft_of(me, DraftKind.REPLY)
    others = [d for d in company.drafts if d.author_id != me and d.state != DraftState.SUBMITTED]
    return {
        "company": company,
        "drafts": [*([mine] if mine and mine.send_at else []), *others],
        "my_reply": mine,
        "my_note": company.draft_of(me, DraftKind.NOTE),
        "news": news_since(mine, conversation),
        "me": me,
        "may": _may(request, conversation),
        "zone": timezone.get_current_timezone_name(),
    }


def _may(request: ActorRequest, conversation: Conversation) -> dict[str, bool]:
    able = {
        "work": Ability.WORK_INBOX,
        "draft": Ability.DRAFT_REPLIES,
        "note": Ability.WRITE_NOTES,
        "direct": Ability.DIRECT_INBOX,
    }
    return {
        name: request.actor.can(ability, conversation.unit_id) for name, ability in able.items()
    }


def fresh_keys(context: dict[str, Any]) -> dict[str, uuid.UUID]:
    """Return the keys under which the composer's texts are sent: their drafts', or new ones."""
    reply, note = context["my_reply"], context["my_note"]
    return {
        "request_key": reply.request_key if reply else uuid.uuid4(),
        "note_key": note.request_key if note else uuid.uuid4(),
    }


def leaving(shown: Thread, me: int | None) -> Reply | None:
    """Return one's own answer that can still be taken back. Reads no rows."""
    return next(
        (
            entry.row
            for entry in reversed(shown.entries)
            if entry.kind == "reply"
            and entry.row.author_id == me
            and entry.row.delivery.state == "planned"
            and entry.row.delivery.not_before > now()
        ),
        None,
    )


@require_GET
@for_people
def beside(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Show what others do at a conversation, and how one's own draft stands."""
    return _beside(request, conversation_id)


def _beside(request: ActorRequest, conversation_id: int) -> HttpResponse:
    row = conversation_for(request.actor, conversation_id)
    context = {"conversation": row, **company_context(request, row)}
    return render(request, "inbox/_beside.html", context)


@require_POST
@for_people
def presence(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Take a sign of life; whoever types an answer takes or keeps the lease."""
    given = PresenceForm(request.POST).values()
    if given["state"] in {"away", "gone"}:
        for_good = given["state"] == "gone"
        presence_end(
            request.actor, conversation_id=conversation_id, tab=given["tab"], for_good=for_good
        )
        return HttpResponse(status=204)
    state = PresenceState(given["state"])
    presence_note(request.actor, conversation_id=conversation_id, tab=given["tab"], state=state)
    return JsonResponse(_lease(request, conversation_id) if given["answering"] else {})


def _lease(request: ActorRequest, conversation_id: int) -> dict[str, Any]:
    try:
        lease_take(request.actor, conversation_id=conversation_id)
    except Conflict as problem:
        return {"is_mine": False, "message": str(problem.message)}
    return {"is_mine": True}


@require_POST
@for_people
def take_over(request: ActorRequest, conversation_id: int) -> HttpResponse:
    """Answer in the place of whoever is answering."""
    reason = ReasonForm(request.POST).values()["reason"]
    lease_take_over(request.actor, conversation_id=conversation_id, reason=reason)
    return _beside(request, conversation_id)


@require_GET
@for_people
def here(request: ActorRequest) -> HttpResponse:
    """Show who is at which of the listed conversations. Four queries however many there are."""
    given = request.GET.get("ids", "").split(",")
    ids = [int(pk) for pk in given if pk.isascii() and pk.isdigit() and len(pk) < 18]
    found: dict[int, Company] = companies(request.actor, ids[:MOST_ROWS])
    shown = [(pk, one) for pk, one in found.items() if one.answering or one.people or one.drafts]
    return render(request, "inbox/_here.html", {"rows": shown, "me": request.actor.user_id})
