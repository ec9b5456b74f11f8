"""What became of a post, or of a campaign's launch, moment by moment: from the database, to the millisecond."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from campaigns.models import Campaign, Post, PostPart, PostTarget
from campaigns.selectors.campaigns import campaign_for
from campaigns.selectors.posts import post_for, posts_for
from channels.models import Delivery
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now


@dataclass(frozen=True, slots=True)
class CertifiedLine:
    """One text on one account. Our own clock says when it was armed and accepted; `posted_at` is the
    platform's own time of creation, empty where it told none. Differences are milliseconds since `planned_at`."""

    post: Post
    delivery: Delivery
    is_follower: bool
    planned_at: datetime
    armed_at: datetime | None
    accepted_at: datetime | None
    posted_at: datetime | None
    attempts: int

    @property
    def armed_ms(self) -> int | None:
        """How late the first call began."""
        return self._since(self.armed_at)

    @property
    def accepted_ms(self) -> int | None:
        """How late we knew that it stands."""
        return self._since(self.accepted_at)

    @property
    def posted_ms(self) -> int | None:
        """How late it stood, as the platform tells; many tell whole seconds."""
        return self._since(self.posted_at)

    def _since(self, at: datetime | None) -> int | None:
        return None if at is None else round((at - self.planned_at).total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was planned and what became of it, as known at `made_at`."""

    name: str
    made_at: datetime
    lines: list[CertifiedLine]
    post: Post | None = None
    campaign: Campaign | None = None

    @property
    def sent(self) -> int:
        """How many stand."""
        return sum(line.delivery.state == "sent" for line in self.lines)

    @property
    def latest_ms(self) -> int | None:
        """The latest first call."""
        return max(
            (line.armed_ms for line in self.lines if line.armed_ms is not None), default=None
        )


def certificate_of_post(actor: Actor, post_id: int) -> Certificate:
    """Return the certificate of one post; NotFound when it is out of reach."""
    post = post_for(actor, post_id)
    return Certificate(post.title or post.body[:60], now(), _lines([post.pk]), post=post)


def certificate_of_launch(actor: Actor, campaign_id: int) -> Certificate:
    """Return the certificate of a campaign's launch posts, as far as somebody may see them."""
    campaign = campaign_for(actor, campaign_id)
    posts = posts_for(actor).filter(campaign=campaign, is_launch=True).order_by()
    numbers = posts.values_list("pk", flat=True)
    return Certificate(campaign.name, now(), _lines(numbers), campaign=campaign)


def _lines(post_ids: "Iterable[int] | QuerySet[Post, int]") -> list[CertifiedLine]:
    """Five queries, however many there are."""
    wanted = list(post_ids)
    ours = Q(post_target__post__in=wanted) | Q(post_part__target__post__in=wanted)
    posts = Post.objects.select_related("unit")
    rows = (
        Delivery.objects.filter(ours)
        .select_related("account")
        .prefetch_related(
            "attempts",
            Prefetch("post_target", PostTarget.objects.prefetch_related(Prefetch("post", posts))),
            Prefetch(
                "post_part", PostPart.objects.prefetch_related(Prefetch("target__post", posts))
            ),
        )
        .order_by("not_before", "pk")
    )
    return [_line(row) for row in rows]


def _line(row: Delivery) -> CertifiedLine:
    part = getattr(row, "post_part", None)
    post = part.target.post if part else row.post_target.post
    attempts = list(row.attempts.all())
    accepted = next((one.ended_at for one in attempts if one.outcome == "sent"), None)
    return CertifiedLine(
        post,
        row,
        is_follower=part is not None,
        planned_at=post.publish_at or row.not_before,
        armed_at=attempts[0].armed_at if attempts else None,
        accepted_at=accepted,
        posted_at=row.posted_at,
        attempts=len(attempts),
    )
