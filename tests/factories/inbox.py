"""Conversations for tests, made the way real ones are: from what landed."""

from itertools import count

from channels.actions.landing import items_land
from inbox.actions.ingest import items_ingest
from inbox.models import Conversation, Message
from tests.factories.channels import make_account, make_fetched

_numbers = count(1)


def ingest(account, *items) -> None:
    """Land items and bring them into the inbox."""
    items_land(account, items)
    while items_ingest():
        pass


def make_conversation(*, account=None, **given) -> Conversation:
    """A conversation with one line of a customer of its own."""
    account = account or make_account()
    item = make_fetched(**({"author": f"customer{next(_numbers)}"} | given))
    ingest(account, item)
    message = Message.objects.get(account=account, external_id=item.external_id)
    return Conversation.objects.get(pk=message.conversation_id)


def make_conversations(count: int, *, account=None, **given) -> list[Conversation]:
    """Many conversations at once, each with one line of a customer of its own."""
    account = account or make_account()
    items = [
        make_fetched(**({"author": f"customer{next(_numbers)}"} | given)) for _ in range(count)
    ]
    ingest(account, *items)
    ids = [item.external_id for item in items]
    found = Message.objects.filter(account=account, external_id__in=ids).order_by("id")
    return [message.conversation for message in found.select_related("conversation")]


def make_message(conversation: Conversation, **given) -> Message:
    """One more line of the same customer in the same thread; `is_own=True` for one of ours."""
    last = conversation.messages.order_by("posted_at", "id").last()
    assert last is not None
    item = make_fetched(
        **{
            "author": conversation.contact.external_id,
            "thread_external_id": last.thread_external_id,
            "parent_external_id": last.external_id,
        }
        | given
    )
    ingest(conversation.account, item)
    conversation.refresh_from_db()
    return Message.objects.get(account=conversation.account, external_id=item.external_id)
