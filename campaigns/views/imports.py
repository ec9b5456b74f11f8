"""Screens of imports: upload a file, look at its rows, import them, take them back; and the export."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions.imports import (
    import_check_again,
    import_commit,
    import_undo,
    import_upload,
)
from campaigns.downloads import csv_file, export_file, sheets_file
from campaigns.import_forms import CommitForm, UploadForm
from campaigns.importing.columns import OTHER, SET_APART, Column, aspect_of, heading
from campaigns.importing.help import HELP
from campaigns.importing.words import column_name, say
from campaigns.importing.workbooks import Sheet
from campaigns.importing.writing import mend_table, template_rows, template_sheets, widths
from campaigns.lifecycle import WORKED_ON, ImportRowState, ImportState
from campaigns.models import Import, ImportRow
from campaigns.selectors.campaigns import campaigns_for
from campaigns.selectors.imports import (
    ImportProgress,
    import_for,
    import_page,
    known_to,
    needs_approval,
    progress_of,
    row_page,
    rows_to_mend,
    same_before,
)
from campaigns.status import IMPORT_STATUS, ROW_STATUS
from campaigns.views.posts import filters_of
from channels.selectors.accounts import accounts_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, told
from opsconsole.people.selectors import units_within

W = ImportRowState
#: What the rows of an import may be narrowed to, and where each number stands in the progress.
_VIEWS = ("good", "warned", "faulty", "made", "failed", "undone", "kept")


@require_http_methods(["GET", "POST"])
@for_people
def imports(request: ActorRequest) -> HttpResponse:
    """Take in a file, and list those of before."""
    request.actor.must(Ability.WRITE_POSTS)
    units = units_within(request.actor, Ability.WRITE_POSTS)
    if request.method == "GET":
        first = {"request_key": uuid4(), "unit": request.GET.get("unit", "")}
        return _list(request, UploadForm(units=units, initial=first))
    form = UploadForm(request.POST, request.FILES, units=units)
    if not form.is_valid():
        return _list(request, form, status=422)
    given = form.cleaned_data
    try:
        made = import_upload(
            request.actor, unit_id=given["unit"], name=given["file"].name or "",
            content=form.content(), request_key=given["request_key"],
        )  # fmt: skip
    except DomainError as error:
        blame(form, error)
        return _list(request, form, status=error.status)
    return redirect("campaigns:import", import_id=made.pk)


def _list(request: ActorRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    page = import_page(request.actor, cursor=request.GET.get("cursor", ""))
    rows = [(row, IMPORT_STATUS[ImportState(row.state)]) for row in page.rows]
    columns = [(heading(column, get_language() or "ko"), HELP[column]) for column in Column]
    context = {"form": form, "page": page, "rows": rows, "columns": columns}
    return render(request, "campaigns/imports.html", context, status=status)


@require_GET
@for_people
def template(request: ActorRequest) -> HttpResponseBase:
    """Send the file to fill in: CSV, or a workbook with the accounts and campaigns to choose from."""
    request.actor.must(Ability.WRITE_POSTS)
    units = list(units_within(request.actor, Ability.WRITE_POSTS))
    asked = request.GET.get("unit", "")
    unit = next((one for one in units if str(one.pk) == asked), units[0] if units else None)
    if unit is None:
        raise NotFound
    known, language = known_to(request.actor, unit.pk), get_language() or "ko"
    if request.GET.get("file") == "xlsx":
        return sheets_file(template_sheets(known, language), _("posts-template"))
    return csv_file(template_rows(known, language), _("posts-template"))


@require_GET
@for_people
def one(request: ActorRequest, import_id: int) -> HttpResponse:
    """Show an import with its rows: what will be made of each, what is wrong, what became of it."""
    progress = progress_of(request.actor, import_id)
    upload, state = progress.upload, request.GET.get("state", "")
    state = state if state in _VIEWS else ""
    page = row_page(upload, state=state, cursor=request.GET.get("cursor", ""))
    context = {
        "progress": progress,
        "upload": upload,
        "status": IMPORT_STATUS[ImportState(upload.state)],
        "is_worked_on": upload.state in WORKED_ON,
        "same": same_before(upload),
        "needs_approval": bool(progress.scheduled) and needs_approval(upload),
        "unknown": [name for key, name in upload.headings if key.startswith(OTHER)],
        "tabs": _tabs(progress),
        "state": state,
        "page": page,
        "rows": _shown(request.actor, page.rows),
    }
    return render(request, "campaigns/import.html", context)


def _tabs(progress: ImportProgress) -> list[tuple[str, object, int]]:
    """Return name, label and number of rows of each way to narrow the rows that holds any."""
    counts = [(name, getattr(progress, name)) for name in _VIEWS]
    return [
        (name, _("With remarks") if name == "warned" else ROW_STATUS[W(name)].label, count)
        for name, count in counts
        if count
    ]


def _shown(actor: Actor, rows: Iterable[ImportRow]) -> list[dict[str, Any]]:
    """Return rows as they are shown, with what the reader may see of accounts and campaigns."""
    accounts = {row.pk: row for row in accounts_for(actor)}
    campaigns = dict(campaigns_for(actor).values_list("pk", "name"))
    return [
        {
            "row": row,
            "status": ROW_STATUS[W(row.state)],
            "title": row.plan.get("title") or row.cells.get("title", ""),
            "text": row.plan.get("body") or row.cells.get("text", ""),
            "own": [(column_name(key), row.cells[key]) for key in _own(row.cells)],
            "accounts": [accounts[pk] for pk in row.plan.get("accounts", []) if pk in accounts],
            "campaign": campaigns.get(row.plan.get("campaign"), ""),
            "when": row.plan.get("local_time", "").replace("T", " ").removesuffix(":00"),
            "faults": say(row.faults),
            "warnings": say(row.warnings),
        }
        for row in rows
    ]


def _own(keys: Iterable[str]) -> list[str]:
    """Return the columns that say something of a channel or an account alone, or set something, in their order."""
    order = {str(column): place for place, column in enumerate(Column)}
    own = [key for key in keys if key in SET_APART or aspect_of(key)[0] is not None]
    return sorted(own, key=lambda key: (order.get(key, len(order)), key))


#: What the buttons of an import do.
_ACTS: dict[str, Callable[..., Import]] = {"check": import_check_again, "undo": import_undo}


@require_POST
@for_people
def act(request: ActorRequest, import_id: int, verb: str) -> HttpResponse:
    """Check again, import, or take back."""
    if verb == "commit":
        as_drafts = CommitForm(request.POST).as_drafts()
        told(
            request,
            lambda: import_commit(request.actor, import_id=import_id, as_drafts=as_drafts),
        )
    elif verb in _ACTS:
        told(request, lambda: _ACTS[verb](request.actor, import_id=import_id))
    else:
        raise NotFound
    return redirect("campaigns:import", import_id=import_id)


@require_GET
@for_people
def to_mend(request: ActorRequest, import_id: int) -> HttpResponseBase:
    """Send the faulty rows as they were typed, with a column that says what is wrong."""
    upload = import_for(request.actor, import_id)
    keys, headings, rows = mend_table(upload, rows_to_mend(upload), get_language() or "ko")
    word, stem = _("to mend"), upload.name.rpartition(".")[0]
    name = f"{stem or upload.name} - {word}"
    if request.GET.get("file") == "xlsx":
        return sheets_file([Sheet(_("Posts"), headings, rows, widths(keys))], name)
    return csv_file([headings, *rows], name)


@require_GET
@for_people
def export(request: ActorRequest) -> HttpResponseBase:
    """Send a list of posts with its present filter, as CSV or as a workbook."""
    kind = "xlsx" if request.GET.get("file") == "xlsx" else "csv"
    return export_file(request.actor, filters_of(request.GET), kind)
