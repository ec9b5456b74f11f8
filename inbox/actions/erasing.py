"""Erasing what customers said: one person's on request, anybody's once it is older than may be kept.

Words, names, pictures and addresses go; numbers, times and the acts of colleagues stay, so that reports
remain what they were. There is no way back.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from channels.actions.ancestors import ancestors_of_author_drop
from channels.actions.erasing import (
    are_under_way,
    author_forget,
    deliveries_blank,
    items_blank,
)
from channels.actions.erasing_pushes import pushes_forget
from channels.models import ChannelAccount
from inbox.actions.contacts import network_of
from inbox.actions.customers import circle_locked
from inbox.actions.ingest import ingester_wait
from inbox.actions.pictures import pictures_forget
from inbox.actions.searching import search_later
from inbox.lifecycle import ConversationState, Searchable
from inbox.models import (
    Consult,
    Contact,
    ContactNote,
    Conversation,
    Draft,
    FollowUp,
    Message,
    MessageRevision,
    Note,
    Notice,
    Person,
    Picture,
    Reply,
)
from inbox.selectors.privacy import person_to_erase
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import one_line, storable

LONGEST_REASON = 200
#: Conversations that the sweep empties in one transaction.
BATCH = 100


@dataclass(frozen=True, slots=True)
class Erased:
    """How much went: conversations, and lines in them."""

    conversations: int
    messages: int


def contact_erase(actor: Actor, *, conversation_id: int, reason: str) -> Erased:
    """Erase the person behind a conversation, on all channels, whoever may read which part of it.

    Conflict while an answer to them is on its way. Whoever writes again later is somebody new.
    """
    reason = one_line(storable(reason), LONGEST_REASON)
    if not reason:
        raise Invalid(_("Say on whose request."), code="reason", field="reason")
    with transaction.atomic():
        ingester_wait()
        conversation, contact = person_to_erase(actor, conversation_id)
        circle = circle_locked(contact)
        rows = list(
            Conversation.objects.filter(contact__in=circle).select_for_update().order_by("pk")
        )
        _pushes_forget(circle, [row.pk for row in rows])
        erased = conversations_blank(rows)
        _contacts_blank(circle)
        record(
            actor, "inbox.contact.erased", conversation, unit_id=conversation.unit_id,
            reason=reason, conversations=erased.conversations, messages=erased.messages,
        )  # fmt: skip
    return erased


def retention_sweep(limit: int = BATCH) -> int:
    """Empty resolved conversations that nobody has written in for `RETENTION_DAYS`. Call until 0.

    Customers of whom nothing else is kept go with them.
    """
    if not settings.RETENTION_DAYS:
        return 0
    before = now() - timedelta(days=settings.RETENTION_DAYS)
    with transaction.atomic():
        rows = list(
            Conversation.objects.filter(
                state=ConversationState.RESOLVED, erased_at__isnull=True,
                last_message_at__lt=before,
            ).select_for_update(skip_locked=True).order_by("last_message_at", "pk")[:limit]
        )  # fmt: skip
        erased = conversations_blank(_settled(rows))
        _contacts_blank(_forgotten({row.contact_id for row in rows}))
        if erased.conversations:
            record(
                SYSTEM, "inbox.conversation.outlived", rows[0],
                conversations=erased.conversations, messages=erased.messages,
            )  # fmt: skip
    return erased.conversations


def _settled(rows: Sequence[Conversation]) -> list[Conversation]:
    """Leave out those in which an answer may still leave."""
    return [row for row in rows if not are_under_way(_deliveries_in([row.pk]))]


def _forgotten(contact_ids: Collection[int]) -> list[int]:
    """Return the customers of whom no words are kept any more."""
    kept = Conversation.objects.filter(contact__in=contact_ids, erased_at__isnull=True)
    known = set(kept.values_list("contact", flat=True))
    return sorted(set(contact_ids) - known)


def _deliveries_in(conversation_ids: Collection[int]) -> list[int]:
    rows = Reply.objects.filter(conversation__in=conversation_ids)
    return list(rows.values_list("delivery", flat=True))


def conversations_blank(rows: Sequence[Conversation]) -> Erased:
    """Take the words out of locked conversations. Conflict while an answer in one is on its way."""
    ids = [row.pk for row in rows]
    deliveries = _deliveries_in(ids)
    if are_under_way(deliveries):
        raise Conflict(
            _("An answer is still on its way. Try again in a minute."), code="under_way"
        )
    at = now()
    deliveries_blank(deliveries)
    count = _messages_blank(ids, deliveries)
    _belongings_go(ids)
    for row in rows:
        Conversation.objects.filter(pk=row.pk).update(
            preview="", snooze_reason="", contact_followers=0, is_vip=False, erased_at=at,
            thread_key=f"erased:{row.pk}", version=row.version + 1,
        )  # fmt: skip
        hint_on_commit("conversation", units=[row.unit_id], id=row.pk, version=row.version + 1)
    return Erased(len(ids), count)


def _messages_blank(ids: Sequence[int], deliveries: Sequence[int]) -> int:
    """Empty the lines, theirs and ours, and what they were made from."""
    lines = Message.objects.filter(conversation__in=ids)
    known = list(lines.values_list("pk", "account", "external_id"))
    for account in {account for _pk, account, _name in known}:
        items_blank(account, [name for _pk, of, name in known if of == account])
    lines.update(text="", media=[], permalink="", erased_at=now())
    MessageRevision.objects.filter(message__conversation__in=ids).delete()
    Reply.objects.filter(delivery__in=deliveries).update(text="")
    search_later(Searchable.MESSAGE, [pk for pk, _account, _name in known])
    return len(known)


def _belongings_go(ids: Sequence[int]) -> None:
    """Delete what colleagues wrote about it, and what was prepared for it."""
    pictures_forget(list(Picture.objects.filter(conversation__in=ids)))
    Draft.objects.filter(conversation__in=ids).delete()
    notes = Note.objects.filter(conversation__in=ids)
    search_later(Searchable.NOTE, list(notes.values_list("pk", flat=True)))
    notes.delete()
    Notice.objects.filter(conversation__in=ids).delete()
    FollowUp.objects.filter(conversation__in=ids).delete()
    Consult.objects.filter(conversation__in=ids).update(question="", answer="")


def _pushes_forget(contact_ids: Sequence[int], conversation_ids: Sequence[int]) -> None:
    """Take somebody out of what platforms have pushed and nobody has taken in yet."""
    people = dict(Contact.objects.filter(pk__in=contact_ids).values_list("external_id", "network"))
    accounts = ChannelAccount.objects.only("kind", "external_id")
    lines = Message.objects.filter(conversation__in=conversation_ids, contact__in=contact_ids)
    pushes_forget(
        {one.kind for one in accounts if network_of(one) in people.values()},
        people=people, lines=list(lines.values_list("external_id", flat=True)),
    )  # fmt: skip


def _contacts_blank(ids: Sequence[int]) -> None:
    """Make nobody of somebody: what is left says only that there was a customer."""
    rows = list(Contact.objects.filter(pk__in=ids))
    for account in ChannelAccount.objects.all():
        for row in rows:
            if row.network == network_of(account):
                author_forget(account.pk, row.external_id)
                ancestors_of_author_drop(account.pk, row.external_id)
    ContactNote.objects.filter(contact__in=ids).delete()
    for row in rows:
        Contact.objects.filter(pk=row.pk).update(
            external_id=f"erased:{row.pk}", name="", handle="", url="", avatar_url="",
            followers=None, is_vip=False, vip_since=None, vip_reason="", blocked_at=None,
            block_reason="", language="", person=None,
        )  # fmt: skip
    persons = Counter(row.person_id for row in rows if row.person_id)
    Person.objects.filter(pk__in=persons, contacts__isnull=True).delete()
    search_later(Searchable.CONTACT, ids)


def contacts_of_nobody_delete(limit: int = 500) -> int:
    """Delete customers of whom no line and no conversation is left. Call until 0."""
    lines = Message.objects.filter(contact=OuterRef("pk"))
    theirs = Conversation.objects.filter(contact=OuterRef("pk"))
    with transaction.atomic():
        ingester_wait()
        rows = Contact.objects.filter(~Exists(theirs), ~Exists(lines)).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[:limit])
        search_later(Searchable.CONTACT, ids)
        Contact.objects.filter(pk__in=ids).delete()
        Person.objects.filter(contacts__isnull=True).delete()
    return len(ids)
