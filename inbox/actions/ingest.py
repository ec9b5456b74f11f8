"""From landed items to contacts, conversations and messages. Safe to run any number of times."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction

from channels.models import ChannelAccount, InboundItem
from channels.types import ItemKind, Visibility
from inbox.actions import changes
from inbox.actions.arrivals import PREVIEW_LENGTH, arrival
from inbox.actions.blocking import lines_of_blocked
from inbox.actions.contacts import contact_for
from inbox.actions.intake import lines_take_in
from inbox.actions.replies import answered
from inbox.actions.routing import route, routed_record
from inbox.actions.searching import search_later
from inbox.actions.shifts_over import customers_need_somebody
from inbox.actions.threading import Place, answered_message, place_of
from inbox.actions.waiting import covered_up_to, recounted
from inbox.lifecycle import ConversationState, Direction, MessageKind, Searchable
from inbox.models import Conversation, Message, MessageRevision
from inbox.selectors.cotags import operator_signed
from inbox.selectors.wait_logs import LIVE
from inbox.waits import FAR_FUTURE
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now

logger = logging.getLogger(__name__)

S = ConversationState
#: One ingester at a time: the order of posts decides what opens and what joins a conversation.
_LOCK = 0x6F70_636E
#: Items of one transaction: enough that each table is written rarely, few enough to let others in.
BATCH = 500


def items_ingest(limit: int = BATCH) -> int:
    """Ingest pending items, oldest first. Returns how many are done; call again until 0.

    Never waits for a poll that is storing the same items: it holds conversations meanwhile.
    """
    with transaction.atomic():
        ingester_wait()
        items = _pending(limit)
        problems: dict[InboundItem, str] = {}
        for is_plain, group in groupby(items, _plainness(items)):
            run = list(group)
            problems |= _ingest_lines(run) if is_plain else _ingest_each(run)
        return _done(problems)


def ingester_wait() -> None:
    """Keep every ingester out until the end of the transaction; wait for one that is at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _pending(limit: int) -> list[InboundItem]:
    """Read what waits, oldest first; items of one account share its row."""
    items = list(InboundItem.objects.filter(is_pending=True).order_by("posted_at", "id")[:limit])
    accounts = ChannelAccount.objects.in_bulk({item.account_id for item in items})
    for item in items:
        item.account = accounts[item.account_id]
    return items


def _plainness(items: Sequence[InboundItem]) -> Callable[[InboundItem], bool]:
    """Tell new lines of customers, which can be taken in together, from all that needs a closer look."""
    ids = {item.external_id for item in items}
    accounts = {item.account_id for item in items}
    known = set(
        Message.objects.filter(account__in=accounts, external_id__in=ids).values_list(
            "account_id", "external_id"
        )
    )
    answered = set(
        InboundItem.objects.filter(
            account__in=accounts, is_own=True, parent_external_id__in=ids
        ).values_list("account_id", "parent_external_id")
    )

    special = known | answered

    def is_plain(item: InboundItem) -> bool:
        if item.is_own or item.visibility == Visibility.REMOVED or item.kind == ItemKind.OWN_POST:
            return False
        return (item.account_id, item.external_id) not in special

    return is_plain


def _ingest_lines(items: list[InboundItem]) -> dict[InboundItem, str]:
    """Take new lines in together; when one of them is poison, each alone."""
    try:
        with transaction.atomic():
            lines_take_in(items)
    except OperationalError:
        raise
    except Exception:
        logger.warning("%s items are taken in one by one", len(items), exc_info=True)
        return _ingest_each(items)
    return dict.fromkeys(items, "")


def _ingest_each(items: list[InboundItem]) -> dict[InboundItem, str]:
    return {item: _ingest_one(item) for item in items}


