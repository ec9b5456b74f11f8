"""What a rehearsal is about: the posts still to come, where they go, and what speaks against them beforehand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from campaigns.calendar import instant
from campaigns.lifecycle import PostState
from campaigns.models import Campaign, Post, PostTarget
from campaigns.rehearsal.timing import Timing, densest, timing_of
from campaigns.selectors.posts import posts_for
from campaigns.slots import Placed, nearly_same, same_minute
from channels.lifecycle import DeliveryState
from channels.models import ChannelAccount, Delivery
from channels.registry import capabilities_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now

D = DeliveryState
#: What has not begun: everything else is no matter of a rehearsal any more.
_TO_COME = frozenset({D.PLANNED, D.READY, D.AWAITING, D.HELD, D.RETRY_WAIT})
#: Placements that one rehearsal takes on.
MOST = 1000
#: Posts of the same accounts that are looked through for clashes.
_MOST_OTHERS = 3000
#: Clashes that a report names.
MOST_CLASHES = 100
_CLASHES_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery of a placement: the post itself, or with `part` (from 1) what follows under it."""

    target: PostTarget
    delivery: Delivery
    part: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """What of a campaign is still to come. `idle` are placements without a delivery: drafts."""

    lines: list[Line]
    idle: list[PostTarget]

    @property
    def placed(self) -> list[PostTarget]:
        """The placements that have been scheduled."""
        return [line.target for line in self.lines if not line.part]

    @property
    def deliveries(self) -> list[Delivery]:
        """What leaves, or would leave if nothing spoke against it, in the order of time."""
        found = [line.delivery for line in self.lines]
        return sorted(found, key=lambda one: (one.not_before, one.pk))

    def timing(self, *, speed: int, skips_gaps: bool) -> Timing:
        """Return how the planned moments lie in a rehearsal."""
        times = [one.not_before for one in self.deliveries]
        return timing_of(times, speed=speed, skips_gaps=skips_gaps)


def script_of(actor: Actor, campaign: Campaign) -> Script:
    """Return what is still to come of a campaign, as far as the actor may read it. As many queries at any size."""
    rows = posts_for(actor).filter(
        campaign=campaign, state__in=[PostState.DRAFT, PostState.SCHEDULED]
    )
    posts = rows.prefetch_related(
        "targets__post", "targets__account", "targets__delivery__account", "targets__delivery__media",
        "targets__parts__delivery__account", "targets__parts__delivery__media",
    )  # fmt: skip
    at, lines, idle = now(), [], []
    for post in posts.order_by("publish_at", "pk"):
        for target in post.targets.all():
            if target.delivery is None:
                idle.append(target)
            lines += [line for line in _lines(target) if _is_to_come(line.delivery, at)]
    return Script(_led(lines), idle)


def _lines(target: PostTarget) -> Iterable[Line]:
    if target.delivery is not None:
        yield Line(target, target.delivery)
    for part in target.parts.all():
        if part.delivery is not None:
            yield Line(target, part.delivery, part.position)


def _is_to_come(delivery: Delivery, at: datetime) -> bool:
    return delivery.state in _TO_COME and delivery.not_before > at


def _led(lines: list[Line]) -> list[Line]:
    """Leave out what waits for something that is no part of the rehearsal."""
    known = {line.delivery.pk for line in lines}
    led = [
        line for line in lines if not line.delivery.is_blocked or line.delivery.follows_id in known
    ]
    return led if len(led) == len(lines) else _led(led)


def planned_of(target: PostTarget) -> datetime | None:
    """Return when a placement is meant to go out; None for a draft without a time."""
    if target.delivery is not None:
        return target.delivery.not_before
    post = target.post
    if not post.local_time:
        return None
    return instant(datetime.fromisoformat(post.local_time), post.time_zone)


def clashes_of(actor: Actor, script: Script) -> list[dict[str, Any]]:
    """Return which posts go out on one account in the same minute, or say nearly the same. Three queries."""
    mine = list(_placed([*script.placed, *script.idle]))
    if not mine:
        return []
    names = {target.post_id: target.post for target in [*script.placed, *script.idle]}
    others = _others(actor, script, mine)
    names |= {target.post_id: target.post for target in others}
    every = [*mine, *_placed(others)]
    ours = {one.post for one in mine}
    pairs = [
        (kind, post, other)
        for kind, found in (("same_minute", same_minute(every)), ("alike", nearly_same(every)))
        for post, some in sorted(found.items())
        for other in sorted(some)
        if post in ours and (other > post or other not in ours)
    ]
    return [
        {"kind": kind, "posts": [_named(names[post]), _named(names[other])]}
        for kind, post, other in pairs[:MOST_CLASHES]
    ]


def limits_of(actor: Actor, script: Script) -> list[dict[str, Any]]:
    """Return where an account would say more than its platform documents to take, or than its budget allows."""
    mine = list(_placed(script.placed))
    if not mine:
        return []
    accounts = {target.account_id: target.account for target in script.placed}
    times: dict[int, list[datetime]] = {}
    for one in [*mine, *_placed(_others(actor, script, mine))]:
        times.setdefault(one.account, []).append(one.at)
    found = []
    for pk, account in sorted(accounts.items()):
        for whose, seconds, most in _limits(account):
            count, start = densest(sorted(times[pk]), timedelta(seconds=seconds))
            if count > most:
                found.append({
                    "account": pk, "name": account.name, "unit": account.unit_id,
                    "whose": whose, "seconds": seconds, "most": most, "count": count, "from": start.isoformat(),
                })  # fmt: skip
    return found


def _limits(account: ChannelAccount) -> Iterable[tuple[str, int, int]]:
    """Yield whose limit it is, its window in seconds, and how many posts it lets through."""
    for seconds, most in capabilities_for(account.kind).post_limits:
        yield "platform", seconds, most
    for one in account.limits:
        yield "budget", round(one.window.total_seconds()), one.posts


def _placed(targets: Iterable[PostTarget]) -> Iterable[Placed]:
    for target in targets:
        at = planned_of(target)
        if at is not None:
            series = target.post.series_id
            yield Placed(target.post_id, target.account_id, at, target.wording, series)


def _others(actor: Actor, script: Script, mine: list[Placed]) -> list[PostTarget]:
    """Return the other placements on the same accounts around that time that the actor may read."""
    accounts = {one.account for one in mine}
    span = min(one.at for one in mine) - _CLASHES_WITHIN, max(one.at for one in mine)
    known = {target.pk for target in [*script.placed, *script.idle]}
    rows = PostTarget.objects.filter(
        account__in=accounts, post__in=posts_for(actor).select_related(None).prefetch_related(None),
        delivery__state__in=_TO_COME, delivery__not_before__range=(span[0], span[1] + _CLASHES_WITHIN),
    )  # fmt: skip
    found = rows.exclude(pk__in=known).select_related("post", "delivery", "account")
    return list(found.order_by("pk")[:_MOST_OTHERS])


def _named(post: Post) -> dict[str, Any]:
    return {"post": post.pk, "title": post.title or post.body[:60], "unit": post.unit_id}
