"""Keeping what is being written: saved while one types, parked when something came in between.

Whoever locks both locks the conversation first and the draft second. A save locks the draft alone:
it comes every second and must not stand in the way of those who work.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Exists, F
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.announcing import announce, tell
from inbox.actions.leases import lease_end
from inbox.lifecycle import DRAFT, LIVE_DRAFTS, DraftKind, DraftState
from inbox.models import Conversation, Draft, Reply
from inbox.selectors.access import conversation_for
from inbox.selectors.drafts import draft_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

D = DraftState
LONGEST_DRAFT = 100_000
_ABILITY = {DraftKind.REPLY: Ability.DRAFT_REPLIES, DraftKind.NOTE: Ability.WRITE_NOTES}
#: A draft whose words may be saved over: one that is scheduled or submitted is taken back first.
_OPEN = frozenset({D.WRITING, D.PARKED})


def draft_save(
    actor: Actor,
    *,
    conversation_id: int,
    text: str,
    request_key: UUID,
    kind: DraftKind = DraftKind.REPLY,
    revision: int = 0,
    seen_version: int | None = None,
    seen_at: datetime | None = None,
    tab: str = "",
    private: bool | None = None,
) -> Draft | None:
    """Keep what is being written, and whether only the customer shall read it; None when nothing is left.

    `revision` is the one whose words the screen began from, `seen_version` and `seen_at` what it
    showed when the first letter was typed. Raises Conflict "elsewhere" when another tab has saved
    other words since, "closed" when the text is sent by now, "not_writing" when it is scheduled or
    waits for approval.
    """
    text = _readable(text)
    with transaction.atomic():
        conversation = conversation_for(actor, conversation_id, ability=_ABILITY[kind])
        rows = Draft.objects.filter(
            conversation=conversation, author_id=actor.person_id, kind=kind, state__in=LIVE_DRAFTS
        )
        draft = rows.select_for_update().first()
        if draft is not None:
            is_private = draft.is_private if private is None else private
            return _save_over(draft, conversation, text, revision, tab, is_private)
        if _is_closed(request_key):
            raise Conflict(_("This has been sent meanwhile."), code="closed")
        if not text.strip():
            return None
        seen = conversation.version if seen_version is None else seen_version
        draft = _begin(
            actor, conversation, kind, text, request_key,
            base_version=min(seen, conversation.version), base_at=min(seen_at or now(), now()),
            is_private=bool(private),
        )  # fmt: skip
        tell(draft, conversation, tab)
    return draft


def _readable(text: str) -> str:
    text = typed(text)
    if len(text) > LONGEST_DRAFT:
        raise Invalid(_("This is too long to be kept."), code="too_long", field="text")
    return text


def _save_over(
    draft: Draft, conversation: Conversation, text: str, revision: int, tab: str, is_private: bool
) -> Draft | None:
    if draft.text == text and draft.is_private == is_private:
        return draft
    if draft.state not in _OPEN:
        raise Conflict(_("Take it back first; then it can be changed."), code="not_writing")
    if draft.revision != revision:
        raise Conflict(
            _("You have changed this draft in another window."),
            code="elsewhere", revision=draft.revision, text=draft.text,
        )  # fmt: skip
    if not text.strip() and draft.state == D.WRITING:
        draft.delete()
        lease_end(conversation, draft.author_id)
        announce(conversation, draft.author_id)
        return None
    write(draft, text=text, is_private=is_private)
    tell(draft, conversation, tab)
    return draft


def _is_closed(request_key: UUID) -> bool:
    """Whether a draft of this key has come to its end: a late save must not bring it back."""
    return (
        Draft.objects.filter(request_key=request_key).exists()
        or Reply.objects.filter(request_key=request_key).exists()
    )


def _begin(
    actor: Actor, conversation: Conversation, kind: DraftKind, text: str, request_key: UUID,
    **fields: Any,
) -> Draft:  # fmt: skip
    """Make a draft; of two tabs that begin at once the slower is told, as by any later save."""
    at = now()
    try:
        with transaction.atomic():
            return Draft.objects.create(
                conversation=conversation, author_id=actor.person_id, kind=kind, text=text,
                request_key=request_key, created_at=at, updated_at=at, **fields,
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(
            _("You have changed this draft in another window."), code="elsewhere"
        ) from error


def write(draft: Draft, **fields: Any) -> None:
    """Write changes to a locked draft and step its revision; refuses what its lifecycle does not know."""
    was, state = draft.state, DraftState(str(fields.get("state", draft.state)))
    if state != draft.state and not DRAFT.allows(DraftState(draft.state), state):
        raise Conflict(code="state")
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.revision += 1
    draft.updated_at = now()
    Draft.objects.filter(pk=draft.pk).update(
        revision=F("revision") + 1, updated_at=draft.updated_at, **fields
    )
    if state != was and D.SUBMITTED in {was, state}:
        _recount_candidates(draft.conversation_id)


def _recount_candidates(conversation_id: int) -> None:
    """Keep the queue's mark true; whoever moves a candidate has locked its conversation."""
    waiting = Draft.objects.filter(conversation=conversation_id, state=D.SUBMITTED)
    Conversation.objects.filter(pk=conversation_id).update(awaiting_approval=Exists(waiting))


