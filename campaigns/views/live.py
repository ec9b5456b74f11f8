"""The screens of live desks: the list, opening one, and the desk itself."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions.approvals import approval_decide
from campaigns.actions.live_desks import (
    desk_close,
    desk_export,
    desk_open,
    desk_reopen,
)
from campaigns.actions.live_letting import desk_ask_again, desk_let_out, desk_refuse
from campaigns.actions.live_lines import ANYWAY, UNDO
from campaigns.actions.live_presence import live_presence_end, live_presence_note
from campaigns.actions.live_snippets import snippet_add
from campaigns.live_forms import LiveDeskForm, SnippetForm
from campaigns.live_words import as_rows, as_text, summary
from campaigns.models import LiveDesk
from campaigns.selectors.campaigns import campaigns_to_choose
from campaigns.selectors.live import (
    VIEWS,
    accounts_to_speak,
    desk_for,
    desk_of_word,
    desk_page,
    masters_to_choose,
)
from campaigns.selectors.live_room import KEYS, SHOWN, WHOLE, room_of
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.kernel.sheets import BOM, csv_text
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, number, told
from opsconsole.people.selectors import units_within


@require_GET
@for_people
def desks(request: ActorRequest) -> HttpResponse:
    """List live desks: those that are open, and past ones."""
    request.actor.must(Ability.READ_POSTS)
    view = request.GET.get("view") or "open"
    context = {
        "page": desk_page(request.actor, view=view, cursor=request.GET.get("cursor", "")),
        "view": view,
        "views": VIEWS,
        "can_write": request.actor.can(Ability.WRITE_POSTS),
    }
    return render(request, "campaigns/live_desks.html", context)


@require_http_methods(["GET", "POST"])
@for_people
def create(request: ActorRequest) -> HttpResponse:
    """Open a desk of one of one's units."""
    request.actor.must(Ability.WRITE_POSTS)
    units = list(units_within(request.actor, Ability.WRITE_POSTS))
    if not units:
        raise NotFound
    first = next(
        (one.pk for one in units if accounts_to_speak(request.actor, one.pk)), units[0].pk
    )
    wanted = number(request.GET.get("unit"), first, 1, 2**31)
    unit = next((one for one in units if one.pk == wanted), None)
    if unit is None:
        raise NotFound
    accounts = accounts_to_speak(request.actor, unit.pk)
    given: dict[str, Any] = {
        "accounts": accounts,
        "masters": masters_to_choose(request.actor, accounts),
        "campaigns": campaigns_to_choose(request.actor),
    }
    context = {"unit": unit, "units": units}
    if request.method == "GET":
        initial = {"request_key": uuid4(), "accounts": [row.pk for row in accounts]}
        return _form(request, LiveDeskForm(initial=initial, **given), context)
    form = LiveDeskForm(request.POST, **given)
    if not form.is_valid():
        return _form(request, form, context, status=422)
    try:
        opened = _open(request, unit.pk, form)
    except DomainError as error:
        blame(form, error)
        return _form(request, form, context, status=error.status)
    return redirect("livedesk:desk", desk_id=opened.pk)


