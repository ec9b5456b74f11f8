"""Resolving, reopening and tagging."""

from django.db import transaction
from django.db.models import Max, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.clocks import closing_undo
from inbox.actions.waiting import oldest_unanswered
from inbox.lifecycle import ConversationState, Resolution
from inbox.models import Conversation, ConversationTag, Tag
from inbox.selectors.access import conversation_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability

S = ConversationState
LONGEST_TAG = 40


def conversation_resolve(
    actor: Actor,
    *,
    conversation_id: int,
    resolution: str = "",
    reason: str = "",
    seen_version: int | None = None,
) -> Conversation:
    """Close the work: why, as a Resolution (by default what the situation suggests), and in words.

    With `seen_version`, refuses when the customer has written since then. Invalid when it is called
    answered although the customer still waits.
    """
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        if conversation.state == S.RESOLVED:
            return conversation
        if seen_version is not None:
            nothing_new_since(conversation, seen_version)
        resolve(actor, conversation, reason, resolution=resolution)
    return conversation


def resolve(
    actor: Actor, conversation: Conversation, reason: str = "", *, resolution: str = ""
) -> None:
    """Resolve a conversation that the caller has locked and checked; Invalid for an untrue resolution."""
    resolution = resolution or suggested_resolution(conversation)
    if resolution not in set(Resolution):
        raise Invalid(code="resolution", field="resolution")
    if resolution == Resolution.ANSWERED and conversation.waiting_since is not None:
        raise Invalid(
            _("The customer still waits for an answer. Choose another reason."),
            code="not_answered",
            field="resolution",
        )
    newest = conversation.messages.aggregate(newest=Max("pk"))["newest"]
    changes.apply(
        conversation, state=S.RESOLVED, resolved_at=now(), waiting_since=None,
        closed_through=newest or 0, resolution=resolution,
    )  # fmt: skip
    record(
        actor, "inbox.conversation.resolved", conversation,
        unit_id=conversation.unit_id, resolution=str(resolution), reason=reason.strip()[:200],
    )  # fmt: skip


def suggested_resolution(conversation: Conversation) -> Resolution:
    """Return why one would resolve a conversation as it stands."""
    waits, answered = conversation.waiting_since, conversation.answered_up_to
    is_answered = waits is None and answered is not None
    return Resolution.ANSWERED if is_answered else Resolution.NO_ANSWER_NEEDED


def nothing_new_since(conversation: Conversation, seen_version: int) -> None:
    """A version behind is harmless unless one of the steps was a line from the customer."""
    if conversation.inbound_version > seen_version:
        raise Conflict(_("The customer has just written again. Read it first."), code="unseen")


def conversation_reopen(actor: Actor, *, conversation_id: int) -> Conversation:
    """Take a resolved conversation up again."""
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        if conversation.state != S.RESOLVED:
            return conversation
        state = S.OPEN if conversation.assignee_id else S.NEW
        closed = closing_undo(conversation)
        waits = oldest_unanswered(conversation, conversation.answered_up_to, closed)
        changes.apply(
            conversation, state=state, resolved_at=None, waiting_since=waits, closed_through=closed
        )
        record(actor, "inbox.conversation.reopened", conversation, unit_id=conversation.unit_id)
    return conversation


def conversation_tag(actor: Actor, *, conversation_id: int, name: str) -> Conversation:
    """Put a tag on a conversation, making the tag when it is new. Twice is once."""
    name = " ".join(storable(name).split()).lstrip("#")
    if not name or len(name) > LONGEST_TAG:
        raise Invalid(_("A tag has 1 to 40 characters."), code="tag", field="name")
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        tag = _tag_named(name) or tag_create(name)
        _row, is_new = ConversationTag.objects.get_or_create(
            conversation=conversation,
            tag=tag,
            defaults={"added_by_id": actor.user_id, "added_at": now()},
        )
        if is_new:
            changes.touch(conversation)
            record(
                actor, "inbox.conversation.tagged", conversation,
                unit_id=conversation.unit_id, tag=tag.name,
            )  # fmt: skip
    return conversation


def tag_named(actor: Actor, name: str) -> Tag:
    """Return the tag of that name, made when missing; Invalid when it is no word for a tag."""
    actor.must(Ability.WORK_INBOX)
    name = _tag_words(name)
    return _tag_named(name) or tag_create(name)


def _tag_words(name: str) -> str:
    words = " ".join(storable(name).split()).lstrip("#")
    if not words or len(words) > LONGEST_TAG:
        raise Invalid(_("A tag has 1 to 40 characters."), code="tag", field="tags")
    return words


def tag_create(name: str) -> Tag:
    """Return the tag of that name, made when missing, whatever its case; safe against a race."""
    Tag.objects.bulk_create([Tag(name=name)], ignore_conflicts=True)
    made = _tag_named(name)
    if made is None:
        raise Conflict
    return made


def _tag_named(name: str) -> Tag | None:
    """Compare as the constraint does; other ways of ignoring case find other tags."""
    lower = Tag.objects.annotate(lower=Lower("name"))
    return lower.filter(lower=Lower(Value(name))).first()


def conversation_untag(actor: Actor, *, conversation_id: int, tag_id: int) -> Conversation:
    """Take a tag off a conversation."""
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        row = conversation.conversation_tags.select_related("tag").filter(tag_id=tag_id).first()
        if row is not None:
            row.delete()
            changes.touch(conversation)
            record(
                actor, "inbox.conversation.untagged", conversation,
                unit_id=conversation.unit_id, tag=row.tag.name,
            )  # fmt: skip
    return conversation
