"""What time does to approvals: requests expire, and owners hear an hour before that nobody has approved."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from campaigns.actions.approvals import hint, request_end
from campaigns.actions.news import news_write, owners_of
from campaigns.lifecycle import ApprovalState, PostState
from campaigns.models import ApprovalRequest, Post
from campaigns.news import NewsKind
from campaigns.selectors.posts import deliveries_of
from channels.lifecycle import DeliveryState
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now

#: How long before its time the owner hears that a post is not approved.
WARNED_BEFORE = timedelta(hours=1)


def approvals_sweep(limit: int = 100) -> int:
    """Let requests expire, and warn owners of posts that nobody has let out. Returns how many changed."""
    at = now()
    over = ApprovalRequest.objects.filter(state=ApprovalState.OPEN, expires_at__lte=at).order_by(
        "expires_at"
    )
    changed = sum(_expire(pk, post) for pk, post in over.values_list("pk", "post_id")[:limit])
    soon = Post.objects.filter(
        state=PostState.SCHEDULED, publish_at__gt=at, publish_at__lte=at + WARNED_BEFORE,
        targets__delivery__state=DeliveryState.AWAITING,
    ).exclude(warned_for=F("publish_at"))  # fmt: skip
    for pk in list(soon.order_by("publish_at").values_list("pk", flat=True).distinct()[:limit]):
        changed += _warn(pk)
    return changed


def _expire(request_id: int, post_id: int) -> int:
    with transaction.atomic():
        posts = Post.objects.filter(pk=post_id).select_for_update(skip_locked=True, of=("self",))
        post = posts.first()
        if post is None:
            return 0
        request = ApprovalRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
        if not request.is_open or request.expires_at is None or request.expires_at > now():
            return 0
        request_end(request, ApprovalState.EXPIRED)
        record(SYSTEM, "campaigns.approval.expired", post, unit_id=post.unit_id)
        hint(post)
    return 1


def _warn(post_id: int) -> int:
    with transaction.atomic():
        post: Any = Post.objects.filter(pk=post_id).select_for_update(skip_locked=True).first()
        is_waiting = post is not None and (
            post.state == PostState.SCHEDULED
            and post.warned_for != post.publish_at
            and deliveries_of(post).filter(state=DeliveryState.AWAITING).exists()
        )
        if not is_waiting:
            return 0
        Post.objects.filter(pk=post_id).update(warned_for=post.publish_at)
        key = f"unapproved:{post_id}:{post.publish_at.timestamp():.0f}"
        news_write(post, NewsKind.UNAPPROVED, owners_of(post), key=key)
    return 1
