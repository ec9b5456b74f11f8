"""What the page frame needs on every screen."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from campaigns.selectors.approvals import waiting_count
from channels.selectors.standing import Standing, standing_for
from inbox.selectors.consults import open_count
from inbox.selectors.notices import unread_count
from opsconsole.demo.logins import demo_logins
from opsconsole.kernel.actor import Actor
from opsconsole.people.roles import Ability


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the actor and the sandbox's address for the frame, and how to ask for demo logins."""
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "unread_notices": SimpleLazyObject(lambda: _unread(actor)),
        "open_approvals": SimpleLazyObject(lambda: _awaited(actor)),
        "standing": SimpleLazyObject(lambda: _standing(actor)),
        "open_consults": SimpleLazyObject(lambda: _asked(actor)),
        "sandbox_url": settings.SANDBOX_URL,
        "demo_logins": demo_logins,
    }


def _standing(actor: Actor | None) -> Standing | None:
    """Return what is stopped or amiss and concerns me; None for whoever is nobody."""
    return standing_for(actor) if actor and actor.user_id else None


def _asked(actor: Actor | None) -> int:
    """Count what units of mine are asked and have not answered."""
    return open_count(actor) if actor and actor.can(Ability.READ_INBOX) else 0


def _awaited(actor: Actor | None) -> int:
    """Count the posts that wait for my word."""
    if actor is None or actor.user_id is None or not actor.can(Ability.READ_POSTS):
        return 0
    return waiting_count(actor.user_id)


def _unread(actor: Actor | None) -> int | None:
    """Count what I have not read; None for whoever is nobody."""
    return unread_count(actor.user_id) if actor and actor.user_id else None
