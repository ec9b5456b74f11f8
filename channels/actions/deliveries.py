"""Asking for a delivery, changing or stopping one that has not left; the gates of people's verdicts."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext_lazy as _

from channels.actions import verdicts
from channels.lifecycle import NORMAL, STOPPABLE, DeliveryState, LateRule
from channels.models import ChannelAccount, Delivery, DeliveryMedia
from channels.selectors.deliveries import delivery_for
from channels.types import Article, FollowKind, OutgoingKind
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict
from opsconsole.kernel.live import hint_on_commit
from opsconsole.people.roles import Ability

S = DeliveryState


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether people must let a delivery out: `content` is the hash of what it says, `given` of what they let out."""

    content: str
    given: str = ""
    is_needed: bool = True

    def columns(self) -> dict[str, object]:
        """Return what a delivery keeps of it, and where it therefore stands."""
        waits = self.is_needed and self.given != self.content
        return {
            "needs_permit": self.is_needed,
            "content_hash": self.content,
            "permitted_hash": self.given,
            "state": S.AWAITING if waits else S.PLANNED,
        }


@dataclass(frozen=True, slots=True)
class File:
    """A stored file that goes out with a delivery: its name in the storage, and what it shows."""

    name: str
    content_type: str
    alt_text: str = ""


def media_attach(delivery: Delivery, files: Iterable[File]) -> None:
    """Have files go out with a delivery, in this order."""
    DeliveryMedia.objects.bulk_create(
        DeliveryMedia(
            delivery=delivery, file=one.name, content_type=one.content_type, alt_text=one.alt_text
        )
        for one in files
    )


@dataclass(frozen=True, slots=True)
class Following:
    """What a delivery waits for, and what it takes from it once that stands."""

    before: Delivery
    kind: FollowKind

    def columns(self) -> dict[str, object]:
        """Return what a delivery keeps of it."""
        return {"follows_id": self.before.pk, "follow_kind": self.kind, "is_blocked": True}


#: Over, unless a person sends it after all.
_BY_HAND = frozenset({S.MISSED, S.FAILED})
#: Of a delivery that waits for no other.
_ALONE: dict[str, object] = {"follows_id": None, "follow_kind": "", "is_blocked": False}
#: Of a delivery that whoever asks for it answers for.
FREE = Permit("", is_needed=False)


def delivery_request(
    actor: Actor,
    *,
    origin: str,
    account: ChannelAccount,
    kind: OutgoingKind,
    text: str,
    not_before: datetime,
    deadline: datetime,
    late_rule: LateRule = LateRule.SEND,
    title: str = "",
    reply_to: str = "",
    thread: str = "",
    priority: int = NORMAL,
    permit: Permit = FREE,
    following: Following | None = None,
    article: Article | None = None,
    media: Sequence[File] = (),
) -> Delivery:
    """Write down an intention; the caller has checked the actor. Asking again returns the first.

    Rings on commit. `origin` is the idempotency key.
    """
    with transaction.atomic():
        delivery, is_new = Delivery.objects.get_or_create(
            origin=origin,
            defaults={
                "account": account,
                "kind": kind,
                "text": text,
                "title": title,
                "reply_to": reply_to,
                "thread": thread,
                "nonce": f"oc-{secrets.token_hex(10)}",
                "requested_by_id": actor.user_id,
                "requested_at": now(),
                "priority": priority,
                "not_before": not_before,
                "deadline": deadline,
                "late_rule": late_rule,
                **permit.columns(),
                **(following.columns() if following else _ALONE),
                "article": asdict(article) if article else {},
            },
        )
        if is_new:
            media_attach(delivery, media)
            record(
                actor, "channels.delivery.requested", delivery,
                unit_id=account.unit_id, origin=origin,
            )  # fmt: skip
            ring_on_commit("delivery_requested")
    return delivery


def delivery_revise(
    actor: Actor,
    *,
    delivery: Delivery,
    text: str,
    title: str,
    not_before: datetime,
    deadline: datetime,
    late_rule: LateRule = LateRule.SEND,
    priority: int = NORMAL,
    permit: Permit = FREE,
    following: Following | None = None,
    article: Article | None = None,
    media: Sequence[File] = (),
) -> None:
    """Change a delivery nobody has begun to send. Conflict once a worker holds it. Caller has gated."""
    changed = Delivery.objects.filter(pk=delivery.pk, state__in=STOPPABLE).update(
        text=text,
        title=title,
        not_before=not_before,
        deadline=deadline,
        late_rule=late_rule,
        priority=priority,
        retries=0,
        reason="",
        reason_code="",
        settled_at=None,
        **permit.columns(),
        **(following.columns() if following else _ALONE),
        article=asdict(article) if article else {},
        media_handles=[],
        hold=None,
    )
    if not changed:
        raise Conflict(
            _("This is already being sent and can no longer be changed."), code="in_flight"
        )
    delivery.media.all().delete()
    media_attach(delivery, media)
    record(actor, "channels.delivery.revised", delivery, unit_id=delivery.account.unit_id)
    ring_on_commit("delivery_requested")