def _done(problems: dict[InboundItem, str]) -> int:
    """Take items off the list, unless a poll has changed them meanwhile or is just doing so."""
    unlocked = dict(
        InboundItem.objects.filter(pk__in=[item.pk for item in problems])
        .select_for_update(skip_locked=True)
        .values_list("pk", "digest")
    )
    done = [item for item in problems if unlocked.get(item.pk) == item.digest]
    InboundItem.objects.filter(pk__in=[item.pk for item in done]).update(is_pending=False)
    for item in done:
        if problems[item]:
            InboundItem.objects.filter(pk=item.pk).update(problem=problems[item])
    return len(done)


def _ingest_one(item: InboundItem) -> str:
    """Return what is wrong with an item, alone; the rest goes on. Empty when all is well.

    A deadlock or a lost connection is no fault of the item: it raises and all of it runs again.
    """
    for is_last in (False, True):
        try:
            with transaction.atomic():
                item_ingest(item)
            return ""
        except OperationalError:
            raise
        except IntegrityError as error:
            # Our own reply was recorded in this very moment: look again, it is there now.
            if is_last:
                return _problem(item, error)
        except Exception as error:
            return _problem(item, error)
    return ""


def _problem(item: InboundItem, error: Exception) -> str:
    logger.error("item %s could not be ingested", item.pk, exc_info=error)
    return f"{type(error).__name__}: {error}"[:300]


def item_ingest(item: InboundItem) -> None:
    """Bring one item's latest form into the inbox."""
    message = (
        Message.objects.select_related("conversation")
        .filter(account=item.account, external_id=item.external_id)
        .first()
    )
    if message is not None:
        _update(message, item)
    elif item.visibility != Visibility.REMOVED and item.kind != ItemKind.OWN_POST:
        if item.is_own:
            _add_own(item)
        else:
            _add_inbound(item)


def _add_inbound(item: InboundItem) -> None:
    contact = contact_for(item)
    place = place_of(item, contact)
    conversation = place.conversation or _open(item, place)
    message = Message.objects.create(
        conversation=conversation, account=item.account, external_id=item.external_id,
        direction=Direction.INBOUND, kind=MessageKind(item.kind), visibility=item.visibility,
        contact=contact, thread_external_id=item.thread_external_id,
        parent_external_id=item.parent_external_id, text=item.text, language=item.language,
        permalink=item.permalink, media=item.media, posted_at=item.posted_at,
        landed_at=item.landed_at, came_as=item.came_as,
    )  # fmt: skip
    search_later(Searchable.MESSAGE, [message.pk])
    _customer_wrote(conversation, item)
    _answered_already(conversation, item)
    if contact.blocked_at is not None:
        lines_of_blocked(Conversation.objects.select_for_update().filter(pk=conversation.pk))


def _answered_already(conversation: Conversation, item: InboundItem) -> None:
    """An answer given on the platform itself may land a page earlier than its question."""
    ours = InboundItem.objects.select_related("account").filter(
        account=item.account, is_own=True, parent_external_id=item.external_id
    )
    found = list(ours)
    for answer in found:
        item_ingest(answer)
    if found:  # one may have been here before: only now is it known what it answers
        answered(
            Conversation.objects.select_for_update().get(pk=conversation.pk), at=item.posted_at
        )


def _open(item: InboundItem, place: Place) -> Conversation:
    conversation = Conversation(
        account=item.account, channel=item.account.kind, unit_id=item.account.unit_id,
        contact=place.contact, thread_key=place.key, cycle=place.cycle, previous=place.previous,
        context=item.context, context_url=item.context_url, opened_at=item.posted_at,
        queue_at=FAR_FUTURE, last_message_at=item.posted_at,
        contact_followers=place.contact.followers or 0, is_vip=place.contact.is_vip,
    )  # fmt: skip
    routed = route([(conversation, item)])
    conversation.save(force_insert=True)
    routed_record(routed)
    record(SYSTEM, "inbox.conversation.opened", conversation, unit_id=conversation.unit_id)
    return conversation


