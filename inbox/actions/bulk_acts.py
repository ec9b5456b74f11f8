"""What can be done with many conversations at once: each act as the single action it stands for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from inbox.actions.assignment import (
    conversation_assign,
    conversation_claim,
    conversation_hand_over,
    conversation_release,
)
from inbox.actions.blocking import conversation_not_spam, conversation_spam
from inbox.actions.snoozing import conversation_snooze, conversation_wake
from inbox.actions.triage import (
    conversation_reopen,
    conversation_resolve,
    conversation_tag,
    conversation_untag,
)
from inbox.lifecycle import BulkAct, HandOverReason
from inbox.models import BulkRow, Conversation
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Conflict, Invalid

Values = Mapping[str, Any]

#: Act -> the act that takes it back. `back` in its values makes it go by what was before.
OPPOSITES = {
    BulkAct.CLAIM: BulkAct.RELEASE,
    BulkAct.RELEASE: BulkAct.ASSIGN,
    BulkAct.ASSIGN: BulkAct.ASSIGN,
    BulkAct.HAND_OVER: BulkAct.HAND_OVER,
    BulkAct.TAG: BulkAct.UNTAG,
    BulkAct.UNTAG: BulkAct.TAG,
    BulkAct.RESOLVE: BulkAct.REOPEN,
    BulkAct.REOPEN: BulkAct.RESOLVE,
    BulkAct.SPAM: BulkAct.NOT_SPAM,
    BulkAct.NOT_SPAM: BulkAct.SPAM,
    BulkAct.SNOOZE: BulkAct.WAKE,
}


@dataclass(frozen=True, slots=True)
class Act:
    """How an act is done to one conversation, and which values it needs; `texts` may be words."""

    do: Callable[[Actor, BulkRow, Values], Conversation]
    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def values(self, given: Values) -> dict[str, Any]:
        """Keep what the act needs; Invalid when something is missing."""
        kept = {name: given.get(name) for name in (*self.numbers, *self.texts, *self.optional)}
        for name in (*self.numbers, *self.texts):
            if not kept[name]:
                raise Invalid(_("Choose or write what is needed for this."), code=name, field=name)
        return {name: value for name, value in kept.items() if value}


def before_of(conversation: Conversation) -> dict[str, Any]:
    """Return what taking an act back needs to know."""
    return {"assignee": conversation.assignee_id, "unit": conversation.unit_id}


def _claim(actor: Actor, row: BulkRow, _values: Values) -> Conversation:
    return conversation_claim(actor, conversation_id=row.conversation_id)


def _release(actor: Actor, row: BulkRow, _values: Values) -> Conversation:
    return conversation_release(actor, conversation_id=row.conversation_id)


def _assign(actor: Actor, row: BulkRow, values: Values) -> Conversation:
    to = row.before["assignee"] if values.get("back") else values["assignee"]
    if to is None:
        return _release(actor, row, values)
    return conversation_assign(actor, conversation_id=row.conversation_id, assignee_id=to)


def _hand_over(actor: Actor, row: BulkRow, values: Values) -> Conversation:
    to = row.before["unit"] if values.get("back") else values["unit"]
    kind = HandOverReason.OTHER if values.get("back") else values.get("kind", HandOverReason.OTHER)
    return conversation_hand_over(
        actor, conversation_id=row.conversation_id, unit_id=to, reason=values["reason"], kind=kind
    )


def _tag(actor: Actor, row: BulkRow, values: Values) -> Conversation:
    return conversation_tag(actor, conversation_id=row.conversation_id, name=values["tag"])


def _untag(actor: Actor, row: BulkRow, values: Values) -> Conversation:
    wanted = str(values["tag"]).lstrip("#")
    tag = row.conversation.tags.filter(name__iexact=wanted).first()
    if tag is None:
        return row.conversation
    return conversation_untag(actor, conversation_id=row.conversation_id, tag_id=tag.pk)


def _resolve(actor: Actor, row: BulkRow, values: Values) -> Conversation:
    return conversation_resolve(
        actor, conversation_id=row.conversation_id, resolution=values.get("resolution", ""),
        reason=values.get("reason", ""), seen_version=row.seen_version,
    )  # fmt: skip


def _snooze(actor: Actor, row: BulkRow, values: Values) -> Conversation:
    """The moment was fixed when it was asked for; without one it is until the customer writes."""
    until = datetime.fromisoformat(values["until"]) if values.get("until") else None
    return conversation_snooze(
        actor, conversation_id=row.conversation_id, until=until,
        reason=values.get("reason", ""), seen_version=row.seen_version,
    )  # fmt: skip


def _wake(actor: Actor, row: BulkRow, _values: Values) -> Conversation:
    return conversation_wake(actor, conversation_id=row.conversation_id)


def _reopen(actor: Actor, row: BulkRow, values: Values) -> Conversation:
    if values.get("back") and row.conversation.version > row.seen_version:
        raise Conflict(_("It has changed since."), code="changed")
    return conversation_reopen(actor, conversation_id=row.conversation_id)


def _spam(actor: Actor, row: BulkRow, _values: Values) -> Conversation:
    return conversation_spam(
        actor, conversation_id=row.conversation_id, seen_version=row.seen_version
    )


def _not_spam(actor: Actor, row: BulkRow, _values: Values) -> Conversation:
    return conversation_not_spam(actor, conversation_id=row.conversation_id)


ACTS = {
    BulkAct.CLAIM: Act(_claim),
    BulkAct.ASSIGN: Act(_assign, numbers=("assignee",)),
    BulkAct.RELEASE: Act(_release),
    BulkAct.HAND_OVER: Act(_hand_over, numbers=("unit",), texts=("reason",), optional=("kind",)),
    BulkAct.TAG: Act(_tag, texts=("tag",)),
    BulkAct.UNTAG: Act(_untag, texts=("tag",)),
    BulkAct.RESOLVE: Act(_resolve, optional=("resolution", "reason")),
    BulkAct.REOPEN: Act(_reopen),
    BulkAct.SPAM: Act(_spam),
    BulkAct.NOT_SPAM: Act(_not_spam),
    BulkAct.SNOOZE: Act(_snooze, optional=("until", "reason")),
    BulkAct.WAKE: Act(_wake),
}