def draft_park(
    actor: Actor,
    *,
    conversation_id: int,
    text: str,
    request_key: UUID,
    reason: str,
    seen_version: int | None = None,
    seen_at: datetime | None = None,
    private: bool = False,
    is_part: bool = False,
) -> Draft:
    """Keep an answer that was refused, with the code of the refusal, for its author to look at again.

    A draft keeps what was seen when it began: everything since then is news to it. For a text that
    was never saved, `seen_version` and `seen_at` say what its screen showed.
    """
    text = _readable(text)
    with transaction.atomic():
        conversation = conversation_for(actor, conversation_id, lock=True)
        draft = live_draft(conversation, actor.person_id)
        if draft is None:
            key = uuid4() if _is_closed(request_key) else request_key
            seen = _before_the_news(conversation) if seen_version is None else seen_version
            draft = _begin(
                actor, conversation, DraftKind.REPLY, text, key,
                base_version=min(seen, conversation.version), base_at=min(seen_at or now(), now()),
            )  # fmt: skip
        write(
            draft,
            text=text,
            state=D.PARKED,
            park_reason=reason[:40],
            send_at=None,
            is_private=private,
            is_part=is_part,
        )
        record(
            actor, "inbox.draft.parked", conversation,
            unit_id=conversation.unit_id, draft=draft.pk, reason=reason,
        )  # fmt: skip
        tell(draft, conversation)
        announce(conversation, actor.person_id)
    return draft


def _before_the_news(conversation: Conversation) -> int:
    """A text that was never saved was written before whatever made it be refused."""
    return max(0, max(conversation.inbound_version, conversation.answer_version) - 1)


def live_draft(
    conversation: Conversation, user_id: int, kind: DraftKind = DraftKind.REPLY
) -> Draft | None:
    """Lock and return what somebody is writing in a conversation that the caller has locked."""
    rows = conversation.drafts.filter(author_id=user_id, kind=kind, state__in=LIVE_DRAFTS)
    return rows.select_for_update(of=("self",)).first()


def draft_close(
    conversation: Conversation,
    user_id: int,
    request_key: UUID,
    kind: DraftKind = DraftKind.REPLY,
) -> None:
    """Note that the draft of this key has been sent. The caller has locked the conversation.

    Other words of the same person stay: they were not what was sent.
    """
    draft = live_draft(conversation, user_id, kind)
    if draft is not None and draft.request_key == request_key:
        write(draft, state=D.SENT, send_at=None, park_reason="")
        tell(draft, conversation)
        announce(conversation, user_id)


def draft_discard(actor: Actor, *, draft_id: int) -> Draft:
    """Throw a draft away: one's own, or with the right to direct somebody else's. Twice is once."""
    with transaction.atomic():
        draft, conversation = _held(actor, draft_id)
        if draft.author_id != actor.user_id:
            actor.must(Ability.DIRECT_INBOX, conversation.unit_id)
        if not draft.is_live:
            return draft
        if draft.state == D.SUBMITTED:
            changes.touch(conversation)
        write(draft, state=D.DISCARDED, send_at=None)
        record(
            actor, "inbox.draft.discarded", conversation,
            unit_id=conversation.unit_id, draft=draft.pk,
        )  # fmt: skip
        lease_end(conversation, draft.author_id)
        tell(draft, conversation)
        announce(conversation, draft.author_id)
    return draft


def draft_resume(actor: Actor, *, draft_id: int) -> Draft:
    """Go on writing what was parked, or take a scheduled reply back. What came meanwhile is read now."""
    with transaction.atomic():
        draft, conversation = _held(actor, draft_id)
        if draft.author_id != actor.user_id:
            raise NotAllowed
        if not draft.is_live:
            raise Conflict(_("This has been sent meanwhile."), code="closed")
        was = draft.state
        write(
            draft, state=D.WRITING, send_at=None, park_reason="",
            base_version=conversation.version, base_at=now(),
        )  # fmt: skip
        if was == D.SUBMITTED:
            changes.touch(conversation)
            record(
                actor, "inbox.candidate.withdrawn", conversation,
                unit_id=conversation.unit_id, draft=draft.pk,
            )  # fmt: skip
        if was == D.SCHEDULED:
            changes.touch(conversation)
            record(
                actor, "inbox.reply.unscheduled", conversation,
                unit_id=conversation.unit_id, draft=draft.pk,
            )  # fmt: skip
        tell(draft, conversation)
        announce(conversation, draft.author_id)
    return draft


def draft_copy(actor: Actor, *, draft_id: int) -> Draft:
    """Take a copy of a colleague's draft into one's own, behind what is there already."""
    with transaction.atomic():
        theirs, conversation = _held(actor, draft_id)
        kind = DraftKind(theirs.kind)
        actor.must(_ABILITY[kind], conversation.unit_id)
        mine = live_draft(conversation, actor.person_id, kind)
        if mine is None:
            mine = _begin(
                actor, conversation, kind, theirs.text, uuid4(),
                base_version=theirs.base_version, base_at=theirs.base_at,
                is_private=theirs.is_private,
            )  # fmt: skip
        elif mine.pk != theirs.pk and mine.state in _OPEN:
            text = f"{mine.text.rstrip()}\n\n{theirs.text}" if mine.text.strip() else theirs.text
            write(mine, text=text, is_private=mine.is_private or theirs.is_private)
        else:
            raise Conflict(_("Take it back first; then it can be changed."), code="not_writing")
        record(
            actor, "inbox.draft.copied", conversation,
            unit_id=conversation.unit_id, author=str(theirs.author), draft=theirs.pk,
        )  # fmt: skip
        tell(mine, conversation)
        announce(conversation, actor.person_id)
    return mine


def _held(actor: Actor, draft_id: int) -> tuple[Draft, Conversation]:
    """Lock a draft within reach, its conversation first."""
    conversation_id = draft_for(actor, draft_id).conversation_id
    conversation = conversation_for(actor, conversation_id, lock=True)
    draft = Draft.objects.select_related("author").select_for_update(of=("self",)).get(pk=draft_id)
    return draft, conversation
