"""Taking a request for approval back, or an approval that was given, as long as nothing is being sent."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.actions.approvals import OVER, hint, request_end
from campaigns.actions.news import news_write, owners_of
from campaigns.lifecycle import LIVE, ApprovalState
from campaigns.models import ApprovalRequest, Post
from campaigns.news import NewsKind
from campaigns.selectors.approvals import request_for
from campaigns.selectors.posts import deliveries_of
from channels.actions.deliveries import deliveries_bind
from channels.lifecycle import UNPERMITTED
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Conflict, NotAllowed
from opsconsole.people.roles import Ability


def approval_take_back(actor: Actor, *, request_id: int) -> ApprovalRequest:
    """End a request or an approval; what waits for its time waits for approval again.

    For those who write the post, and for those who have said yes to it. Conflict when it is over, or
    when any placement is being sent or has been.
    """
    found = request_for(actor, request_id)
    with transaction.atomic():
        post = Post.objects.select_for_update(of=("self",)).get(pk=found.post_id)
        request = ApprovalRequest.objects.select_for_update(of=("self",)).get(pk=found.pk)
        said_yes = set(request.voices.filter(agrees=True).values_list("user_id", flat=True))
        may_write = actor.can(Ability.WRITE_POSTS, post.unit_id)
        if not may_write and actor.user_id not in said_yes:
            raise NotAllowed
        state = ApprovalState(request.state)
        if state not in LIVE:
            raise Conflict(OVER[state], code=request.state)
        if state == ApprovalState.APPROVED:
            _bind(actor, post, request.digest)
        request_end(request, ApprovalState.WITHDRAWN)
        record(actor, "campaigns.approval.withdrawn", post, unit_id=post.unit_id)
        told = said_yes | owners_of(post) | {request.asked_by_id}
        news_write(post, NewsKind.WITHDRAWN, told - {actor.user_id}, key=f"request:{request.pk}")
        hint(post)
    return request


def _bind(actor: Actor, post: Post, digest: str) -> None:
    """Have every delivery wait for approval again, all or none."""
    placed = deliveries_of(post)
    numbers = list(placed.values_list("pk", flat=True))
    deliveries_bind(actor, delivery_ids=numbers, content=digest)
    if placed.exclude(state__in=UNPERMITTED).exists():
        raise Conflict(
            _("This is already being sent and can no longer be stopped."), code="in_flight"
        )
