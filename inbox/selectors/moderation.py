"""What may be done to a message on its platform, and what was done to it last."""

from collections.abc import Iterable

from channels.lifecycle import ModerationState
from channels.models import ChannelAccount, Moderation
from channels.types import OUTCOMES, Capabilities, ModerationVerb, Visibility
from inbox.lifecycle import MessageKind
from inbox.models import Message
from opsconsole.kernel.actor import Actor
from opsconsole.people.roles import Ability

V = ModerationVerb

#: What makes sense for a customer's message, by how it looks now.
_THEIRS: dict[str, tuple[ModerationVerb, ...]] = {
    Visibility.PUBLIC: (V.HIDE, V.HOLD, V.SPAM, V.TRASH),
    Visibility.HELD: (V.APPROVE, V.SPAM, V.TRASH),
    Visibility.HIDDEN: (V.UNHIDE,),
    Visibility.SPAM: (V.UNSPAM, V.TRASH),
}


def verbs_for(
    message: Message, last: Moderation | None, capabilities: Capabilities, *, may_delete: bool
) -> tuple[ModerationVerb, ...]:
    """Return what the channel can do to a message as it looks now; nothing while something is done.

    `last` is what was done to it last: what we threw away may be taken out of the trash again.
    """
    if is_moving(message, last):
        return ()
    if message.visibility == Visibility.REMOVED:
        was_ours = last is not None and (last.verb, last.state) == (V.TRASH, ModerationState.DONE)
        wanted: tuple[ModerationVerb, ...] = (V.UNTRASH,) if was_ours else ()
    elif message.is_inbound:
        wanted = _THEIRS[message.visibility]
    else:
        is_public = message.kind != MessageKind.PRIVATE
        wanted = (V.DELETE_OWN,) if may_delete and is_public else ()
    return tuple(verb for verb in wanted if verb in capabilities.moderation)


def is_moving(message: Message, last: Moderation | None) -> bool:
    """Whether something is being done to a message, or is done and has not reached it yet."""
    if last is None or last.is_under_way:
        return last is not None
    is_fresh = last.state == ModerationState.DONE and last.is_unseen
    return is_fresh and message.visibility not in OUTCOMES[V(last.verb)]


def may_delete(actor: Actor, message: Message, unit_id: int) -> bool:
    """Whether somebody may take back an answer: their own, or any for those who direct the inbox."""
    is_own = message.operator_id is not None and message.operator_id == actor.user_id
    return is_own or actor.can(Ability.DIRECT_INBOX, unit_id)


def last_moderations(
    account: ChannelAccount, messages: Iterable[Message]
) -> dict[str, Moderation]:
    """Return what was last done to each message, by its id on the platform. One query."""
    ids = [message.external_id for message in messages]
    rows = (
        Moderation.objects.filter(account=account, external_id__in=ids)
        .select_related("requested_by")
        .order_by("external_id", "-id")
        .distinct("external_id")
    )
    return {row.external_id: row for row in rows}
