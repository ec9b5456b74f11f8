"""Reads of posts, each behind a gate that knows the actor."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from campaigns.lifecycle import PostState
from campaigns.models import Post, PostTarget
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut, moment_and_number
from opsconsole.people.roles import Ability

VIEWS = ("upcoming", "past", "drafts")


@dataclass(frozen=True, slots=True)
class PostFilter:
    """Which posts to list. Empty means no restriction."""

    view: str = "upcoming"
    account: int | None = None
    unit: int | None = None


def posts_for(actor: Actor) -> QuerySet[Post]:
    """Return the posts of the units whose posts the actor may read."""
    units = actor.units(Ability.READ_POSTS)
    rows = Post.objects.select_related("unit", "author").prefetch_related(
        "targets__account", "targets__delivery"
    )
    return rows if units is None else rows.filter(unit_id__in=units)


def post_for(
    actor: Actor, post_id: int, *, ability: str = Ability.READ_POSTS, lock: bool = False
) -> Post:
    """Return one post within reach; NotFound when invisible, NotAllowed when only readable."""
    rows = posts_for(actor).filter(pk=post_id)
    post = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if post is None:
        raise NotFound
    actor.must(ability, post.unit_id)
    return post


def post_of_target(actor: Actor, target_id: int) -> Post:
    """Return the post that a placement belongs to; NotFound when it is out of reach."""
    post = posts_for(actor).filter(targets=target_id).first()
    if post is None:
        raise NotFound
    return post


def post_page(
    actor: Actor, filters: PostFilter, *, cursor: str = "", size: int = 30
) -> KeysetPage[Post]:
    """Return one page: what comes next first, what has been latest first, drafts newest first."""
    if filters.view not in VIEWS:
        raise Invalid(code="unknown_view", field="view")
    rows = posts_for(actor)
    if filters.unit is not None:
        rows = rows.filter(unit_id=filters.unit)
    if filters.account is not None:
        rows = rows.filter(targets__account_id=filters.account)
    if filters.view == "drafts":
        return _drafts(rows.filter(state=PostState.DRAFT), cursor, size)
    return _timed(rows, filters.view, cursor, size)


def _drafts(rows: QuerySet[Post], cursor: str, size: int) -> KeysetPage[Post]:
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows.order_by("-id")[: size + 1], size, lambda post: [post.pk])


def _timed(rows: QuerySet[Post], view: str, cursor: str, size: int) -> KeysetPage[Post]:
    is_past = view == "past"
    over = Q(state__in=[PostState.DONE, PostState.CANCELLED])
    rows = rows.filter(over if is_past else Q(state=PostState.SCHEDULED), publish_at__isnull=False)
    if cursor:
        at, pk = moment_and_number(cursor)
        beyond = Q(publish_at__lt=at) if is_past else Q(publish_at__gt=at)
        tied = Q(publish_at=at, pk__lt=pk) if is_past else Q(publish_at=at, pk__gt=pk)
        rows = rows.filter(beyond | tied)
    order = ("-publish_at", "-id") if is_past else ("publish_at", "id")
    return cut(
        rows.order_by(*order)[: size + 1],
        size,
        lambda post: [post.publish_at.isoformat() if post.publish_at else "", post.pk],
    )


def same_text_nearby(target: PostTarget, text: str, start: datetime, end: datetime) -> bool:
    """Whether this account is about to say, or has just said, exactly this.

    Reading a platform back recognises our words by the words, so they must be unique for a day.
    """
    return (
        PostTarget.objects.filter(
            account_id=target.account_id,
            delivery__text=text,
            delivery__not_before__range=(start, end),
        )
        .exclude(pk=target.pk)
        .exclude(delivery__state__in=["cancelled", "rejected", "failed", "missed"])
        .exists()
    )


def due_soon(actor: Actor, limit: int = 5) -> list[Post]:
    """Return the next posts to go out."""
    rows = posts_for(actor).filter(state=PostState.SCHEDULED, publish_at__gte=now())
    return list(rows.order_by("publish_at", "id")[:limit])
