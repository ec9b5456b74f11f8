"""Pictures beside an answer being written, and those that went out with one."""

from collections.abc import Iterable
from typing import BinaryIO, cast

from django.db.models import Q

from inbox.lifecycle import DraftState
from inbox.models import Conversation, Draft, Picture
from inbox.selectors.access import conversation_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.people.roles import Ability


def pictures_waiting(conversation: Conversation, user_id: int | None) -> list[Picture]:
    """Return what somebody has uploaded in a conversation and not sent. One query."""
    return list(conversation.pictures.filter(uploader_id=user_id, reply__isnull=True))


def pictures_kept(draft: Draft) -> list[Picture]:
    """Return what leaves with a draft, in order. One query."""
    return list(Picture.objects.filter(draft=draft, reply__isnull=True).order_by("id"))


def pictures_shown(
    conversation: Conversation, user_id: int | None, reply_ids: Iterable[int]
) -> tuple[dict[int, list[Picture]], list[Picture]]:
    """Return what went out with some answers, by answer, and what waits to. One query."""
    sent: dict[int, list[Picture]] = {}
    waiting: list[Picture] = []
    wanted = Q(reply__in=list(reply_ids)) | Q(reply__isnull=True, uploader_id=user_id)
    for picture in conversation.pictures.filter(wanted).order_by("id"):
        if picture.reply_id is None:
            waiting.append(picture)
        else:
            sent.setdefault(picture.reply_id, []).append(picture)
    return sent, waiting


def picture_file(actor: Actor, conversation_id: int, picture_id: int) -> tuple[BinaryIO, int, str]:
    """Return a picture's open file, its size and type, for whoever may read its conversation. The caller closes it.

    One that nobody has sent yet is its uploader's, and whoever's who decides about its answer.
    """
    conversation = conversation_for(actor, conversation_id)
    found = conversation.pictures.select_related("draft").filter(pk=picture_id).first()
    if found is None or not (found.reply_id or _may_look(actor, found, conversation.unit_id)):
        raise NotFound
    try:
        file = found.file.storage.open(str(found.file.name), "rb")
        return cast(BinaryIO, file), file.size, found.content_type
    except FileNotFoundError as error:
        raise NotFound from error


def _may_look(actor: Actor, picture: Picture, unit_id: int) -> bool:
    if picture.uploader_id == actor.user_id:
        return True
    waits = picture.draft is not None and picture.draft.state == DraftState.SUBMITTED
    return waits and actor.can(Ability.APPROVE_REPLIES, unit_id)
