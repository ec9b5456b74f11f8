"""Counting followers once a day, and reading who they are where it is wanted. Last in rank: nobody waits for it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from channels.lifecycle import ChannelKind
from channels.models import AccountFollower, ChannelAccount, FollowerSample, FollowerWatch
from channels.prices import Priced, room
from channels.ranks import Rank
from channels.selectors.accounts import account_for
from channels.selectors.spending import price_of
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from opsconsole.people.roles import Ability

#: Who has followers that a platform counts for us, and who gives out their list.
COUNTED = (ChannelKind.X, ChannelKind.FACEBOOK)
LISTED = (ChannelKind.X,)
#: How long a worker has an account, and when it is tried again after a failure.
LEASE, AGAIN = timedelta(minutes=10), timedelta(hours=1)
#: Between two turns of one walk: others go first.
PAUSE = timedelta(seconds=30)
#: People on one page at most. https://docs.x.com/x-api/users/get-followers
LARGEST_PAGE = 1000


def watches_begin() -> int:
    """Watch the accounts that nobody watches yet. One query when there is none."""
    rows = ChannelAccount.objects.filter(kind__in=COUNTED, follower_watch__isnull=True)
    found = list(rows.filter(verified_at__isnull=False).values_list("pk", flat=True)[:200])
    made = [FollowerWatch(account_id=pk, due_at=now()) for pk in found]
    FollowerWatch.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def watch_claim() -> FollowerWatch | None:
    """Take an account whose followers are due, or None. Two workers never get the same one."""
    at = now()
    free = Q(account__next_allowed_at__isnull=True) | Q(account__next_allowed_at__lte=at)
    due = FollowerWatch.objects.filter(
        free, due_at__lte=at, account__is_paused=False, account__needs_reconnect=False,
        account__verified_at__isnull=False,
    )  # fmt: skip
    with transaction.atomic():
        first = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at").first()
        if first is None:
            return None
        FollowerWatch.objects.filter(pk=first.pk).update(due_at=at + LEASE)
    rows = FollowerWatch.objects.select_related("account", "account__credential")
    return rows.get(pk=first.pk)


def is_counted(watch: FollowerWatch) -> bool:
    """Whether today's number is known."""
    today = timezone.localdate(now())
    return FollowerSample.objects.filter(account=watch.account_id, day=today).exists()


def sample_keep(watch: FollowerWatch, count: int) -> None:
    """Keep today's number; whoever comes second changes nothing."""
    at = now()
    sample = FollowerSample(
        account_id=watch.account_id, day=timezone.localdate(at), count=count, taken_at=at
    )
    FollowerSample.objects.bulk_create([sample], ignore_conflicts=True)


def is_walking(watch: FollowerWatch) -> bool:
    """Whether the list is to be read on today."""
    if not watch.keeps_list or watch.account.kind not in LISTED:
        return False
    ended = watch.walk_ended_at
    return ended is None or timezone.localdate(ended) < timezone.localdate(now())


def page_size(account: ChannelAccount) -> int:
    """Return how many people one page may hold: each costs, and no page goes over the ceiling."""
    if account.spend_ceiling is None:
        return LARGEST_PAGE
    left = room(account.spend_ceiling, Rank.EXTRAS) - account.spent
    price = price_of(Priced.USER_READ) or Decimal("0.001")
    return max(1, min(LARGEST_PAGE, int(left / price)))


def followers_land(watch: FollowerWatch, ids: Sequence[str], token: str) -> None:
    """Keep a page of the list; at its end, whoever was not seen is gone."""
    at, mine = now(), AccountFollower.objects.filter(account=watch.account_id)
    with transaction.atomic():
        known = mine.filter(external_id__in=ids)
        known.filter(gone_at__isnull=False).update(came_at=at, gone_at=None)
        there = set(known.values_list("external_id", flat=True))
        known.update(seen_walk=watch.walk)
        came_at = at if watch.walk > 1 else None
        new = [
            AccountFollower(
                account_id=watch.account_id, external_id=one, came_at=came_at, seen_walk=watch.walk
            )
            for one in dict.fromkeys(ids)
            if one not in there
        ]  # fmt: skip
        AccountFollower.objects.bulk_create(new, ignore_conflicts=True)
        if not token:
            mine.filter(seen_walk__lt=watch.walk, gone_at__isnull=True).update(gone_at=at)
            watch.walk, watch.walk_ended_at = watch.walk + 1, at
        watch.token, watch.last_error = token, ""
        watch.save(update_fields=["token", "walk", "walk_ended_at", "last_error"])


def watch_done(watch: FollowerWatch) -> None:
    """Say when the account is looked at next: soon while its list is being read, else tomorrow."""
    due_at = now() + PAUSE if is_walking(watch) else tomorrow(now(), watch.account_id)
    FollowerWatch.objects.filter(pk=watch.pk).update(due_at=due_at, last_error="")


def watch_waits(watch: FollowerWatch, until: datetime | None, detail: str = "") -> None:
    """Put the account off. A place in the list that is refused is begun anew."""
    FollowerWatch.objects.filter(pk=watch.pk).update(
        due_at=until or now() + AGAIN, last_error=detail[:300]
    )


def walk_anew(watch: FollowerWatch, detail: str) -> None:
    """Begin the list at its top tomorrow: its platform refuses it, or has forgotten where we were."""
    FollowerWatch.objects.filter(pk=watch.pk).update(token="")
    watch_waits(watch, tomorrow(now(), watch.account_id), detail)


def tomorrow(at: datetime, number: int) -> datetime:
    """Return a moment of the next day in Seoul, each account at its own: none of them all at once."""
    first = timezone.localtime(at).date() + timedelta(days=1)
    begins = timezone.make_aware(datetime.combine(first, time(0, 5)))
    return begins + timedelta(seconds=number * 37 % 7200)


def followers_keep(actor: Actor, *, account_id: int, keeps_list: bool) -> FollowerWatch:
    """Say whether it is kept who follows an account; each person costs, day by day."""
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        if account.kind not in LISTED:
            raise Conflict(code="not_listed")
        watch, _is_new = FollowerWatch.objects.get_or_create(
            account=account, defaults={"due_at": now()}
        )
        watch.keeps_list, watch.due_at = keeps_list, now()
        watch.save(update_fields=["keeps_list", "due_at"])
        record(
            actor,
            "channels.account.followers_kept" if keeps_list else "channels.account.followers_left",
            account, unit_id=account.unit_id, name=account.name,
        )  # fmt: skip
    return watch
