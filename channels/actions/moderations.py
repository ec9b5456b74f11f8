"""Asking for an act on what stands on a platform, and stopping one no worker has taken."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from channels.lifecycle import ModerationState
from channels.models import ChannelAccount, Moderation
from channels.types import ModerationVerb
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict

S = ModerationState
#: What could not be done for this long is given up instead of coming out of the blue.
WINDOW = timedelta(hours=6)


def moderation_request(
    actor: Actor, *, account: ChannelAccount, external_id: str, verb: ModerationVerb
) -> Moderation:
    """Write down an act; the caller has checked the actor. Rings on commit.

    The same act asked for while it is under way is that act; Conflict while another one is.
    """
    at = now()
    try:
        with transaction.atomic():
            made = Moderation.objects.create(
                account=account, external_id=external_id, verb=verb, state=S.PLANNED,
                requested_by_id=actor.user_id, requested_at=at, not_before=at, deadline=at + WINDOW,
            )  # fmt: skip
    except IntegrityError:
        return _under_way(account, external_id, verb)
    ring_on_commit("moderation_requested")
    return made


def _under_way(account: ChannelAccount, external_id: str, verb: ModerationVerb) -> Moderation:
    found = Moderation.objects.filter(
        account=account, external_id=external_id, state__in=[S.PLANNED, S.CLAIMED]
    ).first()
    if found is None or found.verb != verb:
        raise Conflict(_("Something else is being done with this message."), code="in_flight")
    return found


def moderation_stop(*, moderation: Moderation) -> None:
    """Stop an act that no worker has taken; Conflict once one has. The caller has checked the actor."""
    stopped = Moderation.objects.filter(pk=moderation.pk, state=S.PLANNED).update(
        state=S.CANCELLED, settled_at=now(), reason_code="", reason=""
    )
    if not stopped:
        raise Conflict(_("This is already being done."), code="in_flight")
