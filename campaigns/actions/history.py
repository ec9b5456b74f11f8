"""Bringing an earlier form of a post back, as a new one."""

from dataclasses import replace

from django.db import transaction

from campaigns.actions.posts import post_update
from campaigns.contents import from_content, typed_again
from campaigns.models import Post
from campaigns.selectors.campaigns import campaign_for_posts_of
from campaigns.selectors.history import revision_of
from campaigns.selectors.posts import post_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.people.roles import Ability


def post_bring_back(actor: Actor, *, post_id: int, number: int, version: int) -> Post:
    """Make a post read again as it did in an earlier revision; the refusals are those of an edit.

    A campaign that takes no posts any more is left out.
    """
    with transaction.atomic():
        post = post_for(actor, post_id, ability=Ability.WRITE_POSTS, lock=True)
        old = from_content(revision_of(post, number).content)
        again = typed_again(old)
        content = replace(again, campaign=_still_open(actor, post, again.campaign))
        changed = post_update(
            actor, post_id=post.pk, content=content, version=version, brought_back=number
        )
        record(
            actor, "campaigns.post.brought_back", post, unit_id=post.unit_id, number=number
        )  # fmt: skip
    return changed


def _still_open(actor: Actor, post: Post, campaign_id: int | None) -> int | None:
    if campaign_id is None or campaign_id == post.campaign_id:
        return campaign_id
    found = campaign_for_posts_of(actor, campaign_id, post.unit_id)
    return found.pk if found else None