def _customer_wrote(conversation: Conversation, item: InboundItem) -> None:
    found = arrival(conversation, item)
    if found.reopens:
        _record_reopening(conversation)
    waited = {conversation.pk} if conversation.waiting_since else set()
    changes.apply(conversation, **found.fields)
    customers_need_somebody([conversation], waited=waited)


def _record_reopening(conversation: Conversation) -> None:
    verb = "inbox.conversation.reopened_by_customer"
    record(SYSTEM, verb, conversation, unit_id=conversation.unit_id)


def _add_own(item: InboundItem) -> None:
    """An answer written on the platform itself, or our own coming back before its receipt."""
    parent = answered_message(item)
    if parent is None:
        return  # a post of ours, or an answer in a thread we never saw
    conversation = Conversation.objects.select_for_update().get(pk=parent.conversation_id)
    message = Message.objects.create(
        conversation=conversation, account=item.account, external_id=item.external_id,
        direction=Direction.OUTBOUND, kind=MessageKind.REPLY, visibility=item.visibility,
        thread_external_id=item.thread_external_id, parent_external_id=item.parent_external_id,
        text=item.text, language=item.language, permalink=item.permalink, media=item.media,
        posted_at=item.posted_at, landed_at=item.landed_at, came_as=item.came_as,
        operator_id=operator_signed(item.account_id, item.text),
    )  # fmt: skip
    search_later(Searchable.MESSAGE, [message.pk])
    answered(conversation, at=item.posted_at, is_news=True)


def _update(message: Message, item: InboundItem) -> None:
    """Edits keep their history; removals and approvals move the wait."""
    conversation = Conversation.objects.select_for_update().get(pk=message.conversation_id)
    message.refresh_from_db()
    fields: dict[str, Any] = {}
    if message.is_inbound and item.author_external_id:
        contact_for(item)  # names and follower counts change too
    is_gone = item.visibility == Visibility.REMOVED
    if not is_gone and item.text != message.text and not message.delivery_id:
        MessageRevision.objects.create(message=message, text=message.text, replaced_at=now())
        fields |= {"text": item.text, "edited_at": item.changed_at}
    if item.visibility != message.visibility:
        fields["visibility"] = item.visibility
        fields["removed_at"] = item.changed_at if is_gone else None
        fields["quiet_since"] = _quiet_since(message, item)
    if not fields:
        return
    Message.objects.filter(pk=message.pk).update(**fields)
    search_later(Searchable.MESSAGE, [message.pk])
    _conversation_follows(conversation, message, fields)


def _quiet_since(message: Message, item: InboundItem) -> datetime | None:
    """Return since when a line asks for no answer; what never asked for one has no such moment."""
    if item.visibility in LIVE:
        return None
    return message.quiet_since or (item.changed_at if message.visibility in LIVE else None)


def _conversation_follows(
    conversation: Conversation, message: Message, fields: dict[str, Any]
) -> None:
    covered = covered_up_to(conversation)
    news: dict[str, Any] = {"answered_up_to": covered, **recounted(conversation, covered)}
    if conversation.state == S.RESOLVED and news["waiting_since"]:
        _record_reopening(conversation)
    if message.is_inbound:
        news["inbound_version"] = conversation.version + 1
    if "text" in fields and message.posted_at == conversation.last_message_at:
        news["preview"] = str(fields["text"])[:PREVIEW_LENGTH]
    if "removed_at" in fields:
        news["preview"] = _newest_words(conversation)[:PREVIEW_LENGTH]
    changes.apply(conversation, **news)


def _newest_words(conversation: Conversation) -> str:
    """What was taken back is shown in no list: the newest customer's line that still stands is."""
    standing = conversation.messages.filter(
        direction=Direction.INBOUND, removed_at__isnull=True
    ).order_by("-posted_at", "-id")
    return standing.values_list("text", flat=True).first() or ""
