"""Remembering how far somebody has read. A person's own bookkeeping: nothing others see, so no act."""

from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Greatest

from inbox.lifecycle import Direction
from inbox.models import ReadMark
from inbox.selectors.access import conversation_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now


def conversation_read(actor: Actor, *, conversation_id: int, version: int, newest: int) -> None:
    """Note that the actor has seen a conversation as of `version`, up to the message `newest`.

    Two tabs may tell it in any order: the furthest counts.
    """
    conversation = conversation_for(actor, conversation_id)
    seen = {"version": min(version, conversation.version), "message": max(newest, 0)}
    mark, is_new = ReadMark.objects.get_or_create(
        user_id=actor.person_id, conversation=conversation, defaults={**seen, "read_at": now()}
    )
    further = Q(version__lt=seen["version"]) | Q(message__lt=seen["message"])
    if not is_new:
        ReadMark.objects.filter(further, pk=mark.pk).update(
            version=Greatest("version", seen["version"]),
            message=Greatest("message", seen["message"]),
            read_at=now(),
        )


def conversation_unread(actor: Actor, *, conversation_id: int) -> None:
    """Let the customer's newest line be new to the actor again."""
    with transaction.atomic():
        conversation = conversation_for(actor, conversation_id)
        theirs = conversation.messages.filter(direction=Direction.INBOUND)
        newest = theirs.aggregate(newest=Max("pk"))["newest"] or 0
        ReadMark.objects.update_or_create(
            user_id=actor.person_id,
            conversation=conversation,
            defaults={
                "version": conversation.inbound_version - 1,
                "message": max(newest - 1, 0),
                "read_at": now(),
            },
        )
