"""Keeping answers for later: one's own, and those a unit shares."""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from inbox.models import SavedReply
from inbox.saving import VARIABLES, unknown_variables
from inbox.selectors.saved_replies import may_change, may_share, saved_reply_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.kernel.text import storable, typed
from opsconsole.people.roles import Ability

LONGEST_TITLE, LONGEST_SHORTCUT, LONGEST_TEXT = 80, 30, 8000
LANGUAGES = ("", "ko", "en")
_SHORTCUT = re.compile(r"[^\s/{}]+")


def saved_reply_create(
    actor: Actor,
    *,
    title: str,
    shortcut: str,
    text: str,
    language: str = "",
    unit_id: int | None = None,
    is_shared: bool = False,
) -> SavedReply:
    """Keep an answer for oneself, or with the right to set the unit's ways for all of a unit, or of every one.

    Invalid names the field that is wrong, and variables that do not exist.
    """
    words = _words(title, shortcut, text, language)
    _must_place(actor, unit_id, is_shared)
    at = now()
    with transaction.atomic():
        saved = _stored(
            SavedReply(
                **words, unit_id=unit_id, owner_id=None if is_shared else actor.person_id,
                created_by_id=actor.user_id, created_at=at, updated_at=at,
            )
        )  # fmt: skip
        record(
            actor, "inbox.savedreply.created", saved,
            unit_id=saved.unit_id, title=saved.title,
        )  # fmt: skip
    return saved


def saved_reply_update(
    actor: Actor,
    *,
    saved_reply_id: int,
    title: str,
    shortcut: str,
    text: str,
    language: str = "",
    unit_id: int | None = None,
    is_shared: bool = False,
) -> SavedReply:
    """Change a saved reply, where it belongs included."""
    words = _words(title, shortcut, text, language)
    with transaction.atomic():
        saved = _to_change(actor, saved_reply_id)
        _must_place(actor, unit_id, is_shared)
        owner_id = None if is_shared else saved.owner_id or actor.person_id
        for name, value in {**words, "unit_id": unit_id, "owner_id": owner_id}.items():
            setattr(saved, name, value)
        saved.updated_at = now()
        _stored(saved)
        record(
            actor, "inbox.savedreply.changed", saved,
            unit_id=saved.unit_id, title=saved.title,
        )  # fmt: skip
    return saved


def saved_reply_archive(actor: Actor, *, saved_reply_id: int) -> SavedReply:
    """Offer it no more; it can be restored."""
    with transaction.atomic():
        saved = _to_change(actor, saved_reply_id)
        if not saved.is_archived:
            saved.archived_at = now()
            saved.save(update_fields=["archived_at"])
            record(
                actor, "inbox.savedreply.archived", saved,
                unit_id=saved.unit_id, title=saved.title,
            )  # fmt: skip
    return saved


def saved_reply_restore(actor: Actor, *, saved_reply_id: int) -> SavedReply:
    """Offer it again; Conflict when its shortcut stands for another by now."""
    with transaction.atomic():
        saved = _to_change(actor, saved_reply_id)
        if saved.is_archived:
            saved.archived_at = None
            _stored(saved)
            record(
                actor, "inbox.savedreply.restored", saved,
                unit_id=saved.unit_id, title=saved.title,
            )  # fmt: skip
    return saved


def saved_reply_used(actor: Actor, *, saved_reply_id: int) -> None:
    """Count one more use: what is used most is offered first. No act of its own: the answer is recorded."""
    saved = saved_reply_for(actor, saved_reply_id)
    SavedReply.objects.filter(pk=saved.pk).update(
        used_count=F("used_count") + 1, last_used_at=now()
    )


def _words(title: str, shortcut: str, text: str, language: str) -> dict[str, Any]:
    title, text = " ".join(storable(title).split()), typed(text).strip()
    shortcut = storable(shortcut).strip().lstrip("/")
    if not 0 < len(title) <= LONGEST_TITLE:
        raise Invalid(_("A title has 1 to 80 characters."), code="title", field="title")
    if not _SHORTCUT.fullmatch(shortcut) or len(shortcut) > LONGEST_SHORTCUT:
        raise Invalid(
            _("A shortcut is one word of 1 to 30 characters, without a slash."),
            code="shortcut", field="shortcut",
        )  # fmt: skip
    if not 0 < len(text) <= LONGEST_TEXT:
        raise Invalid(_("A text has 1 to 8000 characters."), code="text", field="text")
    if language not in LANGUAGES:
        raise Invalid(_("Choose a language."), code="language", field="language")
    if unknown := unknown_variables(text):
        known = ", ".join(f"{{{{{name}}}}}" for name in VARIABLES)
        raise Invalid(
            _("There is no variable “%(name)s”. There are: %(known)s")
            % {"name": unknown[0], "known": known},
            code="unknown_variable", field="text",
        )  # fmt: skip
    return {"title": title, "shortcut": shortcut, "text": text, "language": language}


def _must_place(actor: Actor, unit_id: int | None, is_shared: bool) -> None:
    actor.must(Ability.DRAFT_REPLIES, unit_id)
    if is_shared and not may_share(actor, unit_id):
        raise NotAllowed(_("Only managers keep replies that others use too."))


def _to_change(actor: Actor, saved_reply_id: int) -> SavedReply:
    saved = saved_reply_for(actor, saved_reply_id, lock=True)
    if not may_change(actor, saved):
        raise NotAllowed
    return saved


def _stored(saved: SavedReply) -> SavedReply:
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        raise Conflict(
            _("This shortcut already stands for another reply."), code="taken", field="shortcut"
        ) from error
    return saved
