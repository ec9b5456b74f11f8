"""What a worker does with files of posts: read, check, import, take back. Row by row, each exactly once.

Whoever works on an import holds its row in the database; the act and its result are one transaction. A worker that
dies leaves everything as it was before the row, and the next goes on from there.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid5

from django.db import OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from campaigns.actions.import_checking import rows_check
from campaigns.actions.posts import post_cancel, post_create, post_schedule
from campaigns.contents import Content, with_settings
from campaigns.importing.columns import OWN_TEXT, Aspect, Column, Headings, read_headings
from campaigns.importing.files import Line, lines_of
from campaigns.lifecycle import WORKED_ON, ImportRowState, ImportState, PostState
from campaigns.models import Import, ImportRow, Post
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import storable
from opsconsole.people.models import User
from opsconsole.people.selectors import actor_for

logger = logging.getLogger(__name__)

F, W = ImportState, ImportRowState
#: Rows after which other imports have a turn.
TURN = 25
#: What a refusal calls a field -> the column it is about.
_COLUMNS = {
    "local_time": Column.DATE, "campaign": Column.CAMPAIGN, "accounts": Column.ACCOUNTS,
    "title": Column.TITLE, "images": Column.IMAGES, "lateness": Column.LATENESS,
}  # fmt: skip


def imports_run() -> int:
    """Go on with every import that has work left, each for a turn. Returns how much was done; call until 0."""
    waiting = Import.objects.filter(state__in=WORKED_ON).order_by("id")
    return sum(_turn(pk) for pk in list(waiting.values_list("pk", flat=True)))


def _turn(import_id: int) -> int:
    done = 0
    while done < TURN and _step(import_id):
        done += 1
    return done


def _step(import_id: int) -> bool:
    """Do the next thing for an import that no other worker holds."""
    with transaction.atomic():
        rows = Import.objects.select_related("uploaded_by", "acting").defer("content")
        held = rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
        upload = held.filter(pk=import_id, state__in=WORKED_ON).first()
        if upload is None:
            return False
        state = ImportState(upload.state)
        person = upload.uploaded_by if state in {F.READING, F.CHECKING} else _acting(upload)
        with translation.override(person.language or None):  # refusals are for whoever asked
            _STEPS[state](upload, person)
        hint_on_commit("import", units=[upload.unit_id], id=upload.pk)
    return True


def _acting(upload: Import) -> User:
    return upload.acting or upload.uploaded_by


def _actor(person: User) -> Actor | None:
    return actor_for(person) if person.is_active else None


def _read(upload: Import, _person: User) -> None:
    """Make rows of the file and let go of it; refuse what cannot be read."""
    try:
        lines = lines_of(bytes(upload.content or b""), upload.kind)
        headings = read_headings(lines[0].cells)
        _must_make_sense(headings)
    except DomainError as refusal:
        _save(upload, state=F.REFUSED, trouble=str(refusal.message)[:300], content=None)
        return
    ImportRow.objects.bulk_create(_row(upload, line, headings) for line in lines[1:])
    _save(
        upload, state=F.CHECKING, content=None, total=len(lines) - 1,
        headings=[[key, headings.typed[key]] for key in headings.keys.values()],
    )  # fmt: skip


def _must_make_sense(headings: Headings) -> None:
    if headings.twice:
        raise Invalid(
            _("The column “%(name)s” stands there twice.") % {"name": headings.twice[0][:100]}
        )
    found = set(headings.typed)
    texts = {Column.TEXT, *OWN_TEXT.values()}
    has_text = any(key in texts or key.startswith(Aspect.TEXT) for key in found)
    if Column.ACCOUNTS not in found or not has_text:
        raise Invalid(
            _(
                "The first row must hold the headings, “Accounts” and “Text” among them. Take the template."
            )
        )


def _row(upload: Import, line: Line, headings: Headings) -> ImportRow:
    places = [(place, key) for place, key in headings.keys.items() if place < len(line.cells)]
    return ImportRow(
        upload=upload, number=line.number,
        cells={key: storable(line.cells[place]) for place, key in places if line.cells[place]},
        formulas=[key for place, key in places if place in line.formulas],
    )  # fmt: skip


def _check(upload: Import, person: User) -> None:
    actor = _actor(person)
    if actor is None:
        waiting = upload.rows.filter(state=W.WAITING)
        waiting.update(state=W.FAULTY, faults=[_problem("no_access")])
    if actor is None or not rows_check(upload, actor):
        _save(upload, state=F.CHECKED)


def _import(upload: Import, person: User) -> None:
    row = upload.rows.filter(state=W.GOOD).order_by("number").first()
    if row is None:
        _save(upload, state=F.DONE, finished_at=now())
        return
    post, problem = _tried(person, row, lambda actor: _make(actor, upload, row))
    _settle(row, state=W.FAILED if problem else W.MADE, post=post, problem=problem)


def _make(actor: Actor, upload: Import, row: ImportRow) -> Post:
    """Write the post of a row; its key is the import and the row, whoever tries how often."""
    plan = row.plan
    content = Content(
        title=plan["title"], body=plan["body"], account_ids=plan["accounts"],
        wording={int(pk): words for pk, words in plan["wording"].items()},
        local_time=datetime.fromisoformat(plan["local_time"]) if plan["local_time"] else None,
        time_zone=plan["zone"], campaign=plan["campaign"], lateness=plan.get("lateness", ""),
    )  # fmt: skip
    content = with_settings(content, plan.get("settings", {}))
    key = uuid5(upload.request_key, str(row.number))
    post = post_create(actor, unit_id=upload.unit_id, content=content, request_key=key)
    if plan["state"] == PostState.SCHEDULED and not upload.as_drafts:
        post = post_schedule(actor, post_id=post.pk)
    return post


def _undo(upload: Import, person: User) -> None:
    row = upload.rows.filter(state=W.MADE).order_by("number").first()
    if row is None:
        _save(upload, state=F.UNDONE, finished_at=now())
        return
    number = row.post_id
    problem = None
    if number is not None:
        _post, problem = _tried(person, row, lambda actor: post_cancel(actor, post_id=number))
    _settle(row, state=W.KEPT if problem else W.UNDONE, post=row.post, problem=problem)


def _tried(
    person: User, row: ImportRow, act: Callable[[Actor], Post]
) -> tuple[Post | None, dict[str, Any] | None]:
    """Act upon one row with the rights of this moment; return the post, or what stood in the way."""
    actor = _actor(person)
    if actor is None:
        return None, _problem("no_access")
    try:
        with transaction.atomic():
            return act(actor), None
    except DomainError as refusal:
        column = _COLUMNS.get(field := str(refusal.data.get("field", "")), "")
        is_text = field.startswith("text_")
        words = str(refusal.message)
        return None, _problem("refused", Column.TEXT if is_text else column, words=words)
    except OperationalError:
        raise  # the database is at fault, not the row: it has its turn again
    except Exception:
        logger.exception("row %d of import %d failed", row.number, row.upload_id)
        return None, _problem("broken")


def _problem(code: str, column: str = "", **params: str) -> dict[str, Any]:
    return {"column": str(column), "code": code, "params": params}


def _settle(
    row: ImportRow, *, state: ImportRowState, post: Post | None, problem: dict[str, Any] | None
) -> None:
    faults = [problem] if problem else []
    ImportRow.objects.filter(pk=row.pk).update(
        state=state, post=post, faults=faults, done_at=now()
    )


def _save(upload: Import, **changes: Any) -> None:
    Import.objects.filter(pk=upload.pk).update(**changes)


_STEPS: dict[ImportState, Callable[[Import, User], None]] = {
    F.READING: _read, F.CHECKING: _check, F.IMPORTING: _import, F.UNDOING: _undo,
}  # fmt: skip
