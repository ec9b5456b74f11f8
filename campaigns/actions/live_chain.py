"""How words of a live desk hang one under the other, and how the row closes when one of them falls out.

Whoever calls anything here holds the desk's row: words are asked for, mended and given up in one order.
"""

import hashlib
from datetime import datetime, timedelta

from campaigns.lifecycle import LiveMode
from campaigns.models import LiveDesk, LivePlace, LiveWord
from campaigns.selectors.live import head_of, is_let_out, rule_of, tail_of, words_on
from channels.actions.deliveries import (
    Following,
    Permit,
    delivery_request,
    delivery_revise,
    delivery_withdraw,
)
from channels.actions.following import STOPPED
from channels.lifecycle import SETTLED, STOPPABLE, UNBEGUN, URGENT, DeliveryState
from channels.models import Delivery
from channels.types import FollowKind, OutgoingKind
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now

S = DeliveryState
#: Words that could not leave for this long are shown as missed: nobody reads them as they happen any more.
LATE_LIMIT = timedelta(minutes=30)


def permit_of_desk(desk: LiveDesk, text: str) -> Permit:
    """Return whether words of a desk need letting out, and whether the desk was."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    steps = rule_of(desk)
    if not steps:
        return Permit(digest, is_needed=False)
    return Permit(digest, given=digest if is_let_out(desk, steps) else "")


def word_ask(actor: Actor, word: LiveWord, before: Delivery | None, permit: Permit) -> Delivery:
    """Have words leave after `before`: anew, or otherwise than they would have. Conflict once a worker has them."""
    kind, following = _place_after(word.place, before)
    starts = max(word.line.leaves_at, now())
    deadline = _later(starts, before) + LATE_LIMIT
    present = word.delivery
    if present is not None and present.kind == kind and present.state in STOPPABLE:
        delivery_revise(
            actor, delivery=present, text=word.line.text, title="", not_before=starts,
            deadline=deadline, permit=permit, following=following,
        )  # fmt: skip
        present.refresh_from_db()
        return present
    if present is not None and present.state in STOPPABLE:
        delivery_withdraw(actor, delivery=present)
    word.asked += 1
    word.delivery = delivery_request(
        actor, origin=f"live:{word.pk}:{word.asked}", account=word.place.account, kind=kind,
        text=word.line.text, not_before=starts, deadline=deadline, priority=URGENT,
        permit=permit, following=following,
    )  # fmt: skip
    word.save(update_fields=["delivery", "asked"])
    return word.delivery


def chain_mend(actor: Actor, desk: LiveDesk, place: LivePlace) -> None:
    """Have what has not begun come after the last that stands, or still may.

    What comes after something that failed stays as it is: a person decides about that first.
    """
    before = head_of(place)
    for word in words_on(place).select_for_update(of=("self",)):
        found = _locked(word)
        if _is_loose(found) and not _is_broken(before) and not _is_after(found, place, before):
            word.delivery = found
            before = word_ask(actor, word, before, permit_of_desk(desk, word.line.text))
        else:
            before = found


def _place_after(
    place: LivePlace, before: Delivery | None
) -> tuple[OutgoingKind, Following | None]:
    if before is None:
        return OutgoingKind.POST, None
    if place.mode == LiveMode.APART:
        return OutgoingKind.POST, Following(before, FollowKind.AFTER)
    return OutgoingKind.REPLY, Following(before, FollowKind.THREAD)


def _later(starts: datetime, before: Delivery | None) -> datetime:
    """What comes after something planned for later has its window then."""
    if before is None or before.state in SETTLED:
        return starts
    return max(starts, before.not_before)


def _locked(word: LiveWord) -> Delivery:
    rows = Delivery.objects.filter(live_word=word)
    return rows.select_for_update(no_key=True, of=("self",)).get()


def _is_loose(delivery: Delivery) -> bool:
    """Whether it has not begun, or was stopped because of the one before it."""
    was_stopped = delivery.state == S.MISSED and delivery.reason_code == STOPPED
    return delivery.state in UNBEGUN or was_stopped


def _is_broken(before: Delivery | None) -> bool:
    return before is not None and before.state in {S.REJECTED, S.FAILED, S.MISSED, S.CANCELLED}


def _is_after(delivery: Delivery, place: LivePlace, before: Delivery | None) -> bool:
    """Whether it waits for just this already, and was not stopped."""
    kind, _following = _place_after(place, before)
    after = before.pk if before is not None else None
    return delivery.follows_id == after and delivery.kind == kind and delivery.state in UNBEGUN


def tail_before(word: LiveWord) -> Delivery | None:
    """Return what words come after, at their place among all others."""
    return tail_of(word.place, before=word.line.number)
