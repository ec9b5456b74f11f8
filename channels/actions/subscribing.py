"""Having a platform tell our application of an account: what people ask for, and how workers see to it.

A wish may be repeated without harm, so a lost answer is no riddle: it is asked for again.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from channels.actions.silences import account_disconnect, account_park
from channels.errors import AuthExpired, ChannelError, NoRoom, RateLimited, Rejected
from channels.lifecycle import ChannelKind, SubscriptionState, SubscriptionWish
from channels.models import ChannelAccount, PushSubscription
from channels.selectors.accounts import account_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.redaction import redact
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability

S = SubscriptionState
#: How often a platform that cannot be reached is asked, and the first pause (doubling).
TRIES, PAUSE = 6, timedelta(seconds=2)
#: After so long a platform is asked again whether it still tells us.
LOOK_EVERY = timedelta(days=1)
#: Where platforms tell of one account alone once that account is subscribed.
SUBSCRIBED = frozenset({ChannelKind.FACEBOOK})


def subscription_ask(actor: Actor, *, account_id: int, wish: SubscriptionWish) -> PushSubscription:
    """Have a worker subscribe an account to our application, end that, or look how it stands.

    The same wish while it waits is that wish; another one takes its place.
    """
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        if account.kind not in SUBSCRIBED:
            raise Conflict(_("This platform knows no such subscription."), code="no_subscription")
        if account.needs_reconnect:
            raise Conflict(_("The account must be reconnected first."), code="reconnect")
        row, is_new = PushSubscription.objects.get_or_create(
            account=account, defaults={"wish": wish, "asked_at": now(), "due_at": now()}
        )
        is_asked = not is_new and row.state == S.WAITING and row.wish == wish
        if is_asked:
            return row
        if not is_new:
            _ask_again(row, wish)
        if wish != SubscriptionWish.LOOK:
            record(
                actor,
                "channels.subscription.asked"
                if wish == SubscriptionWish.SUBSCRIBE
                else "channels.subscription.ended",
                account, unit_id=account.unit_id, name=account.name,
            )  # fmt: skip
        ring_on_commit("subscription_asked")
        _show(account)
    return row


def _ask_again(row: PushSubscription, wish: SubscriptionWish) -> None:
    """A worker that has the old wish in hand loses it."""
    at = now()
    row.wish, row.state, row.asked_at, row.due_at = wish, S.WAITING, at, at
    row.tries, row.error, row.fence = 0, "", row.fence + 1
    row.save()


def subscription_claim() -> PushSubscription | None:
    """Claim the wish that has waited longest; None when none is due. Workers only, as all below."""
    at = now()
    patient = Q(account__next_allowed_at__isnull=True) | Q(account__next_allowed_at__lte=at)
    due = PushSubscription.objects.filter(
        patient, state=S.WAITING, due_at__lte=at, account__needs_reconnect=False,
        account__verified_at__isnull=False,
    )  # fmt: skip
    with transaction.atomic():
        row = due.order_by("due_at").select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        lease = timedelta(seconds=4 * settings.SEND_TIMEOUT_SECONDS)
        PushSubscription.objects.filter(pk=row.pk).update(due_at=at + lease, fence=F("fence") + 1)
    return PushSubscription.objects.select_related("account", "account__credential").get(pk=row.pk)


def subscription_told(row: PushSubscription, fields: tuple[str, ...]) -> bool:
    """Note how the platform says it stands."""
    return _settle(row, S.TOLD, fields=list(fields), told_at=now(), error="", tries=0)


def subscription_failed(row: PushSubscription, error: ChannelError, *, began: datetime) -> None:
    """Note why it came to nothing, or when it is tried again."""
    if isinstance(error, RateLimited):
        account_park(row.account_id, error)
        _settle(row, S.WAITING, due_at=now())
    elif isinstance(error, NoRoom):
        _settle(row, S.WAITING, due_at=error.until)
    elif isinstance(error, AuthExpired | Rejected) or row.tries + 1 >= TRIES:
        if isinstance(error, AuthExpired):
            account_disconnect(row.account_id, error, began=began)
        _settle(row, S.FAILED, error=storable(redact(error.detail), 300))
    else:
        _settle(row, S.WAITING, due_at=now() + PAUSE * 2**row.tries, tries=row.tries + 1)


def _settle(row: PushSubscription, state: SubscriptionState, **changes: object) -> bool:
    """Compare and set on the claim: False when it was lost meanwhile."""
    mine = PushSubscription.objects.filter(pk=row.pk, fence=row.fence, state=S.WAITING)
    settled = bool(mine.update(state=state, **changes))
    if settled:
        _show(row.account)
    return settled


def subscriptions_look() -> int:
    """Have it looked anew once a day whether accounts with a door are still subscribed."""
    at = now()
    old = PushSubscription.objects.filter(
        state=S.TOLD, told_at__lt=at - LOOK_EVERY, account__door__isnull=False
    )
    return old.update(state=S.WAITING, wish=SubscriptionWish.LOOK, due_at=at, tries=0)


def _show(account: ChannelAccount) -> None:
    hint_on_commit("account", units=[account.unit_id], id=account.pk)
