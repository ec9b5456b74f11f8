"""Resolving by itself what we have answered and the customer has left at that, where a unit wants it so."""

from datetime import datetime, timedelta

from django.db import transaction

from inbox.actions.triage import resolve
from inbox.lifecycle import ConversationState, Resolution
from inbox.models import Conversation, Desk
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now

S = ConversationState


def quiet_resolve(limit: int = 200) -> int:
    """Resolve answered conversations that have been quiet for their unit's days. Call again until 0.

    What is snoozed is no longer merely answered, and stays.
    """
    desks = Desk.objects.filter(resolve_after_days__isnull=False).order_by("unit")
    return sum(_of_unit(desk, limit) for desk in desks)


def _of_unit(desk: Desk, limit: int) -> int:
    before = now() - timedelta(days=desk.resolve_after_days or 0)
    quiet = Conversation.objects.filter(
        unit=desk.unit_id, state=S.WAITING, last_message_at__lt=before
    )
    found = quiet.order_by("last_message_at").values_list("pk", flat=True)[:limit]
    return sum(_resolve_one(pk, before) for pk in found)


def _resolve_one(conversation_id: int, before: datetime) -> bool:
    """Look again with the row locked: the customer may have written in this very moment."""
    with transaction.atomic():
        conversation = (
            Conversation.objects.filter(
                pk=conversation_id, state=S.WAITING, last_message_at__lt=before,
                waiting_since__isnull=True,
            )
            .select_for_update(skip_locked=True)
            .first()
        )  # fmt: skip
        if conversation is None:
            return False
        resolve(SYSTEM, conversation, resolution=Resolution.ANSWERED)
    return True
