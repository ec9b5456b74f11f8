"""Pictures and films of answers: uploaded while one writes, described, taken away, sent, swept when forgotten."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from channels.models import Delivery, DeliveryMedia
from channels.registry import capabilities_for
from inbox.lifecycle import LIVE_DRAFTS
from inbox.models import Conversation, Draft, Picture, Reply
from inbox.pictures import ALONE, cleaned
from inbox.selectors.access import conversation_for
from inbox.selectors.pictures import pictures_waiting
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotFound
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability

#: What nobody has sent for this long is thrown away.
KEPT = timedelta(days=1)
LONGEST_DESCRIPTION = 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that an answer takes along, by number: what it shows, or that it needs no words."""

    number: int
    alt_text: str = ""
    needs_no_words: bool = False


def picture_add(actor: Actor, *, conversation_id: int, upload: Any, alt_text: str = "") -> Picture:
    """Keep a picture beside the answer that somebody writes.

    Raises Invalid for what is no picture that the channel takes, Conflict when there are enough.
    """
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.DRAFT_REPLIES, lock=True
        )
        capabilities = capabilities_for(conversation.channel)
        waiting = [row.content_type for row in pictures_waiting(conversation, actor.person_id)]
        _must_fit(conversation, len(waiting) + 1)
        kept = cleaned(upload, capabilities)
        _must_get_along(conversation, [*waiting, kept.content_type])
        kept.file.name = f"{secrets.token_hex(16)}.{kept.ending}"
        made = Picture.objects.create(
            conversation=conversation, uploader_id=actor.person_id, file=kept.file,
            content_type=kept.content_type, width=kept.width, height=kept.height,
            alt_text=_words(alt_text), created_at=now(),
        )  # fmt: skip
        record(
            actor, "inbox.picture.added", conversation,
            unit_id=conversation.unit_id, picture=made.pk,
        )  # fmt: skip
    return made


def _must_fit(conversation: Conversation, count: int) -> None:
    most = capabilities_for(conversation.channel).max_reply_media
    if not most:
        raise Conflict(_("Answers on this channel carry no pictures."), code="no_pictures")
    if count > most:
        message = ngettext_lazy(
            "An answer on this channel carries one picture.",
            "An answer on this channel carries up to %(count)d pictures.",
            most,
        )
        raise Conflict(message % {"count": most}, code="too_many_pictures")


def _must_get_along(conversation: Conversation, kinds: Sequence[str]) -> None:
    """A film, or a GIF, goes out with nothing beside it."""
    if len(kinds) > 1 and ALONE & set(kinds) and capabilities_for(conversation.channel).gif_alone:
        raise Conflict(_("A film or GIF goes out only by itself."), code="alone")


def _words(text: str) -> str:
    return storable(" ".join(text.split()), LONGEST_DESCRIPTION)


def pictures_describe(actor: Actor, *, conversation_id: int, words: Mapping[int, str]) -> None:
    """Keep what has been typed about one's own pictures, so that nothing of it is lost. No act of note."""
    conversation = conversation_for(actor, conversation_id, ability=Ability.DRAFT_REPLIES)
    for picture in pictures_waiting(conversation, actor.person_id):
        typed = _words(words.get(picture.pk, picture.alt_text))
        if typed != picture.alt_text:
            Picture.objects.filter(pk=picture.pk, reply__isnull=True).update(alt_text=typed)


def picture_remove(actor: Actor, *, conversation_id: int, picture_id: int) -> None:
    """Take away one's own picture that has not been sent; NotFound for any other."""
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.DRAFT_REPLIES, lock=True
        )
        found = [
            row for row in pictures_waiting(conversation, actor.person_id) if row.pk == picture_id
        ]
        if not found:
            raise NotFound
        pictures_forget(found)
        record(
            actor, "inbox.picture.removed", conversation,
            unit_id=conversation.unit_id, picture=picture_id,
        )  # fmt: skip


def pictures_for(
    actor: Actor, conversation: Conversation, wanted: Sequence[Shown], *, is_public: bool
) -> list[Picture]:
    """Return the pictures that an answer is to take along, described. The conversation is locked.

    Raises NotFound for one that is not there, Conflict for too many, Invalid for one without words.
    """
    if not wanted:
        return []
    if not is_public:
        raise Conflict(_("A private answer carries no pictures."), code="no_pictures")
    _must_fit(conversation, len(wanted))
    waiting = {row.pk: row for row in pictures_waiting(conversation, actor.person_id)}
    chosen = []
    for shown in wanted:
        picture = waiting.get(shown.number)
        if picture is None:
            raise NotFound(_("This picture is no longer there."))
        picture.alt_text = _words(shown.alt_text) or (
            "" if shown.needs_no_words else picture.alt_text
        )
        if not picture.alt_text and not shown.needs_no_words:
            raise Invalid(
                _("Say what the picture shows, or that it needs no description."),
                code="alt_missing", field="alt_text", picture=picture.pk,
            )  # fmt: skip
        chosen.append(picture)
    _must_get_along(conversation, [picture.content_type for picture in chosen])
    return chosen


def pictures_attach(pictures: Iterable[Picture], reply: Reply, delivery: Delivery) -> None:
    """Send pictures along with an answer that has just been written down."""
    for picture in pictures:
        Picture.objects.filter(pk=picture.pk).update(
            reply=reply, draft=None, alt_text=picture.alt_text
        )
        DeliveryMedia.objects.create(
            delivery=delivery, file=picture.file.name, content_type=picture.content_type,
            alt_text=picture.alt_text,
        )  # fmt: skip


def pictures_release(reply: Reply) -> None:
    """Give back the pictures of an answer that was taken back before it left."""
    Picture.objects.filter(reply=reply).update(reply=None, created_at=now())


def pictures_keep(pictures: Iterable[Picture], draft: Draft) -> None:
    """Have these pictures, and no others, leave with an answer that is sent later."""
    Picture.objects.filter(draft=draft, reply__isnull=True).update(draft=None)
    for picture in pictures:
        Picture.objects.filter(pk=picture.pk).update(draft=draft, alt_text=picture.alt_text)


def pictures_with(draft: Draft) -> list[Shown]:
    """Return what an answer that is due now takes along, as its author has described it."""
    rows = Picture.objects.filter(draft=draft, reply__isnull=True).order_by("id")
    return [Shown(row.pk, row.alt_text, needs_no_words=not row.alt_text) for row in rows]


def pictures_sweep(limit: int = 100) -> int:
    """Throw away what was uploaded and forgotten. Returns how many."""
    with transaction.atomic():
        rows = list(
            Picture.objects.filter(reply__isnull=True, created_at__lt=now() - KEPT)
            .filter(Q(draft__isnull=True) | ~Q(draft__state__in=LIVE_DRAFTS))
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("id")[:limit]
        )
        pictures_forget(rows)
    return len(rows)


def pictures_forget(rows: Sequence[Picture]) -> None:
    """Delete rows, and on commit their files: but none that a delivery, stopped or not, still names."""
    names = {row.file.name for row in rows}
    named = set(DeliveryMedia.objects.filter(file__in=names).values_list("file", flat=True))
    storage = Picture._meta.get_field("file").storage
    Picture.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for name in names - named:
        transaction.on_commit(lambda name=name: storage.delete(name))  # type: ignore[misc]
