"""One-time addresses at which somebody without a login answers a consult."""

import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.actions.consults import end, locked, tell_asker, words
from inbox.lifecycle import ConsultState
from inbox.models import Consult, ConsultLink, Conversation, Message
from inbox.notices import NoticeKind
from inbox.selectors.consults import consult_for, digest_of, link_of
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotFound
from opsconsole.kernel.text import storable
from opsconsole.people.models import Language
from opsconsole.people.roles import Ability

#: Open links of one consult.
MOST_LINKS = 5
LIFETIMES = {hours: timedelta(hours=hours) for hours in (1, 8, 24, 72)}


def guest_link_make(
    actor: Actor, *, consult_id: int, lines: Collection[int], language: str, hours: int = 24
) -> tuple[ConsultLink, str]:
    """Make an address for a guest, showing the question and the chosen lines.

    Returns the link and its secret, which is kept nowhere. Raises Invalid for lines of another
    conversation; Conflict when the question is over or has links enough.
    """
    consult = consult_for(actor, consult_id)
    actor.must(Ability.WORK_INBOX, consult.conversation.unit_id)
    if language not in Language.values:
        raise Invalid(_("Choose a language."), field="language")
    if hours not in LIFETIMES:
        raise Invalid(_("Choose how long it holds."), field="hours")
    with transaction.atomic():
        conversation, consult = locked(consult.pk)
        chosen = _lines(conversation, lines)
        at, secret = now(), secrets.token_urlsafe(32)
        alive = consult.links.filter(withdrawn_at__isnull=True, expires_at__gt=at)
        if alive.count() >= MOST_LINKS:
            raise Conflict(_("There are enough links already."), code="too_many")
        link = ConsultLink.objects.create(
            consult=consult, digest=digest_of(secret), language=language, lines=chosen,
            made_by_id=actor.person_id, made_at=at, expires_at=at + LIFETIMES[hours],
        )  # fmt: skip
        record(
            actor, "inbox.consult.link_made", conversation,
            unit_id=conversation.unit_id, consult=consult.pk, link=link.pk, lines=len(chosen),
        )  # fmt: skip
    return link, secret


def _lines(conversation: Conversation, lines: Collection[int]) -> list[int]:
    found = Message.objects.filter(
        conversation=conversation, pk__in=list(lines)[:200], removed_at__isnull=True
    )
    chosen = sorted(found.values_list("pk", flat=True))
    if len(chosen) != len(set(lines)):
        raise Invalid(_("Choose lines of this conversation."), code="lines", field="lines")
    return chosen


def guest_link_withdraw(actor: Actor, *, consult_id: int, link_id: int) -> None:
    """Take a guest link back; it leads nowhere from now on."""
    consult = consult_for(actor, consult_id)
    conversation = consult.conversation
    actor.must(Ability.WORK_INBOX, conversation.unit_id)
    with transaction.atomic():
        open_links = consult.links.filter(pk=link_id)
        if not open_links.exists():
            raise NotFound
        at = now()
        if open_links.filter(withdrawn_at__isnull=True, used_at__isnull=True).update(
            withdrawn_at=at
        ):
            record(
                actor, "inbox.consult.link_withdrawn", conversation,
                unit_id=conversation.unit_id, consult=consult.pk, link=link_id,
            )  # fmt: skip


def guest_link_opened(link: ConsultLink) -> None:
    """Write down when a link was first opened."""
    with transaction.atomic():
        first = ConsultLink.objects.filter(pk=link.pk, opened_at__isnull=True)
        if first.update(opened_at=now()):
            conversation = Conversation.objects.get(pk=link.consult.conversation_id)
            record(
                SYSTEM, "inbox.consult.link_opened", conversation,
                unit_id=conversation.unit_id, consult=link.consult_id, link=link.pk,
            )  # fmt: skip


def guest_answer(*, secret: str, name: str, answer: str) -> Consult:
    """Take the one answer of a guest. NotFound when the link is used up, taken back or over."""
    answer = words(answer, _("Write an answer first."), "answer")
    name = " ".join(storable(name).split())
    if not name or len(name) > 60:
        raise Invalid(_("Say who you are, in at most 60 characters."), code="name", field="name")
    with transaction.atomic():
        found = link_of(secret)
        conversation, consult = _locked_for_guest(found)
        link = link_of(secret, lock=True)  # after the lock: of two who press at once, one is late
        link.used_at = now()
        link.save(update_fields=["used_at"])
        consult.answer, consult.guest_name = answer, name
        end(consult, conversation, ConsultState.ANSWERED)
        record(
            SYSTEM, "inbox.consult.answered_by_guest", conversation,
            unit_id=conversation.unit_id, consult=consult.pk, link=link.pk, guest=name,
        )  # fmt: skip
        tell_asker(consult, conversation, NoticeKind.CONSULT_ANSWERED, by=None)
    return consult


def _locked_for_guest(link: ConsultLink) -> tuple[Conversation, Consult]:
    try:
        return locked(link.consult_id)
    except Conflict as error:
        raise NotFound from error
