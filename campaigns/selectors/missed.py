"""Reads of what posts did not get onto a platform at their time: for the board, where people decide."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from campaigns.models import Post, PostPart, PostTarget
from campaigns.selectors.posts import posts_for
from channels.lifecycle import DeliveryState, LateRule
from channels.models import Delivery
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.pagination import KeysetPage, cut, moment_and_number
from opsconsole.people.roles import Ability

S = DeliveryState
#: What can be looked for: what waits for somebody, or what was to be dropped when late.
VIEWS = ("open", "dropped")


@dataclass(frozen=True, slots=True)
class MissedFilter:
    """Which rows of the board to show."""

    view: str = "open"
    unit: int | None = None
    account: int | None = None
    campaign: int | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """One text that is not where it should be: `planned_at` is the time of its post."""

    delivery: Delivery
    post: Post
    planned_at: datetime
    may_decide: bool
    is_final: bool
    is_follower: bool


def missed_for(actor: Actor, view: str = "open") -> QuerySet[Delivery]:
    """Return what was missed, given up, or became due under a hold, of posts within reach."""
    posts = posts_for(actor).order_by().values("pk")
    ours = Q(post_target__post__in=posts) | Q(post_part__target__post__in=posts)
    dropped = Q(state=S.MISSED, late_rule=LateRule.DROP)
    wanted = dropped
    if view == "open":
        to_review = Q(state=S.HELD, hold__lifted_at__isnull=False)
        wanted = (Q(state__in=[S.MISSED, S.FAILED]) & ~dropped) | to_review
    return Delivery.objects.filter(ours, wanted)


def missed_page(
    actor: Actor, filters: MissedFilter, *, cursor: str = "", size: int = 50
) -> KeysetPage[Missed]:
    """Return rows of the board, latest time first. A fixed number of queries."""
    if filters.view not in VIEWS:
        raise Invalid(code="unknown_view", field="view")
    rows = _narrowed(missed_for(actor, filters.view), filters)
    if cursor:
        at, pk = moment_and_number(cursor)
        rows = rows.filter(Q(not_before__lt=at) | Q(not_before=at, pk__lt=pk))
    page = cut(
        _with_posts(rows.order_by("-not_before", "-pk"))[: size + 1],
        size,
        lambda row: [row.not_before.isoformat(), row.pk],
    )
    return KeysetPage([_row(actor, row) for row in page.rows], page.next_cursor)


def missed_count(actor: Actor) -> int:
    """Count what waits for somebody."""
    return missed_for(actor).count()


def _narrowed(rows: QuerySet[Delivery], filters: MissedFilter) -> QuerySet[Delivery]:
    if filters.account is not None:
        rows = rows.filter(account_id=filters.account)
    for name in ("unit", "campaign"):
        chosen = getattr(filters, name)
        if chosen is not None:
            rows = rows.filter(
                Q(**{f"post_target__post__{name}": chosen})
                | Q(**{f"post_part__target__post__{name}": chosen})
            )
    return rows


def _with_posts(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    posts = Post.objects.select_related("unit", "campaign")
    return rows.select_related("account__unit", "hold", "requested_by").prefetch_related(
        Prefetch("post_target", PostTarget.objects.prefetch_related(Prefetch("post", posts))),
        Prefetch("post_part", PostPart.objects.prefetch_related(Prefetch("target__post", posts))),
    )


def _row(actor: Actor, row: Delivery) -> Missed:
    part = getattr(row, "post_part", None)
    post = part.target.post if part else row.post_target.post
    return Missed(
        row,
        post,
        planned_at=post.publish_at or row.not_before,
        may_decide=actor.can(Ability.SETTLE_DELIVERIES, row.account.unit_id),
        is_final=row.state == S.MISSED and row.late_rule == LateRule.DROP,
        is_follower=part is not None,
    )
