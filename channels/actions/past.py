"""Reading what is past: who asks for it, and the bookkeeping of the workers who do it, a few pages at a time."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from channels.actions.covering import SETTLES_WITHIN, hole_close, stretch_add
from channels.actions.landing import CameAsRule, items_store, items_vanish
from channels.actions.polling import POLL_LEASE
from channels.coverage import Stretch
from channels.errors import AuthExpired, ChannelError, NoRoom, RateLimited, Rejected
from channels.lifecycle import PastKind, PastState
from channels.models import ChannelAccount, InboundItem, PastReading
from channels.port import Remembering
from channels.registry import adapter_type, capabilities_for
from channels.selectors.accounts import account_for
from channels.selectors.coverage import past_for
from channels.types import CameAs, Fetched, Page, Recheck, Visibility
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.people.roles import Ability

#: How far back a history or a period may lie.
MOST_DAYS = 366
LONGEST = timedelta(days=MOST_DAYS)
DEFAULT_DAYS = settings.HISTORY_DAYS
#: What is past can wait: between a few pages of it others have their turn (seconds).
PAUSE = 2
#: A reading that fails is tried again after this, then ever later, at least so often (seconds).
FIRST_RETRY, LAST_RETRY = 30, 900
UNTOLD_LIMIT = timedelta(minutes=15)
#: Until known items are looked up, a period that is read again is done to this share.
_PAGES_ARE = 90
ACTIVE = (PastState.WAITING, PastState.READING)


def past_ask(actor: Actor, *, account_id: int, since: datetime, until: datetime) -> PastReading:
    """Have a period of an account read once more: what is new, what has changed, what is gone."""
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        _check_period(account, since, until)
        if account.past_readings.filter(state__in=ACTIVE, kind=PastKind.AGAIN).exists():
            raise Conflict(_("A period of this account is being read already."), code="past_busy")
        reading = _reading(account, PastKind.AGAIN, since, until, actor)
        record(
            actor, "channels.account.past_asked", account, unit_id=account.unit_id,
            since=since.isoformat(), until=until.isoformat(),
        )  # fmt: skip
    return reading


def history_ask(actor: Actor, *, account_id: int, days: int) -> PastReading:
    """Have what was written before an account was connected read, back to so many days ago."""
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        if account.past_readings.filter(state__in=ACTIVE, kind=PastKind.HISTORY).exists():
            raise Conflict(_("Its history is being read already."), code="past_busy")
        until = account.live_since or account.created_at
        since = now() - timedelta(days=days)
        if days < 1 or since >= until:
            raise Invalid(_("Go further back than that."), code="days", field="days")
        _check_period(account, since, until)
        reading = _reading(account, PastKind.HISTORY, since, until, actor)
        record(
            actor, "channels.account.history_asked", account, unit_id=account.unit_id, days=days
        )
    return reading


def check_history(days: int) -> None:
    """Refuse a history that is longer than any that is read."""
    if not 0 <= days <= MOST_DAYS:
        told = _("Choose between 0 and %(most)d days.") % {"most": MOST_DAYS}
        raise Invalid(told, code="history_days", field="history_days")


def history_begin(account: ChannelAccount, actor: Actor, days: int) -> None:
    """Have a new account read from now on, and its history beside that. In the caller's transaction."""
    if not issubclass(adapter_type(account.kind), Remembering):
        return
    at = account.created_at.replace(microsecond=0)  # most platforms tell whole seconds
    ChannelAccount.objects.filter(pk=account.pk).update(live_since=at)
    account.live_since = at
    if days:
        _reading(account, PastKind.HISTORY, at - timedelta(days=days), at, actor)