def deliveries_permit(
    actor: Actor, *, delivery_ids: Iterable[int], content: str, late: bool = False
) -> int:
    """Let out what says just this and waits for it; the caller has checked the actor. Returns how many.

    Conflict when their time has come. With `late`, what was missed is let out too and stays missed:
    a person may then send it again.
    """
    rows = Delivery.objects.filter(
        pk__in=list(delivery_ids), state__in=[S.AWAITING, *_BY_HAND], needs_permit=True,
        content_hash=content,
    )  # fmt: skip
    found = list(rows.select_related("account").select_for_update(of=("self",)).order_by("pk"))
    at = now()
    if not late and any(row.state in _BY_HAND or row.not_before <= at for row in found):
        raise Conflict(_("Its time has come; it is too late."), code="too_late")
    numbers = [row.pk for row in found]
    waiting = Delivery.objects.filter(pk__in=numbers)
    waiting.filter(state=S.AWAITING).update(permitted_hash=content, state=S.PLANNED)
    waiting.filter(state__in=_BY_HAND).update(permitted_hash=content)
    for row in found:
        record(actor, "channels.delivery.permitted", row, unit_id=row.account.unit_id)
        hint_on_commit("delivery", units=[row.account.unit_id], id=row.pk)
    ring_on_commit("delivery_requested")
    return len(found)


def deliveries_bind(actor: Actor, *, delivery_ids: Iterable[int], content: str) -> int:
    """Have deliveries that could leave wait for being let out. Returns how many would have by themselves.

    One that a worker holds is left to it. What was missed stays so, and nobody sends it by hand any more
    before it is let out.
    """
    waiting = {S.PLANNED, S.READY, S.RETRY_WAIT, S.HELD}
    rows = Delivery.objects.filter(pk__in=list(delivery_ids), state__in=waiting | _BY_HAND)
    locked = list(rows.select_related("account").select_for_update(of=("self",)).order_by("pk"))
    found = [row for row in locked if row.state in waiting]
    bound = Delivery.objects.filter(pk__in=[row.pk for row in locked])
    bound.update(
        state=Case(When(state__in=waiting, then=Value(S.AWAITING)), default=F("state")),
        needs_permit=True, content_hash=content, permitted_hash="",
    )  # fmt: skip
    bound.filter(state=S.AWAITING).update(hold=None)
    for row in found:
        record(actor, "channels.delivery.bound", row, unit_id=row.account.unit_id)
        hint_on_commit("delivery", units=[row.account.unit_id], id=row.pk)
    return len(found)


def deliveries_hasten(*, delivery_ids: Iterable[int], priority: int) -> None:
    """Put what has not left into another lane; the caller has checked the actor, and records it."""
    Delivery.objects.filter(pk__in=list(delivery_ids), state__in=STOPPABLE).update(
        priority=priority
    )
    ring_on_commit("delivery_requested")


def delivery_cancel(actor: Actor, *, delivery_id: int) -> Delivery:
    """Stop a delivery that nobody has begun to send; Conflict once a worker holds it."""
    with transaction.atomic():
        delivery = _gated(actor, delivery_id)
        delivery_withdraw(actor, delivery=delivery)
    return delivery


def delivery_withdraw(actor: Actor, *, delivery: Delivery, reason_code: str = "") -> None:
    """Cancel on behalf of an app that has checked the actor itself, and may say why in a word."""
    verdicts.move_by_hand(
        delivery, STOPPABLE, S.CANCELLED, settled_at=now(), reason_code=reason_code,
        refusal=_("This is already being sent and can no longer be stopped."),
    )  # fmt: skip
    record(actor, "channels.delivery.cancelled", delivery, unit_id=delivery.account.unit_id)


def delivery_confirm_live(
    actor: Actor, *, delivery_id: int, external_id: str, url: str = ""
) -> Delivery:
    """Record a person's finding that an unclear delivery stands on the platform.

    `external_id` is its number there, or its address.
    """
    with transaction.atomic():
        delivery = _settling(actor, delivery_id)
        verdicts.confirm_live(actor, delivery, external_id=external_id, url=url)
    return delivery


def delivery_send_again(actor: Actor, *, delivery_id: int, minutes: int = 30) -> Delivery:
    """Send once more what a person has found absent, giving it a new window."""
    with transaction.atomic():
        delivery = _settling(actor, delivery_id)
        verdicts.send_again(actor, delivery, minutes=minutes)
    return delivery


def delivery_drop(actor: Actor, *, delivery_id: int) -> Delivery:
    """Give up an unclear delivery: a person has decided that it shall not be sent."""
    with transaction.atomic():
        delivery = _settling(actor, delivery_id)
        verdicts.drop(actor, delivery)
    return delivery


def deliveries_look_now(actor: Actor) -> list[int]:
    """Have every unclear delivery within reach read back at once. Returns their numbers."""
    actor.must(Ability.SETTLE_DELIVERIES)
    units = actor.units(Ability.SETTLE_DELIVERIES)
    unclear = Delivery.objects.filter(state=S.AMBIGUOUS)
    if units is not None:
        unclear = unclear.filter(account__unit_id__in=units)
    ids = list(unclear.order_by("pk").values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=ids, state=S.AMBIGUOUS).update(next_look_at=now())
    return ids


def _gated(actor: Actor, delivery_id: int) -> Delivery:
    """Those who may send as this account may also stop it."""
    delivery = delivery_for(actor, delivery_id)
    ability = Ability.WORK_INBOX if delivery.is_answer else Ability.WRITE_POSTS
    actor.must(ability, delivery.account.unit_id)
    return delivery


def _settling(actor: Actor, delivery_id: int) -> Delivery:
    return delivery_for(actor, delivery_id, Ability.SETTLE_DELIVERIES)
