"""Opening, closing and reopening live desks, and getting past what stands in their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.actions.live_chain import chain_mend, permit_of_desk, tail_before, word_ask
from campaigns.actions.live_lines import desk_hint
from campaigns.lifecycle import LiveMode, LiveState
from campaigns.models import LiveDesk, LivePlace, LiveWord
from campaigns.selectors.campaigns import campaign_for_posts_of
from campaigns.selectors.live import (
    accounts_to_speak,
    desk_for,
    head_of,
    is_chained,
    masters_to_choose,
)
from campaigns.selectors.live_room import STUCK, WHOLE, Room, room_of
from channels.actions import verdicts
from channels.actions.deliveries import delivery_withdraw
from channels.lifecycle import STOPPABLE, DeliveryState
from channels.models import ChannelAccount, Delivery
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotFound
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

LONGEST_NAME = 120
S = DeliveryState


@dataclass(frozen=True, slots=True)
class Seat:
    """An account that a desk shall speak on; `master` is the number of a post's placement there, if one stands."""

    account: int
    mode: str = LiveMode.UNDER
    master: int | None = None


def desk_open(
    actor: Actor,
    *,
    unit_id: int,
    name: str,
    seats: Sequence[Seat],
    request_key: UUID,
    campaign_id: int | None = None,
) -> LiveDesk:
    """Open a desk of a unit in which the actor writes posts. The same key returns the first."""
    actor.must(Ability.WRITE_POSTS, unit_id)
    called = " ".join(typed(name).split())[:LONGEST_NAME]
    if not called:
        raise Invalid(_("Give the desk a name."), code="blank", field="name")
    if campaign_id is not None and campaign_for_posts_of(actor, campaign_id, unit_id) is None:
        raise Invalid(
            _("This unit writes no posts for that campaign."), code="campaign", field="campaign"
        )
    places = _places(actor, unit_id, seats)
    with transaction.atomic():
        desk, is_new = LiveDesk.objects.get_or_create(
            request_key=request_key,
            defaults={
                "unit_id": unit_id,
                "campaign_id": campaign_id,
                "name": called,
                "opened_by_id": actor.person_id,
                "opened_at": now(),
            },
        )
        if not is_new:
            if (desk.opened_by_id, desk.unit_id) != (actor.person_id, unit_id):
                raise Conflict(_("This key already stands for another desk."), code="key_reused")
            return desk
        for place in places:
            place.desk = desk
        LivePlace.objects.bulk_create(places)
        record(actor, "campaigns.live.opened", desk, unit_id=unit_id, name=desk.name)
        desk_hint(desk)
    return desk


def desk_close(actor: Actor, *, desk_id: int) -> LiveDesk:
    """End a desk: nothing more is said there. What was said already goes its way."""
    with transaction.atomic():
        desk = desk_for(actor, desk_id, ability=Ability.WRITE_POSTS, lock=True)
        if desk.is_open:
            _turn(desk, LiveState.CLOSED, closed_by_id=actor.person_id, closed_at=now())
            record(actor, "campaigns.live.closed", desk, unit_id=desk.unit_id, name=desk.name)
    return desk


def desk_reopen(actor: Actor, *, desk_id: int) -> LiveDesk:
    """Go on at a desk that was closed; what is said hangs where it had come to."""
    with transaction.atomic():
        desk = desk_for(actor, desk_id, ability=Ability.WRITE_POSTS, lock=True)
        if not desk.is_open:
            _turn(desk, LiveState.OPEN, closed_by_id=None, closed_at=None)
            record(actor, "campaigns.live.reopened", desk, unit_id=desk.unit_id, name=desk.name)
    return desk


def desk_export(actor: Actor, *, desk_id: int) -> Room:
    """Return everything that was said at a desk, to be taken out of the console: that is recorded."""
    with transaction.atomic():
        desk = desk_for(actor, desk_id)
        record(actor, "campaigns.live.exported", desk, unit_id=desk.unit_id, name=desk.name)
    return room_of(actor, desk, shown=WHOLE)