def _form(
    request: ActorRequest, form: LiveDeskForm, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    return render(request, "campaigns/live_open.html", {**context, "form": form}, status=status)


def _open(request: ActorRequest, unit_id: int, form: LiveDeskForm) -> LiveDesk:
    given = form.cleaned_data
    opened = desk_open(
        request.actor, unit_id=unit_id, name=given["name"], seats=form.seats(),
        request_key=given["request_key"], campaign_id=given["campaign"],
    )  # fmt: skip
    if not opened.snippets.exists():
        for text in form.snippet_texts():
            snippet_add(request.actor, desk_id=opened.pk, text=text)
    return opened


@require_GET
@for_people
def desk(request: ActorRequest, desk_id: int) -> HttpResponse:
    """Show one desk: the box, what was said, what is prepared, who is here."""
    return desk_screen(request, desk_id)


def desk_screen(request: ActorRequest, desk_id: int, **extra: Any) -> HttpResponse:
    """Render a desk as a page; `extra` is what was typed and refused."""
    problem = extra.get("problem")
    context = _context(request, desk_id) | {"request_key": uuid4(), **extra}
    status = problem.status if problem is not None else 200
    return render(request, "campaigns/live_desk.html", context, status=status)


@require_GET
@for_people
def now_here(request: ActorRequest, desk_id: int) -> HttpResponse:
    """Show what changes at a desk, for a page that is open."""
    return render(request, "campaigns/_live_now.html", _context(request, desk_id))


def _context(request: ActorRequest, desk_id: int) -> dict[str, Any]:
    found = desk_for(request.actor, desk_id)
    is_whole = request.GET.get("all") or not found.is_open
    room = room_of(request.actor, found, shown=WHOLE if is_whole else SHOWN)
    return {
        "room": room, "desk": room.desk, "me": request.actor.user_id, "keys": KEYS,
        "snippet_form": SnippetForm(), "anyway": ANYWAY, "undo_seconds": int(UNDO.total_seconds()),
        "can_settle": request.actor.can(Ability.SETTLE_DELIVERIES, room.desk.unit_id),
    }  # fmt: skip


@require_GET
@for_people
def of_word(request: ActorRequest, word_id: int) -> HttpResponse:
    """Lead from words on an account to their desk: deliveries know words by their number alone."""
    return redirect("livedesk:desk", desk_id=desk_of_word(request.actor, word_id).pk)


@require_POST
@for_people
def presence(request: ActorRequest, desk_id: int) -> HttpResponse:
    """Take a sign of life of a tab, or its good-bye."""
    tab, state = request.POST.get("tab", "")[:36], request.POST.get("state", "")
    if state == "gone" or not tab:
        live_presence_end(request.actor, desk_id=desk_id, tab=tab)
    else:
        live_presence_note(request.actor, desk_id=desk_id, tab=tab, is_typing=state == "typing")
    return HttpResponse(status=204)


_ACTS = {"close": desk_close, "reopen": desk_reopen, "ask-again": desk_ask_again}


@require_POST
@for_people
def act(request: ActorRequest, desk_id: int, verb: str) -> HttpResponse:
    """Close a desk, go on, or ask those who approve once more."""
    if verb not in _ACTS:
        raise NotFound
    told(request, lambda: _ACTS[verb](request.actor, desk_id=desk_id))
    return redirect("livedesk:desk", desk_id=desk_id)


@require_POST
@for_people
def decide(request: ActorRequest, desk_id: int) -> HttpResponse:
    """Let a desk out, or refuse it with a word; back to where that was pressed."""
    given, seen = request.POST, request.POST.get("seen", "")
    if given.get("verdict") == "let-out":
        told(
            request,
            lambda: desk_let_out(request.actor, desk_id=desk_id, seen=seen),
            _("The desk is let out. What is said there goes out."),
        )
    else:
        word = given.get("word", "")
        told(
            request,
            lambda: desk_refuse(request.actor, desk_id=desk_id, word=word, seen=seen),
            _("Sent back."),
        )
    return _back(request, desk_id)


@require_POST
@for_people
def decide_master(request: ActorRequest, desk_id: int, request_id: int) -> HttpResponse:
    """Say yes or no about a post under which a desk will speak, without leaving the desk."""
    desk_for(request.actor, desk_id)
    agrees, word = request.POST.get("verdict") == "approve", request.POST.get("word", "")
    told(
        request,
        lambda: approval_decide(request.actor, request_id=request_id, agrees=agrees, word=word),
        _("Approved.") if agrees else _("Sent back."),
    )
    return _back(request, desk_id)


def _back(request: ActorRequest, desk_id: int) -> HttpResponse:
    if request.POST.get("from") == "list":
        return redirect("livedesk:desks")
    return redirect("livedesk:desk", desk_id=desk_id)


@require_GET
@for_people
def export(request: ActorRequest, desk_id: int, form: str) -> HttpResponse:
    """Hand out what was said, as a table or as text; that is recorded."""
    room = desk_export(request.actor, desk_id=desk_id)
    said = summary(room.lines)
    if form == "csv":
        body, kind = BOM + csv_text(as_rows(said)), "text/csv"
    else:
        body, kind = as_text(room.desk, said), "text/plain"
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    name = f"live-{room.desk.pk}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
