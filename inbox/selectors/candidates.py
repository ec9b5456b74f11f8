"""Answers that wait for a colleague's approval in a conversation, as approvers read them."""

from dataclasses import dataclass

from inbox.cotags import signed
from inbox.lifecycle import DraftState
from inbox.models import Conversation, Draft, Picture
from inbox.selectors.cotags import signatures_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """A draft that waits, as it would stand on the platform, and whether something has come since."""

    draft: Draft
    outgoing: str
    is_overtaken: bool
    pictures: list[Picture]


def candidates_of(conversation: Conversation) -> list[Candidate]:
    """Return what waits in a conversation that has come through its gate, the longest waiting first.

    No query when nothing waits, four otherwise.
    """
    if not conversation.awaiting_approval:
        return []
    rows = conversation.drafts.filter(state=DraftState.SUBMITTED).order_by("submitted_at", "pk")
    drafts = list(rows.select_related("author", "answers").prefetch_related("pictures"))
    suffixes = signatures_of({draft.author_id for draft in drafts}, conversation.account)
    newest = max(conversation.inbound_version, conversation.answer_version)
    return [
        Candidate(
            draft=draft,
            outgoing=signed(draft.text, suffixes.get(draft.author_id, "")),
            is_overtaken=newest > draft.base_version,
            pictures=list(draft.pictures.all()),
        )
        for draft in drafts
    ]
