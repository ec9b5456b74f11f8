"""Giving answers that wait for approval back to their authors."""

from django.db import transaction
from django.db.models import F

from inbox.actions import changes
from inbox.actions.announcing import announce, tell
from inbox.actions.drafts import write
from inbox.actions.notices import notices_give
from inbox.lifecycle import DraftState
from inbox.models import Conversation, Draft
from inbox.notices import NoticeKind
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now


def candidates_return(actor: Actor, conversation: Conversation, *, reason: str) -> int:
    """Give back whatever waits for approval in a locked conversation. Returns how many.

    `reason` is the code that its author reads: another answer was faster.
    """
    waiting = conversation.drafts.filter(state=DraftState.SUBMITTED).order_by("pk")
    rows = list(waiting.select_for_update(of=("self",)))
    for draft in rows:
        candidate_give_back(actor, conversation, draft, reason=reason)
    return len(rows)


def candidate_give_back(
    actor: Actor, conversation: Conversation, draft: Draft, *, reason: str, note: str = ""
) -> None:
    """Give one locked candidate back, with the reason's code and a word of whoever decided."""
    write(
        draft, state=DraftState.PARKED, park_reason=reason, decided_by_id=actor.user_id,
        decided_at=now(), decision_note=note[:500],
    )  # fmt: skip
    if draft.author_id != actor.user_id:
        notices_give(
            [draft.author_id], NoticeKind.APPROVAL_DECLINED,
            key=f"draft:{draft.pk}:{draft.revision}", conversation=conversation,
            data={"by": actor.name, "reason": reason, "note": note[:500]},
        )  # fmt: skip
    tell(draft, conversation)
    announce(conversation, draft.author_id)


def candidates_return_overtaken(limit: int = 100) -> int:
    """Give back what waits for approval though somebody has answered since, on the platform itself too.

    Returns how many. One transaction each, the conversation first: whoever decides holds it just now.
    """
    overtaken = Draft.objects.filter(
        state=DraftState.SUBMITTED, conversation__answer_version__gt=F("base_version")
    )
    ids = list(overtaken.values_list("conversation_id", flat=True).distinct()[:limit])
    return sum(_return_overtaken(pk) for pk in ids)


def _return_overtaken(conversation_id: int) -> int:
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(skip_locked=True)
        conversation = locked.filter(pk=conversation_id).first()
        if conversation is None:
            return 0
        overtaken = conversation.drafts.filter(
            state=DraftState.SUBMITTED, base_version__lt=conversation.answer_version
        )
        rows = list(overtaken.select_for_update(of=("self",)).order_by("pk"))
        if rows:
            changes.touch(conversation)
        for draft in rows:
            candidate_give_back(SYSTEM, conversation, draft, reason="answered")
    return len(rows)
