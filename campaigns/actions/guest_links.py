"""One-time addresses at which somebody without a login speaks for a person who is asked.

Made by that person alone, so that a link opens no door its maker could not go through.
"""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.actions.approvals import locked, speak
from campaigns.models import ApprovalLink, ApprovalRequest
from campaigns.selectors.approvals import digest_of, link_of, request_for, writers_of
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.kernel.text import storable
from opsconsole.people.models import Language

#: Links of one voice that may be used at the same time.
MOST_LINKS = 3
LIFETIMES = {hours: timedelta(hours=hours) for hours in (1, 8, 24, 72)}


def guest_link_make(
    actor: Actor, *, request_id: int, language: str, hours: int = 24
) -> tuple[ApprovalLink, str]:
    """Make an address at which a guest decides in the actor's stead. Returns it and its secret, kept nowhere."""
    request = request_for(actor, request_id)
    if language not in Language.values:
        raise Invalid(_("Choose a language."), field="language")
    if hours not in LIFETIMES:
        raise Invalid(_("Choose how long it holds."), field="hours")
    with transaction.atomic():
        post, request = locked(request.post_id, request.pk)
        mine = request.voices.filter(step=request.step, user=actor.person_id, is_open=True)
        voice = mine.first()
        if voice is None or actor.user_id in writers_of(post):
            raise NotAllowed(_("You are not asked about this."))
        at, secret = now(), secrets.token_urlsafe(32)
        alive = voice.links.filter(withdrawn_at=None, used_at=None, expires_at__gt=at)
        if alive.count() >= MOST_LINKS:
            raise Conflict(_("There are enough links already."), code="too_many")
        link = ApprovalLink.objects.create(
            voice=voice, digest=digest_of(secret), language=language, made_at=at,
            expires_at=at + LIFETIMES[hours],
        )  # fmt: skip
        record(
            actor, "campaigns.approval.link_made", post, unit_id=post.unit_id, link=link.pk
        )  # fmt: skip
    return link, secret


def guest_link_withdraw(actor: Actor, *, request_id: int, link_id: int) -> None:
    """Take one's own link back; it leads nowhere from now on."""
    request = request_for(actor, request_id)
    with transaction.atomic():
        links = ApprovalLink.objects.filter(
            pk=link_id, voice__request=request, voice__user=actor.person_id
        )
        if not links.exists():
            raise NotFound
        if links.filter(withdrawn_at=None, used_at=None).update(withdrawn_at=now()):
            record(
                actor, "campaigns.approval.link_withdrawn", request.post,
                unit_id=request.post.unit_id, link=link_id,
            )  # fmt: skip


def guest_link_opened(link: ApprovalLink) -> None:
    """Write down when a link was first opened."""
    with transaction.atomic():
        first = ApprovalLink.objects.filter(pk=link.pk, opened_at=None)
        if first.update(opened_at=now()):
            post = link.voice.request.post
            record(
                SYSTEM, "campaigns.approval.link_opened", post,
                unit_id=post.unit_id, link=link.pk,
            )  # fmt: skip


def guest_decide(*, secret: str, name: str, agrees: bool, word: str = "") -> ApprovalRequest:
    """Take the one word of a guest. NotFound when the link is used up, taken back or over."""
    name = " ".join(storable(name).split())
    if not name or len(name) > 60:
        raise Invalid(_("Say who you are, in at most 60 characters."), code="name", field="name")
    with transaction.atomic():
        found = link_of(secret)
        try:
            post, request = locked(found.voice.request.post_id, found.voice.request_id)
        except Conflict as error:
            raise NotFound from error
        link = link_of(secret, lock=True)  # after the lock: of two who press at once, one is late
        link.used_at = now()
        link.save(update_fields=["used_at"])
        voice = request.voices.get(pk=link.voice_id)
        return speak(SYSTEM, post, request, voice, agrees=agrees, word=word, guest=name)
