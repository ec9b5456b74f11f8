"""What colleagues decide about a customer: who matters, in which language, who is the same person."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.mirrors import mirror_vip
from inbox.languages import LANGUAGES
from inbox.models import Contact, Conversation, Person
from inbox.selectors.access import conversation_for
from inbox.selectors.contacts import circle_of, contact_within_reach
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotFound
from opsconsole.kernel.text import one_line, storable
from opsconsole.people.roles import Ability

LONGEST_REASON = 200


def contact_mark_vip(
    actor: Actor, *, conversation_id: int, is_vip: bool, reason: str = ""
) -> Contact:
    """Say that a conversation's customer matters more than others, and why; or no longer.

    The whole person matters: contacts that are merged with this one are marked with it.
    """
    reason = one_line(storable(reason), LONGEST_REASON)
    if is_vip and not reason:
        raise Invalid(_("Say in a few words why."), code="reason", field="reason")
    with transaction.atomic():
        conversation, contact, circle = _customer(actor, conversation_id)
        if not is_vip:
            Contact.objects.filter(pk__in=circle).update(vip_since=None, vip_reason="")
        else:
            since = contact.vip_since or now()
            Contact.objects.filter(pk=contact.pk).update(vip_since=since, vip_reason=reason)
        vip_follows(circle)
        changes.touch(conversation)
        if is_vip:
            record(
                actor, "inbox.contact.vip_marked", conversation,
                unit_id=conversation.unit_id, contact=contact.pk, reason=reason,
            )  # fmt: skip
        else:
            record(
                actor, "inbox.contact.vip_unmarked", conversation,
                unit_id=conversation.unit_id, contact=contact.pk,
            )  # fmt: skip
    contact.refresh_from_db()
    return contact


def vip_follows(contact_ids: Collection[int]) -> None:
    """Let `is_vip` be true for all contacts of one person when any of them was marked."""
    rows = Contact.objects.filter(pk__in=contact_ids)
    is_vip = rows.filter(vip_since__isnull=False).exists()
    rows.update(is_vip=is_vip)
    mirror_vip(contact_ids, is_vip=is_vip)


def contact_set_language(actor: Actor, *, conversation_id: int, language: str) -> Contact:
    """Say in which language a customer wants to be answered; empty: the one they write in."""
    if language and language not in LANGUAGES:
        raise Invalid(code="language", field="language")
    with transaction.atomic():
        conversation, contact, _circle = _customer(actor, conversation_id)
        if contact.language != language:
            Contact.objects.filter(pk=contact.pk).update(language=language)
            contact.language = language
            changes.apply(conversation, language=language or conversation.language)
            record(
                actor, "inbox.contact.language_set", conversation,
                unit_id=conversation.unit_id, contact=contact.pk, language=language,
            )  # fmt: skip
    return contact


def contact_merge(actor: Actor, *, conversation_id: int, contact_id: int) -> Contact:
    """Say that another contact is the same person as a conversation's customer.

    Both must be within reach. Nothing of either is changed or lost: `contact_unmerge` parts them again.
    """
    with transaction.atomic():
        other = contact_within_reach(actor, contact_id)
        conversation, contact, circle = _customer(actor, conversation_id, also=other)
        if other.pk == contact.pk:
            raise Invalid(_("This is the same contact."), code="same", field="contact")
        if contact.person_id is not None and contact.person_id == other.person_id:
            return contact
        person = contact.person_id or other.person_id or _person(actor)
        left = Person.objects.filter(pk__in=[other.person_id]).exclude(pk=person)
        Contact.objects.filter(pk__in=circle).update(person=person)
        left.delete()
        vip_follows(circle)
        changes.touch(conversation)
        record(
            actor, "inbox.contact.merged", conversation,
            unit_id=conversation.unit_id, contact=contact.pk, other=other.pk,
        )  # fmt: skip
    contact.refresh_from_db()
    return contact


def contact_unmerge(actor: Actor, *, conversation_id: int, contact_id: int) -> Contact:
    """Say that a contact is not the same person after all."""
    with transaction.atomic():
        conversation, contact, circle = _customer(actor, conversation_id)
        if contact_id not in circle or contact_id == contact.pk:
            raise NotFound
        other = contact_within_reach(actor, contact_id)
        person = contact.person_id
        Contact.objects.filter(pk=other.pk).update(person=None)
        rest = [pk for pk in circle if pk != other.pk]
        if len(rest) == 1:
            Contact.objects.filter(pk__in=rest).update(person=None)
            Person.objects.filter(pk__in=[person]).delete()
        vip_follows(rest)
        vip_follows([other.pk])
        changes.touch(conversation)
        record(
            actor, "inbox.contact.unmerged", conversation,
            unit_id=conversation.unit_id, contact=contact.pk, other=other.pk,
        )  # fmt: skip
    contact.refresh_from_db()
    return contact


def _customer(
    actor: Actor, conversation_id: int, *, also: Contact | None = None
) -> tuple[Conversation, Contact, list[int]]:
    """Return a conversation, its customer, and the numbers of that person's contacts (and of `also`'s).

    All locked, contacts first and in the order of their numbers: as whoever takes in new lines does.
    """
    contact = conversation_for(actor, conversation_id, ability=Ability.WORK_INBOX).contact
    circle = _locked(_circles(contact, also))
    conversation = conversation_for(actor, conversation_id, ability=Ability.WORK_INBOX, lock=True)
    for one in filter(None, (contact, also)):
        one.refresh_from_db()
    if set(circle) != set(_circles(contact, also)):
        raise Conflict  # a colleague has merged one of them in this very moment
    return conversation, contact, circle


def circle_locked(contact: Contact) -> list[int]:
    """Lock all contacts of the person behind one, in the order of their numbers; return these."""
    circle = _locked(_circles(contact))
    contact.refresh_from_db()
    if set(circle) != set(_circles(contact)):
        raise Conflict  # a colleague has merged one of them in this very moment
    return circle


def _circles(*contacts: Contact | None) -> list[int]:
    return [one.pk for contact in contacts if contact is not None for one in circle_of(contact)]


def _locked(contact_ids: Iterable[int]) -> list[int]:
    ids = sorted(set(contact_ids))
    rows = Contact.objects.filter(pk__in=ids).select_for_update().order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _person(actor: Actor) -> int:
    return Person.objects.create(created_at=now(), created_by_id=actor.user_id).pk
