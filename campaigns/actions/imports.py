"""What people do with files of posts: upload one, have it checked, import its good rows, take that back."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.importing.files import kind_at_the_door
from campaigns.lifecycle import IMPORT, ImportRowState, ImportState
from campaigns.models import Import, ImportRow, Post
from campaigns.selectors.imports import import_for, old_imports
from campaigns.selectors.posts import PostFilter, post_page
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.pagination import KeysetPage
from opsconsole.kernel.text import one_line
from opsconsole.people.roles import Ability

F, W = ImportState, ImportRowState
#: For how long a file's rows are kept as typed; what was never imported then goes altogether.
KEPT = timedelta(days=30)
#: Posts that an export reads at a time.
EXPORT_PAGE = 500


def import_upload(
    actor: Actor, *, unit_id: int, name: str, content: bytes, request_key: UUID
) -> Import:
    """Take in a file of posts for a unit; a worker reads it and checks its rows. Writes no posts.

    The same key again returns the first import. Invalid when the file is refused at the door.
    """
    actor.must(Ability.WRITE_POSTS, unit_id)
    known = Import.objects.filter(request_key=request_key).first()
    if known is not None:
        return import_for(actor, known.pk)
    kind = kind_at_the_door(content)
    with transaction.atomic():
        upload, is_new = Import.objects.get_or_create(
            request_key=request_key,
            defaults={
                "unit_id": unit_id, "uploaded_by_id": actor.person_id, "kind": kind,
                "name": one_line(name, 200) or f"posts.{kind}",
                "digest": hashlib.sha256(content).hexdigest(), "content": content,
                "created_at": now(),
            },
        )  # fmt: skip
        if is_new:
            record(
                actor, "campaigns.import.uploaded", upload, unit_id=unit_id, name=upload.name
            )  # fmt: skip
            ring_on_commit("import_asked")
    return upload


def import_check_again(actor: Actor, *, import_id: int) -> Import:
    """Look at the rows once more: accounts, campaigns and other posts may have changed since."""

    def begin(upload: Import) -> None:
        upload.rows.exclude(cells={}).update(
            state=W.WAITING, faults=[], warnings=[], plan={}, at=None
        )

    return _moved(actor, import_id, F.CHECKING, begin)


def import_commit(actor: Actor, *, import_id: int, as_drafts: bool = False) -> Import:
    """Have the posts of the good rows written, with the actor as their author. Asked twice it happens once."""

    def begin(upload: Import) -> None:
        count = upload.rows.filter(state=W.GOOD).count()
        if not count:
            raise Invalid(_("No row of this file can be imported."), code="no_rows")
        Import.objects.filter(pk=upload.pk).update(
            acting=actor.person_id, as_drafts=as_drafts, finished_at=None
        )
        record(
            actor, "campaigns.import.committed", upload,
            unit_id=upload.unit_id, name=upload.name, count=count,
        )  # fmt: skip

    return _moved(actor, import_id, F.IMPORTING, begin, done=(F.DONE,))


def import_undo(actor: Actor, *, import_id: int) -> Import:
    """Have every post of an import cancelled that has not been sent; one that is still running stops."""

    def begin(upload: Import) -> None:
        Import.objects.filter(pk=upload.pk).update(acting=actor.person_id, finished_at=None)
        upload.rows.filter(state=W.KEPT).update(state=W.MADE, faults=[])
        record(
            actor, "campaigns.import.undone", upload, unit_id=upload.unit_id, name=upload.name
        )  # fmt: skip

    return _moved(actor, import_id, F.UNDOING, begin)


def _moved(
    actor: Actor,
    import_id: int,
    new: ImportState,
    begin: Callable[[Import], None],
    done: tuple[ImportState, ...] = (),
) -> Import:
    """Move an import on and wake the worker; asked for what is so already, nothing happens."""
    with transaction.atomic():
        upload = import_for(actor, import_id, lock=True)
        state = F(upload.state)
        if state == new or state in done:
            return upload
        if not IMPORT.allows(state, new):
            raise Conflict(_("This import has moved on meanwhile."), code="moved_on")
        begin(upload)
        Import.objects.filter(pk=upload.pk).update(state=new)
        hint_on_commit("import", units=[upload.unit_id], id=upload.pk)
        ring_on_commit("import_asked")
    upload.refresh_from_db(fields=["state", "acting", "as_drafts", "finished_at"])
    return upload


def imports_sweep() -> int:
    """Forget what was typed in files of long ago. Returns how many files and rows that were."""
    old = old_imports(now() - KEPT)
    unused = old.filter(state__in=[F.REFUSED, F.CHECKED])
    thrown = unused.count()
    unused.delete()
    over = old.filter(state__in=[F.DONE, F.UNDONE])
    typed = ImportRow.objects.filter(upload__in=over).exclude(cells={})
    return thrown + typed.update(cells={}, plan={}, formulas=[])


def posts_export(actor: Actor, filters: PostFilter, *, kind: str) -> KeysetPage[Post]:
    """Return the first page of an export of posts, and write down that it was made; an empty one is none."""
    actor.must(Ability.READ_POSTS)
    first = post_page(actor, filters, size=EXPORT_PAGE)
    if first.rows:
        record(
            actor, "campaigns.post.exported", first.rows[0], unit_id=filters.unit,
            kind=kind, view=filters.view,
        )  # fmt: skip
    return first
