"""Reads of posts, each behind a gate that knows the actor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, prefetch_related_objects

from campaigns.contents import Content, Picked, Placing
from campaigns.lifecycle import PostState
from campaigns.models import Post, PostImage, PostPart, PostTarget
from channels.models import Delivery
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut, moment_and_number
from opsconsole.people.roles import Ability

VIEWS = ("upcoming", "past", "drafts")
#: What accounts of one channel may have differently -> where it stands.
_APART = {"text": "text", "parts": "parts_said", "excerpt": "excerpt", "categories": "categories"}


@dataclass(frozen=True, slots=True)
class PostFilter:
    """Which posts to list. Empty means no restriction."""

    view: str = "upcoming"
    account: int | None = None
    unit: int | None = None
    campaign: int | None = None
    #: Only those that are to go out and have a link that leads nowhere.
    is_broken: bool = False


def posts_for(actor: Actor) -> QuerySet[Post]:
    """Return the posts of the units whose posts the actor may read."""
    units = actor.units(Ability.READ_POSTS)
    rows = Post.objects.select_related("unit", "author", "campaign").prefetch_related(
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


def posts_with_broken_links(actor: Actor) -> QuerySet[Post]:
    """Return the posts within reach that are to go out and have a link that leads nowhere."""
    rows = Post.objects.filter(links_broken_at__isnull=False, state=PostState.SCHEDULED)
    units = actor.units(Ability.READ_POSTS)
    return rows if units is None else rows.filter(unit_id__in=units)


def deliveries_of(post: Post) -> QuerySet[Delivery]:
    """Return everything that a post puts on platforms, what follows under it included."""
    return Delivery.objects.filter(Q(post_target__post=post) | Q(post_part__target__post=post))


def deliveries_under(target: PostTarget) -> QuerySet[Delivery]:
    """Return everything that one placement puts on its platform."""
    mine = Q(post_target=target) | Q(post_part__target=target)
    return Delivery.objects.filter(mine).select_related("account")


def content_of(post: Post) -> Content:
    """Return a stored post as it would be typed. Three queries."""
    return content_from(post, post.targets.prefetch_related("parts"), post.images.all())


def content_from(post: Post, rows: Iterable[PostTarget], images: Iterable[PostImage]) -> Content:
    """The same of rows that have been read, each placement with its parts."""
    targets = sorted(rows, key=lambda target: target.account_id)
    return Content(
        title=post.title,
        body=post.body,
        account_ids=[target.account_id for target in targets],
        wording={target.account_id: target.text for target in targets},
        local_time=datetime.fromisoformat(post.local_time) if post.local_time else None,
        time_zone=post.time_zone,
        campaign=post.campaign_id,
        placing={target.account_id: _placing(target) for target in targets},
        images=tuple(Picked(row.image_id, row.alt_text) for row in images),
        is_announced=post.is_announced,
        link_tag=post.link_tag,
        lateness=post.lateness,
    )


def _placing(target: PostTarget) -> Placing:
    parts = tuple(part.text for part in target.parts.all())
    return Placing(parts, target.excerpt, tuple(target.categories), tuple(target.left_out))


def post_of_part(actor: Actor, part_id: int) -> Post:
    """Return the post under which something follows; NotFound when it is out of reach."""
    post = posts_for(actor).filter(targets__parts=part_id).first()
    if post is None:
        raise NotFound
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
    rows = _listed(actor, filters)
    if filters.view == "drafts":
        return _drafts(rows, cursor, size)
    return _timed(rows, filters.view, cursor, size)


def _listed(actor: Actor, filters: PostFilter) -> QuerySet[Post]:
    """Return all posts of a list, in no order; Invalid when there is no such list."""
    if filters.view not in VIEWS:
        raise Invalid(code="unknown_view", field="view")
    rows = posts_for(actor)
    if filters.unit is not None:
        rows = rows.filter(unit_id=filters.unit)
    if filters.account is not None:
        rows = rows.filter(targets__account_id=filters.account)
    if filters.campaign is not None:
        rows = rows.filter(campaign_id=filters.campaign)
    if filters.is_broken:
        rows = rows.filter(links_broken_at__isnull=False, state=PostState.SCHEDULED)
    if filters.view == "drafts":
        return rows.filter(state=PostState.DRAFT)
    over = Q(state__in=[PostState.DONE, PostState.CANCELLED])
    is_past = filters.view == "past"
    return rows.filter(over if is_past else Q(state=PostState.SCHEDULED), publish_at__isnull=False)


def _drafts(rows: QuerySet[Post], cursor: str, size: int) -> KeysetPage[Post]:
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows.order_by("-id")[: size + 1], size, lambda post: [post.pk])


def _timed(rows: QuerySet[Post], view: str, cursor: str, size: int) -> KeysetPage[Post]:
    is_past = view == "past"
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

    Reading a platform back recognises our words by the words, so they must be unique for a day. Posts
    that a changed series is about to write anew do not count: their words are on their way out.
    """
    rows = PostTarget.objects.filter(
        account_id=target.account_id,
        delivery__text=text,
        delivery__not_before__range=(start, end),
    )
    if target.post.series_id:
        rows = rows.exclude(
            post__series=target.post.series_id,
            post__series_revision__lt=F("post__series__revision"),
            post__is_detached=False,
        )
    return (
        rows.exclude(pk=target.pk)
        .exclude(delivery__state__in=["cancelled", "rejected", "failed", "missed"])
        .exists()
    )


def due_soon(actor: Actor, limit: int = 5) -> list[Post]:
    """Return the next posts to go out."""
    rows = posts_for(actor).filter(state=PostState.SCHEDULED, publish_at__gte=now())
    return list(rows.order_by("publish_at", "id")[:limit])


def set_apart(actor: Actor, filters: PostFilter) -> dict[str, list[int]]:
    """Return the accounts that have something else than another account of their channel, in a list of posts.

    By what that is: text, parts, excerpt or categories. Four queries.
    """
    posts = _listed(actor, filters).select_related(None).prefetch_related(None)
    texts = PostPart.objects.filter(target=OuterRef("pk")).order_by("position").values("text")
    rows = PostTarget.objects.annotate(parts_said=ArraySubquery(texts))
    found = {}
    for name, field in _APART.items():
        same = {"post": OuterRef("post"), "account__kind": OuterRef("account__kind")}
        others = rows.filter(**same).exclude(**{field: OuterRef(field)})
        apart = rows.filter(Exists(others), post__in=posts.order_by().values("pk"))
        found[name] = sorted(apart.order_by().values_list("account_id", flat=True).distinct())
    return found


def with_everything(posts: Sequence[Post]) -> Sequence[Post]:
    """Load all that posts say and show, for whoever writes them out whole. Three queries."""
    prefetch_related_objects(posts, "targets__parts", "images__image")
    return posts
