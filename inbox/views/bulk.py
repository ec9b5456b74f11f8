"""Acts upon a selection: asking for them, watching them, trying again, taking back."""

import uuid
from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.bulk import MOST_ROWS, bulk_retry, bulk_start, bulk_undo
from inbox.actions.bulk_acts import OPPOSITES
from inbox.forms import BulkForm, chosen_rows
from inbox.lifecycle import BulkAct, BulkState
from inbox.selectors.bulk import Progress, job_rows, progress_of
from inbox.selectors.choices import choices_for
from inbox.selectors.filters import QueueFilter
from inbox.snoozes import SnoozeChoice, moment_of
from inbox.status import BULK_STATUS, BULK_WORDS, HAND_OVER_WORDS, RESOLUTION_WORDS
from inbox.views.base import ActorRequest, for_people
from inbox.views.menus import snooze_offers
from opsconsole.kernel.actor import Actor
from opsconsole.people.screens import told
from opsconsole.people.selectors import active_units


@dataclass(frozen=True, slots=True)
class Shown:
    """A job as screens show it: its progress, its name, and what may be done with it."""

    progress: Progress
    words: str
    can_undo: bool


@require_POST
@for_people
def start(request: ActorRequest) -> HttpResponse:
    """Begin an act on the chosen rows or on the whole list; with act=more, offer all acts first."""
    if request.POST.get("act") == "more":
        return _choose(request)
    given = BulkForm(request.POST).values()
    whole = QueueFilter.from_query(QueryDict(given["list"])) if given["whole"] else None
    made = bulk_start(
        request.actor,
        act=BulkAct(given["act"]),
        chosen=chosen_rows(request.POST.getlist("chosen")),
        filters=whole,
        values={**given, "until": _until(given["choice"])},
        request_key=given["request_key"],
    )
    if not request.htmx:
        return redirect("inbox:bulk_job", job_id=made.pk)
    return _fragment(request, made.pk)


def _until(choice: str) -> str:
    """Say when a choice of the snooze menu ends, by the clock of now."""
    moment = moment_of(SnoozeChoice(choice), timezone.localtime()) if choice else None
    return moment.isoformat() if moment else ""


def _choose(request: ActorRequest) -> HttpResponse:
    chosen = chosen_rows(request.POST.getlist("chosen"))
    context = {
        "chosen": [f"{pk}:{version}" for pk, version in chosen],
        "whole": bool(request.POST.get("whole")),
        "list": request.POST.get("list", ""),
        "choices": choices_for(request.actor),
        "units": active_units(),
        "kinds": HAND_OVER_WORDS.items(),
        "resolutions": RESOLUTION_WORDS.items(),
        "snoozes": snooze_offers(),
        "most": MOST_ROWS,
        "request_key": uuid.uuid4(),
    }
    return render(request, "inbox/bulk_choose.html", context)


@require_GET
@for_people
def job(request: ActorRequest, job_id: int) -> HttpResponse:
    """Show a job with a result per conversation."""
    shown = _shown(request.actor, job_id)
    state = request.GET.get("state", "")
    state = state if state in set(BulkState) else ""
    cursor = request.GET.get("cursor", "")
    page = job_rows(request.actor, shown.progress.job, state=state, cursor=cursor)
    rows = [(row, BULK_STATUS[BulkState(row.state)]) for row in page.rows]
    context = {
        "shown": shown,
        "page": page,
        "rows": rows,
        "state": state,
        "undo_key": uuid.uuid4(),
    }
    return render(request, "inbox/bulk.html", context)


@require_GET
@for_people
def progress(request: ActorRequest, job_id: int) -> HttpResponse:
    """Show how far a job has come."""
    return _fragment(request, job_id)


@require_POST
@for_people
def retry(request: ActorRequest, job_id: int) -> HttpResponse:
    """Try what was refused again."""
    bulk_retry(request.actor, job_id=job_id)
    return (
        _fragment(request, job_id) if request.htmx else redirect("inbox:bulk_job", job_id=job_id)
    )


@require_POST
@for_people
def undo(request: ActorRequest, job_id: int) -> HttpResponse:
    """Take back what a job did."""
    made = [job_id]

    def act() -> None:
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"undo:{job_id}")
        made.append(bulk_undo(request.actor, job_id=job_id, request_key=key).pk)

    if request.htmx:
        act()
        return _fragment(request, made[-1])
    told(request, act)
    return redirect("inbox:bulk_job", job_id=made[-1])


def _fragment(request: ActorRequest, job_id: int) -> HttpResponse:
    context = {"shown": _shown(request.actor, job_id), "bulk_key": uuid.uuid4()}
    return render(request, "inbox/_bulk_job.html", context)


def _shown(actor: Actor, job_id: int) -> Shown:
    found = progress_of(actor, job_id)
    act = BulkAct(found.job.act)
    can_undo = bool(
        act in OPPOSITES and found.job.finished_at and found.done
        and not found.is_undone and found.job.undoes_id is None
    )  # fmt: skip
    return Shown(found, str(BULK_WORDS[act]), can_undo)