def past_stop(actor: Actor, *, reading_id: int) -> PastReading:
    """Stop a reading of the past; what it has brought stays."""
    with transaction.atomic():
        reading = past_for(actor, reading_id, Ability.MANAGE_ACCOUNTS)
        stopped = PastReading.objects.filter(
            pk=reading.pk, state__in=ACTIVE, hole__isnull=True
        ).update(state=PastState.STOPPED, ended_at=now(), fence=F("fence") + 1)
        if not stopped:
            raise Conflict(_("It has come to its end already."), code="past_over")
        account = reading.account
        record(actor, "channels.account.past_stopped", account, unit_id=account.unit_id)
        hint_on_commit("account", units=[account.unit_id], id=account.pk)
        reading.refresh_from_db()
    return reading


def _check_period(account: ChannelAccount, since: datetime, until: datetime) -> None:
    if not issubclass(adapter_type(account.kind), Remembering):
        raise Conflict(_("This channel gives out nothing of the past."), code="no_past")
    if since >= until:
        raise Invalid(_("The end must come after the beginning."), code="period", field="until")
    if until > now():
        raise Invalid(_("The end must not lie ahead."), code="period", field="until")
    if since < now() - LONGEST:
        raise Invalid(_("This is too long ago."), code="period", field="since")


def _reading(
    account: ChannelAccount, kind: PastKind, since: datetime, until: datetime, actor: Actor
) -> PastReading:
    made = PastReading.objects.create(
        account=account, kind=kind, streams=list(capabilities_for(account.kind).streams),
        since=since, until=until, due_at=now(), asked_at=now(), asked_by_id=actor.user_id,
    )  # fmt: skip
    ring_on_commit("past_asked")
    hint_on_commit("account", units=[account.unit_id], id=account.pk)
    return made


# --- Workers ---


def past_claim() -> PastReading | None:
    """Take the lease of a reading that is due, of an account that speaks; None when there is none."""
    at = now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    patient = Q(account__next_allowed_at__isnull=True) | Q(account__next_allowed_at__lte=at)
    due = PastReading.objects.filter(
        free, patient, state__in=ACTIVE, due_at__lte=at, account__is_paused=False,
        account__needs_reconnect=False, account__verified_at__isnull=False,
    ).order_by("due_at")  # fmt: skip
    for pk, fence in due.values_list("pk", "fence")[:10]:
        taken = PastReading.objects.filter(free, pk=pk, fence=fence, state__in=ACTIVE).update(
            state=PastState.READING,
            fence=fence + 1,
            lease_until=at + timedelta(seconds=POLL_LEASE),
        )
        if taken:
            rows = PastReading.objects.select_related("account__credential", "hole__account")
            return rows.get(pk=pk)
    return None


def past_land(reading: PastReading, page: Page, asked_at: datetime) -> bool:
    """Store a page of the past and where the reading stands together. False when it is no longer ours."""
    account = reading.account
    period = Stretch(reading.since, reading.until)
    with transaction.atomic():
        ChannelAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        share = page.share * (_PAGES_ARE if reading.kind == PastKind.AGAIN else 100)
        cursor = dict(page.next_cursor) if page.has_more else None
        if not _go_on(reading, cursor=cursor, percent=min(int(share), 99)):
            return False
        landed = items_store(
            account, page.items, page.above, came_as=_came_as(reading), as_of=asked_at
        )
        for reach in page.reached:
            floor = max(reach.since or period.since, period.since)
            until = min(period.until, asked_at - SETTLES_WITHIN)
            stretch_add(account, reach.stream, Stretch(floor, until))
            if reading.hole is not None:
                hole_close(reading.hole, floor, reading.fresh + landed.fresh)
        _count(reading, fresh=landed.fresh, changed=landed.changed)
        reading.cursor = cursor
        if cursor is None and reading.kind != PastKind.AGAIN:
            past_done(reading)
        hint_on_commit("account", units=[account.unit_id], id=account.pk)
    return True


def _came_as(reading: PastReading) -> CameAsRule:
    began = reading.account.live_since or reading.account.created_at

    def came_as(item: Fetched) -> CameAs:
        return CameAs.HISTORY if item.posted_at < began else CameAs.FILLED

    return came_as


