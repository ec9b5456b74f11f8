"""Letting a live desk out, refusing that, and asking again: the word of those who approve posts there."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.actions.approvals import words
from campaigns.actions.live_lines import desk_hint
from campaigns.models import LiveDesk
from campaigns.selectors.live import desk_for, is_let_out, may_let_out, rule_of
from campaigns.selectors.live_asking import digest_of_desk
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.people.roles import Ability


def desk_let_out(actor: Actor, *, desk_id: int, seen: str = "") -> LiveDesk:
    """Answer for everything that will be said at a desk, as somebody who approves posts there and did not open it.

    `seen` is the digest of what the actor looked at; Conflict when that has changed meanwhile. A refusal is over.
    """
    with transaction.atomic():
        desk = desk_for(actor, desk_id, lock=True)
        steps = rule_of(desk)
        if is_let_out(desk, steps):
            return desk
        _must_be_asked(actor, desk, seen)
        desk.let_out_by_id, desk.let_out_at = actor.person_id, now()
        desk.let_out_for = [step.as_json() for step in steps]
        desk.refused_by_id, desk.refused_at, desk.refused_word = None, None, ""
        desk.save(update_fields=["let_out_by", "let_out_at", "let_out_for", *_REFUSAL])
        record(actor, "campaigns.live.let_out", desk, unit_id=desk.unit_id, name=desk.name)
        desk_hint(desk)
    return desk


def desk_refuse(actor: Actor, *, desk_id: int, word: str, seen: str = "") -> LiveDesk:
    """Say no to what a desk is about to do, and why; whoever opened it may ask again.

    Conflict once it is let out: then a hold stops it.
    """
    reason = words(word)
    if not reason:
        raise Invalid(_("Say what shall be different."), code="blank", field="word")
    with transaction.atomic():
        desk = desk_for(actor, desk_id, lock=True)
        if is_let_out(desk, rule_of(desk)):
            raise Conflict(_("This desk is let out already."), code="let_out")
        _must_be_asked(actor, desk, seen)
        desk.refused_by_id, desk.refused_at, desk.refused_word = actor.person_id, now(), reason
        desk.save(update_fields=_REFUSAL)
        record(
            actor, "campaigns.live.refused", desk, unit_id=desk.unit_id, name=desk.name, word=reason
        )  # fmt: skip
        desk_hint(desk)
    return desk


def desk_ask_again(actor: Actor, *, desk_id: int) -> LiveDesk:
    """Put a refused desk before its approvers once more. Asking while nothing is refused changes nothing."""
    with transaction.atomic():
        desk = desk_for(actor, desk_id, ability=Ability.WRITE_POSTS, lock=True)
        if desk.refused_at is None:
            return desk
        desk.refused_by_id, desk.refused_at, desk.refused_word = None, None, ""
        desk.save(update_fields=_REFUSAL)
        record(actor, "campaigns.live.asked_again", desk, unit_id=desk.unit_id, name=desk.name)
        desk_hint(desk)
    return desk


_REFUSAL = ("refused_by", "refused_at", "refused_word")


def _must_be_asked(actor: Actor, desk: LiveDesk, seen: str) -> None:
    if not may_let_out(actor, desk, rule_of(desk)):
        raise NotAllowed
    if not desk.is_open:
        raise Conflict(_("This desk is closed."), code="closed")
    if seen and seen != digest_of_desk(desk):
        raise Conflict(
            _("The desk was changed since you looked. Look at it again."), code="changed"
        )
