"""Words prepared for a live desk: written, ordered and dropped by everybody who writes there."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from campaigns.actions.live_lines import desk_hint
from campaigns.models import LiveDesk, LiveSnippet
from campaigns.selectors.live import desk_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Conflict, Invalid, NotFound
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

#: Enough for an evening, and for every platform.
MOST, LONGEST = 100, 5000


def snippet_add(actor: Actor, *, desk_id: int, text: str, is_kept: bool = False) -> LiveSnippet:
    """Write words down for later, behind all others. A kept snippet can be used more than once."""
    with transaction.atomic():
        desk = desk_for(actor, desk_id, ability=Ability.WRITE_POSTS, lock=True)
        if desk.snippets.count() >= MOST:
            raise Invalid(_("A desk has room for 100 snippets."), code="many", field="text")
        last = desk.snippets.aggregate(last=Max("position"))["last"] or 0
        snippet = LiveSnippet.objects.create(
            desk=desk, position=last + 1, text=_words(text), is_kept=is_kept
        )
        record(actor, "campaigns.snippet.added", desk, unit_id=desk.unit_id)
        desk_hint(desk)
    return snippet


def snippet_change(
    actor: Actor, *, desk_id: int, snippet_id: int, text: str, is_kept: bool, version: int
) -> LiveSnippet:
    """Write a snippet anew. Conflict when somebody else has, since `version`."""
    with transaction.atomic():
        desk, snippet = _of(actor, desk_id, snippet_id)
        if snippet.version != version:
            raise Conflict(
                _("Somebody else has changed this snippet meanwhile."), code="version"
            )  # fmt: skip
        snippet.text, snippet.is_kept = _words(text), is_kept
        snippet.version += 1
        snippet.save(update_fields=["text", "is_kept", "version"])
        record(actor, "campaigns.snippet.changed", desk, unit_id=desk.unit_id)
        desk_hint(desk)
    return snippet


def snippet_move(actor: Actor, *, desk_id: int, snippet_id: int, step: int) -> None:
    """Change places with the one before (-1) or behind (1); at the end of the list nothing happens."""
    with transaction.atomic():
        desk, snippet = _of(actor, desk_id, snippet_id)
        row = list(desk.snippets.all())
        at = row.index(snippet)
        to = at + (1 if step > 0 else -1)
        if not 0 <= to < len(row):
            return
        row.insert(to, row.pop(at))
        for position, one in enumerate(row, 1):
            one.position = position
        LiveSnippet.objects.bulk_update(row, ["position"])
        record(actor, "campaigns.snippet.moved", desk, unit_id=desk.unit_id)
        desk_hint(desk)


def snippet_drop(actor: Actor, *, desk_id: int, snippet_id: int) -> None:
    """Throw a snippet away. What was said with it stays."""
    with transaction.atomic():
        desk, snippet = _of(actor, desk_id, snippet_id)
        snippet.delete()
        record(actor, "campaigns.snippet.dropped", desk, unit_id=desk.unit_id)
        desk_hint(desk)


def _of(actor: Actor, desk_id: int, snippet_id: int) -> tuple[LiveDesk, LiveSnippet]:
    desk = desk_for(actor, desk_id, ability=Ability.WRITE_POSTS, lock=True)
    snippet = desk.snippets.filter(pk=snippet_id).first()
    if snippet is None:
        raise NotFound
    return desk, snippet


def _words(text: str) -> str:
    words = typed(text).strip()
    if not words:
        raise Invalid(_("Write something first."), code="blank", field="text")
    if len(words) > LONGEST:
        raise Invalid(_("At most 5,000 characters."), code="too_long", field="text")
    return words