def known_of(reading: PastReading, size: int) -> list[InboundItem]:
    """Return the next known items of the period, to be looked up."""
    rows = _items_of(reading).filter(pk__gt=reading.known_after).order_by("pk")
    return list(rows.only("pk", "external_id")[:size])


def _items_of(reading: PastReading) -> QuerySet[InboundItem]:
    """Return what stands of the period, as far as we know."""
    rows = InboundItem.objects.filter(
        account=reading.account_id, posted_at__gte=reading.since, posted_at__lt=reading.until
    )
    return rows.exclude(visibility=Visibility.REMOVED)


def known_land(
    reading: PastReading, known: list[InboundItem], seen: Recheck, asked_at: datetime
) -> bool:
    """Store how known items of the period look now."""
    account = reading.account
    with transaction.atomic():
        ChannelAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        if not _go_on(reading, known_after=known[-1].pk):
            return False
        landed = items_store(account, seen.items, as_of=asked_at)
        gone = items_vanish(account, seen.gone, as_of=asked_at)
        _count(reading, fresh=landed.fresh, changed=landed.changed, removed=gone)
    reading.known_after = known[-1].pk
    return True


def _go_on(reading: PastReading, **changes: object) -> bool:
    """Renew the lease of a reading that is ours, with whatever else changes."""
    mine = PastReading.objects.filter(pk=reading.pk, fence=reading.fence, state=PastState.READING)
    until = now() + timedelta(seconds=POLL_LEASE)
    return bool(mine.update(lease_until=until, failures=0, last_error="", **changes))


def _count(reading: PastReading, *, fresh: int, changed: int, removed: int = 0) -> None:
    reading.fresh += fresh
    reading.changed += changed
    reading.removed += removed
    PastReading.objects.filter(pk=reading.pk).update(
        found=_items_of(reading).count(), fresh=reading.fresh, changed=reading.changed,
        removed=reading.removed,
    )  # fmt: skip


def past_done(reading: PastReading) -> None:
    """End a reading that is ours."""
    _end(reading, state=PastState.DONE, percent=100, found=_items_of(reading).count())


def past_give_back(reading: PastReading) -> None:
    """Let others have their turn."""
    due_at = now() + timedelta(seconds=PAUSE)
    PastReading.objects.filter(pk=reading.pk, fence=reading.fence, state=PastState.READING).update(
        state=PastState.WAITING, lease_until=None, due_at=due_at
    )


def past_failed(reading: PastReading, error: ChannelError) -> None:
    """Say what is wrong, and when it is tried again; what its platform refuses is not."""
    at = now()
    if isinstance(error, Rejected):
        if reading.hole is not None:
            hole_close(reading.hole, reading.hole.until, 0)
        _end(reading, state=PastState.FAILED, last_error=error.detail[:300])
        return
    pause = timedelta(seconds=min(FIRST_RETRY * 2 ** min(reading.failures, 6), LAST_RETRY))
    due_at, failures = at + pause, reading.failures + 1
    if isinstance(error, RateLimited | NoRoom):
        due_at, failures = error.until or at + UNTOLD_LIMIT, reading.failures
    if isinstance(error, AuthExpired):  # the next poll finds it out, and somebody reconnects
        due_at = at + timedelta(seconds=LAST_RETRY)
    PastReading.objects.filter(pk=reading.pk, fence=reading.fence, state=PastState.READING).update(
        state=PastState.WAITING, lease_until=None, due_at=due_at, failures=failures,
        last_error=error.detail[:300],
    )  # fmt: skip
    _hint(reading)


def _end(reading: PastReading, **changes: object) -> None:
    mine = PastReading.objects.filter(pk=reading.pk, fence=reading.fence, state=PastState.READING)
    mine.update(lease_until=None, ended_at=now(), **changes)
    _hint(reading)


def _hint(reading: PastReading) -> None:
    hint_on_commit("account", units=[reading.account.unit_id], id=reading.account_id)
