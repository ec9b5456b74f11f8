"""Answers that must not go out as they are: kept beside what is new, whoever or whatever was faster."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from inbox.actions.announcing import announce, tell
from inbox.actions.drafts import draft_park, write
from inbox.actions.notices import notices_give
from inbox.actions.replies import reply_send
from inbox.lifecycle import DraftKind, DraftState
from inbox.models import Draft, Reply
from inbox.notices import NoticeKind
from inbox.selectors.drafts import listed
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.errors import Conflict

Kept = TypeVar("Kept")

D = DraftState


def reply_send_or_park(actor: Actor, **given: Any) -> Reply:
    """Answer as `reply_send` does; a text that is refused because of others is parked, then refused."""
    return or_park(reply_send, actor, **given)


def or_park(
    act: Callable[..., Kept],
    actor: Actor,
    *,
    conversation_id: int,
    text: str,
    request_key: UUID,
    seen_version: int | None = None,
    seen_at: datetime | None = None,
    **given: Any,
) -> Kept:
    """Do something with an answer; on Conflict its text is parked as it was meant: private, a part."""
    try:
        return act(
            actor, conversation_id=conversation_id, text=text, request_key=request_key,
            seen_version=seen_version, **given,
        )  # fmt: skip
    except Conflict as problem:
        draft_park(
            actor, conversation_id=conversation_id, text=text, request_key=request_key,
            reason=problem.code, seen_version=seen_version, seen_at=seen_at,
            private=bool(given.get("private")), is_part=bool(given.get("is_part")),
        )  # fmt: skip
        raise


def drafts_park_overtaken(limit: int = 200) -> int:
    """Park answers being written since before somebody answered, and scheduled ones that anything overtook.

    Returns how many. A line of the customer does not interrupt whoever is writing: the screen shows it.
    """
    answered = Q(conversation__answer_version__gt=F("base_version"))
    written = Q(conversation__inbound_version__gt=F("base_version"))
    overtaken = (
        Draft.objects.filter(listed(), kind=DraftKind.REPLY)
        .filter(Q(state=D.WRITING) & answered | Q(state=D.SCHEDULED) & (answered | written))
        .values_list("pk", "revision")[:limit]
    )
    return sum(_park_overtaken(pk, revision) for pk, revision in list(overtaken))


def _park_overtaken(draft_id: int, revision: int) -> bool:
    """Park one, unless its author has done something with it since."""
    with transaction.atomic():
        draft = (
            Draft.objects.filter(
                pk=draft_id, revision=revision, state__in=[D.WRITING, D.SCHEDULED]
            )
            .select_related("conversation")
            .select_for_update(of=("self",), skip_locked=True)
            .first()
        )
        if draft is None:
            return False
        is_answered = draft.conversation.answer_version > draft.base_version
        park_by_itself(draft, "answered" if is_answered else "unseen")
    return True


def park_by_itself(draft: Draft, reason: str) -> None:
    """Park a locked draft without its author's doing, and tell the author."""
    conversation = draft.conversation
    was_scheduled = draft.state == D.SCHEDULED
    write(draft, state=D.PARKED, park_reason=reason[:40], send_at=None)
    record(
        SYSTEM, "inbox.draft.parked", conversation,
        unit_id=conversation.unit_id, draft=draft.pk, reason=reason,
    )  # fmt: skip
    if was_scheduled:
        notices_give(
            [draft.author_id], NoticeKind.DRAFT_PARKED, key=f"draft:{draft.pk}:{draft.revision}",
            conversation=conversation, data={"reason": reason},
        )  # fmt: skip
    tell(draft, conversation)
    announce(conversation, draft.author_id)
