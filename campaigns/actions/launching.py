"""Marking a post that opens a launch: it leaves before ordinary posts."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from campaigns.lifecycle import PostState
from campaigns.models import Post
from campaigns.selectors.posts import deliveries_of, post_for
from channels.actions.deliveries import deliveries_hasten
from channels.lifecycle import LAUNCH, NORMAL
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from opsconsole.kernel.live import hint_on_commit
from opsconsole.people.roles import Ability


def post_launch_set(actor: Actor, *, post_id: int, is_launch: bool) -> Post:
    """Have a post leave in the lane of launches, or again with all others. Approval stays: it says the same.

    Conflict when it is over. Setting what is set changes nothing.
    """
    with transaction.atomic():
        post = post_for(actor, post_id, ability=Ability.LAUNCH_POSTS, lock=True)
        if post.state not in {PostState.DRAFT, PostState.SCHEDULED}:
            raise Conflict(_("This post can no longer be changed."), code="over")
        if post.is_launch == is_launch:
            return post
        post.is_launch, post.version = is_launch, post.version + 1
        Post.objects.filter(pk=post.pk).update(
            is_launch=is_launch, version=F("version") + 1, updated_at=now()
        )
        numbers = list(deliveries_of(post).values_list("pk", flat=True))
        lane = LAUNCH if is_launch else NORMAL
        deliveries_hasten(delivery_ids=numbers, priority=lane)
        verb = "campaigns.post.launch_marked" if is_launch else "campaigns.post.launch_unmarked"
        record(actor, verb, post, unit_id=post.unit_id)
        hint_on_commit("post", units=[post.unit_id], id=post.pk, version=post.version)
    return post
