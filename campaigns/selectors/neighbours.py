"""What stands or is planned around a time: what new posts are compared with. As many queries at any size."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from campaigns.calendar import instant
from campaigns.lifecycle import PostState
from campaigns.models import Import, ImportRow, PostTarget
from campaigns.slots import Placed
from opsconsole.kernel.actor import Actor
from opsconsole.people.roles import Ability

#: Placements that one look compares with.
MOST = 5_000
#: Deliveries in these states leave no words on the platform.
_LOST = ("cancelled", "rejected", "failed", "missed")


def placed_between(
    actor: Actor, account_ids: Collection[int], start: datetime, end: datetime
) -> list[Placed]:
    """Return what posts within reach say on some accounts from `start` to `end`; drafts by their wall time."""
    # A draft's clock may be of another zone: a day more on either side, sorted out below.
    walls = [
        (at + timedelta(days=days)).date().isoformat() for at, days in ((start, -1), (end, 2))
    ]
    drafts = Q(
        post__publish_at=None, post__local_time__gte=walls[0], post__local_time__lt=walls[1]
    )
    rows = PostTarget.objects.filter(
        Q(post__publish_at__range=(start, end)) | drafts, account__in=account_ids
    ).exclude(post__state=PostState.CANCELLED)
    units = actor.units(Ability.READ_POSTS)
    if units is not None:
        rows = rows.filter(post__unit__in=units)
    found = []
    for target in rows.select_related("post").order_by("post__publish_at", "id")[:MOST]:
        post = target.post
        at = post.publish_at or instant(datetime.fromisoformat(post.local_time), post.time_zone)
        found.append(Placed(post.pk, target.account_id, at, target.text or post.body))
    return found


def words_taken(
    account_ids: Collection[int], texts: Collection[str], start: datetime, end: datetime
) -> list[tuple[int, str, datetime]]:
    """Return account, text and time of deliveries that say just one of these texts."""
    rows = PostTarget.objects.filter(
        account__in=account_ids, delivery__text__in=texts,
        delivery__not_before__range=(start, end),
    ).exclude(delivery__state__in=_LOST)  # fmt: skip
    return list(rows.values_list("account_id", "delivery__text", "delivery__not_before"))


def rows_before(upload: Import, number: int, start: datetime, end: datetime) -> list[ImportRow]:
    """Return the rows of a file above one of them that have no time, or one from `start` to `end`."""
    rows = upload.rows.filter(number__lt=number).exclude(plan={})
    near = rows.filter(Q(at=None) | Q(at__range=(start, end)))
    return list(near.order_by("number"))
