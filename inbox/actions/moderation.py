"""What operators do to messages on their platform, and how the inbox follows what came of it."""

import logging

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from channels.actions.landing import items_land
from channels.actions.moderations import moderation_request, moderation_stop
from channels.lifecycle import ModerationState
from channels.models import InboundItem, Moderation
from channels.registry import capabilities_for
from channels.types import OUTCOMES, Fetched, ItemKind, ModerationVerb, Visibility
from inbox.actions import changes
from inbox.models import Conversation, Message
from inbox.selectors.access import conversation_for
from inbox.selectors.moderation import is_moving, last_moderations, may_delete, verbs_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Conflict, DomainError, NotAllowed, NotFound
from opsconsole.people.roles import Ability

logger = logging.getLogger(__name__)


def message_moderate(
    actor: Actor, *, conversation_id: int, message_id: int, verb: ModerationVerb
) -> Moderation:
    """Have a worker do something to a message on its platform.

    The same asked for twice is done once. Raises Conflict when the channel or the message's present
    look does not allow it, while something else is under way, or while the account cannot speak;
    NotAllowed when only the author or a manager may take an answer back.
    """
    with transaction.atomic():
        conversation, message = _message(actor, conversation_id, message_id)
        last = last_moderations(message.account, [message]).get(message.external_id)
        if last is not None and last.is_under_way and last.verb == verb:
            return last
        _check(actor, conversation, message, last, verb)
        made = moderation_request(
            actor, account=message.account, external_id=message.external_id, verb=verb
        )
        record(
            actor, "inbox.message.moderated", conversation,
            unit_id=conversation.unit_id, deed=verb, message=message.pk,
        )  # fmt: skip
        changes.touch(conversation)
    return made


def message_moderation_stop(actor: Actor, *, conversation_id: int, message_id: int) -> None:
    """Stop what no worker has begun; Conflict once one has, NotFound when nothing is under way."""
    with transaction.atomic():
        conversation, message = _message(actor, conversation_id, message_id)
        last = last_moderations(message.account, [message]).get(message.external_id)
        if last is None or not last.is_under_way:
            raise NotFound
        moderation_stop(moderation=last)
        record(
            actor, "inbox.message.moderation_stopped", conversation,
            unit_id=conversation.unit_id, deed=last.verb, message=message.pk,
        )  # fmt: skip
        changes.touch(conversation)


def _message(actor: Actor, conversation_id: int, message_id: int) -> tuple[Conversation, Message]:
    conversation = conversation_for(actor, conversation_id, ability=Ability.WORK_INBOX, lock=True)
    found = conversation.messages.select_related("account").filter(pk=message_id).first()
    if found is None:
        raise NotFound
    return conversation, found


def _check(
    actor: Actor,
    conversation: Conversation,
    message: Message,
    last: Moderation | None,
    verb: ModerationVerb,
) -> None:
    if is_moving(message, last):
        raise Conflict(_("Something else is being done with this message."), code="in_flight")
    deletes = may_delete(actor, message, conversation.unit_id)
    if verb == ModerationVerb.DELETE_OWN and not deletes:
        raise NotAllowed(_("Only whoever wrote it or a manager may delete an answer."))
    capabilities = capabilities_for(conversation.channel)
    if verb not in verbs_for(message, last, capabilities, may_delete=deletes):
        raise Conflict(_("This cannot be done with this message now."), code="cannot_moderate")
    if message.account.is_paused:
        raise Conflict(_("The account is paused."), code="account_silent")
    if message.account.needs_reconnect:
        raise Conflict(_("The account must be reconnected first."), code="account_silent")


def moderations_settle(limit: int = 100) -> int:
    """Bring the inbox up to date with acts that moved. Returns how many; call again until 0."""
    moved = Moderation.objects.filter(is_unseen=True).order_by("id")
    return sum(_settle_one(row) for row in moved.select_related("account")[:limit])


def _settle_one(row: Moderation) -> bool:
    """One transaction each. The conversation is locked first, as those do who ask for an act.

    False when the act has moved on meanwhile, or what it brought about is still to be ingested: it is
    still unseen, and the next sweep has it.
    """
    landed = InboundItem.objects.filter(account=row.account, external_id=row.external_id)
    if row.state == ModerationState.DONE and landed.filter(is_pending=True).exists():
        return False
    try:
        with transaction.atomic():
            message = Message.objects.filter(account=row.account, external_id=row.external_id)
            for found in message:
                conversation = Conversation.objects.select_for_update().get(
                    pk=found.conversation_id
                )
                _vanish(found, row)
                conversation.refresh_from_db(fields=["version"])
                changes.touch(conversation)
            same = Moderation.objects.filter(
                pk=row.pk, state=row.state, fence=row.fence, retries=row.retries
            )
            return bool(same.update(is_unseen=False))
    except (DatabaseError, DomainError):
        logger.exception("moderation %s could not be brought into the inbox", row.pk)
        return False


def _vanish(message: Message, row: Moderation) -> None:
    """What we wrote may be deleted before a poll has ever shown it: then nothing lands that says so."""
    is_away = OUTCOMES[ModerationVerb(row.verb)] == {Visibility.REMOVED}
    if row.state != ModerationState.DONE or not is_away or message.removed_at is not None:
        return
    if InboundItem.objects.filter(account=row.account, external_id=row.external_id).exists():
        return
    items_land(
        row.account,
        [
            Fetched(
                row.external_id,
                ItemKind.REPLY,
                message.text,
                message.posted_at,
                message.thread_external_id,
                parent_external_id=message.parent_external_id,
                permalink=message.permalink,
                visibility=Visibility.REMOVED,
                is_own=True,
            )
        ],
    )
