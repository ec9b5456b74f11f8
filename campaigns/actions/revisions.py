"""Keeping how a post reads, whenever it is saved."""

from collections.abc import Iterable

from campaigns.contents import Placed, Shown, Snapshot, snapshot
from campaigns.models import Post, PostRevision, PostTarget
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now


def snapshot_of(post: Post) -> Snapshot:
    """Return what a post says at this moment. Three queries."""
    rows = post.targets.select_related("account").prefetch_related("parts")
    targets: Iterable[PostTarget] = rows.order_by("account_id")
    return snapshot(
        title=post.title, body=post.body, local_time=post.local_time, time_zone=post.time_zone,
        campaign=post.campaign_id,
        placements=[_placed(row) for row in targets],
        media=[
            Shown(row.image_id, row.image.sha256, row.alt_text)
            for row in post.images.select_related("image")
        ],
        is_announced=post.is_announced, link_tag=post.link_tag,
        lateness=post.lateness,
    )  # fmt: skip


def _placed(target: PostTarget) -> Placed:
    return Placed(
        target.account_id, target.account.name, target.text,
        parts=tuple(part.text for part in target.parts.all()),
        excerpt=target.excerpt, categories=tuple(target.categories),
        left_out=tuple(target.left_out),
    )  # fmt: skip


def revision_keep(
    actor: Actor, post: Post, *, brought_back: int | None = None
) -> tuple[PostRevision, bool]:
    """Keep how a post reads now, and say whether that is new. The caller holds the post's lock."""
    shot = snapshot_of(post)
    last = post.revisions.order_by("-number").first()
    if last is not None and last.digest == shot.digest:
        return last, False
    revision = PostRevision.objects.create(
        post=post, number=last.number + 1 if last else 1, author_id=actor.user_id, at=now(),
        digest=shot.digest, content=shot.content(), brought_back=brought_back,
    )  # fmt: skip
    return revision, True


def latest_revision(post: Post) -> PostRevision:
    """Return how a post reads now. The caller holds the post's lock and has kept it."""
    return post.revisions.order_by("-number")[0]


def revision_begin(post: Post) -> None:
    """Keep how a post reads that was written before revisions were kept, in its writer's name."""
    if not post.revisions.exists():
        shot = snapshot_of(post)
        PostRevision.objects.create(
            post=post, number=1, author_id=post.author_id, at=post.updated_at,
            digest=shot.digest, content=shot.content(),
        )  # fmt: skip