def word_retry(actor: Actor, *, desk_id: int, word_id: int) -> LiveWord:
    """Try once more what did not get out, and what was stopped behind it.

    Conflict while nobody knows whether it did.
    """
    with transaction.atomic():
        desk = desk_for(actor, desk_id, ability=Ability.WRITE_POSTS, lock=True)
        word = _stuck(desk, word_id)
        if word.delivery is None or word.delivery.state == S.NEEDS_HUMAN:
            raise Conflict(
                _("Nobody knows whether it was sent. Look on the platform, then decide."),
                code="undecided",
            )
        verdicts.must_be_free(word.delivery)
        word_ask(actor, word, tail_before(word), permit_of_desk(desk, word.line.text))
        chain_mend(actor, desk, word.place)
        record(
            actor, "campaigns.live.retried", desk, unit_id=desk.unit_id, line=word.line.number,
            account=word.place.account.name,
        )  # fmt: skip
        desk_hint(desk)
    return word


def word_skip(actor: Actor, *, desk_id: int, word_id: int) -> LiveWord:
    """Leave out what did not get out: what was stopped behind it hangs under the last that stands."""
    with transaction.atomic():
        desk = desk_for(actor, desk_id, ability=Ability.WRITE_POSTS, lock=True)
        word = _stuck(desk, word_id)
        if word.delivery is not None and word.delivery.state in STOPPABLE:
            delivery_withdraw(actor, delivery=word.delivery)
        word.is_skipped = True
        word.save(update_fields=["is_skipped"])
        chain_mend(actor, desk, word.place)
        record(
            actor, "campaigns.live.skipped", desk, unit_id=desk.unit_id, line=word.line.number,
            account=word.place.account.name,
        )  # fmt: skip
        desk_hint(desk)
    return word


def master_skip(actor: Actor, *, desk_id: int, place_id: int) -> LivePlace:
    """Go on without a master post that does not stand: the first words that can leave take its place."""
    with transaction.atomic():
        desk = desk_for(actor, desk_id, ability=Ability.WRITE_POSTS, lock=True)
        place = desk.places.select_related("account", "master").filter(pk=place_id).first()
        if place is None:
            raise NotFound
        if place.master is None or not _is_gone(head_of(place)):
            raise Conflict(_("This has moved on meanwhile."), code="moved_on")
        place.master = None
        place.save(update_fields=["master"])
        chain_mend(actor, desk, place)
        record(
            actor, "campaigns.live.master_skipped", desk, unit_id=desk.unit_id,
            account=place.account.name,
        )  # fmt: skip
        desk_hint(desk)
    return place


def _places(actor: Actor, unit_id: int, seats: Sequence[Seat]) -> list[LivePlace]:
    """Return the places that seats stand for; Invalid when an account or a master post is not to be had."""
    accounts = {row.pk: row for row in accounts_to_speak(actor, unit_id)}
    chosen = {seat.account: seat for seat in seats}
    if not chosen or set(chosen) - set(accounts):
        raise Invalid(
            _("Choose accounts of this unit, on X or Facebook."), code="accounts", field="accounts"
        )
    offered = masters_to_choose(actor, [accounts[pk] for pk in chosen])
    return [
        _place(seat, accounts[pk], {t.pk for t in offered.get(pk, [])})
        for pk, seat in chosen.items()
    ]


def _place(seat: Seat, account: ChannelAccount, masters: set[int]) -> LivePlace:
    if seat.mode not in set(LiveMode) or (is_chained(account) and seat.mode != LiveMode.UNDER):
        raise Invalid(
            _("%(account)s cannot be spoken on that way.") % {"account": account.name},
            code="mode", field=f"mode_{account.pk}",
        )  # fmt: skip
    if seat.master is not None and seat.master not in masters:
        raise Invalid(
            _("%(account)s: choose a post that stands there, or will.") % {"account": account.name},
            code="master", field=f"master_{account.pk}",
        )  # fmt: skip
    return LivePlace(account=account, mode=seat.mode, master_id=seat.master)


def _is_gone(head: Delivery | None) -> bool:
    """Whether a master post does not stand, and will not without a person."""
    return head is None or head.state in STUCK - {S.HELD}


def _turn(desk: LiveDesk, state: LiveState, **changes: object) -> None:
    LiveDesk.objects.filter(pk=desk.pk).update(state=state, **changes)
    desk.refresh_from_db()
    desk_hint(desk)


def _stuck(desk: LiveDesk, word_id: int) -> LiveWord:
    """Return words of a desk that do not get on by themselves; Conflict when they have moved on."""
    rows = LiveWord.objects.filter(line__desk=desk, pk=word_id, line__is_taken_back=False)
    word = rows.select_related(
        "line", "place__account", "place__master", "delivery__account"
    ).first()
    if word is None:
        raise NotFound
    if word.is_skipped or word.delivery is None or word.delivery.state not in STUCK:
        raise Conflict(_("This has moved on meanwhile."), code="moved_on")
    return word
