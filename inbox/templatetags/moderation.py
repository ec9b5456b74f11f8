"""How templates offer what may be done to a message on its platform, and say how far it has come."""

from dataclasses import dataclass

from django import template
from django.utils.functional import Promise

from channels.lifecycle import ModerationState
from channels.models import Moderation
from channels.types import ModerationVerb
from inbox.models import Message
from inbox.selectors.moderation import is_moving, may_delete, verbs_for
from inbox.selectors.thread import Thread
from inbox.status import DEEDS, MODERATION_ENDS, MODERATION_REASONS, Deed
from opsconsole.kernel.actor import Actor

register = template.Library()


@dataclass(frozen=True, slots=True)
class Moderating:
    """What a message's menu shows: its offers, and the last act while it is under way or has failed."""

    offers: list[tuple[ModerationVerb, Deed]]
    last: Moderation | None
    deed: Deed | None
    is_busy: bool = False
    reason: "str | Promise" = ""


@register.simple_tag(takes_context=True)
def moderating(context: template.Context, thread: Thread, message: Message) -> Moderating:
    """Return what may be done to a message, and what is being done. Reads no rows."""
    actor: Actor = context["request"].actor
    last = thread.moderations.get(message.external_id)
    offers = []
    if thread.can_work and thread.conversation.account.can_speak:
        deletes = may_delete(actor, message, thread.conversation.unit_id)
        verbs = verbs_for(message, last, thread.capabilities, may_delete=deletes)
        offers = [(verb, DEEDS[verb]) for verb in verbs]
    is_failed = last is not None and last.state == ModerationState.FAILED
    is_busy = is_moving(message, last)
    if last is None or not (is_busy or is_failed):
        return Moderating(offers, None, None)
    reasons = MODERATION_REASONS | MODERATION_ENDS if is_failed else MODERATION_REASONS
    reason = reasons.get(last.reason_code, "")
    return Moderating(offers, last, DEEDS[ModerationVerb(last.verb)], is_busy, reason)
