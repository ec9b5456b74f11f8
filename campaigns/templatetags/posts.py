"""How posts are shown. No queries."""

from django import template

from campaigns.calendar import wall_time
from campaigns.lifecycle import PostState
from campaigns.models import Post
from campaigns.status import POST_STATUS, Status

register = template.Library()


@register.filter
def post_status(post: Post) -> Status:
    """Return a post's state in words."""
    return POST_STATUS[PostState(post.state)]


@register.filter
def wall_clock(post: Post) -> str:
    """Return when it goes or went out by the writer's clock, or when it is meant to; readable."""
    if post.publish_at is None:
        return post.local_time.replace("T", " ")
    return f"{wall_time(post.publish_at, post.time_zone):%Y-%m-%d %H:%M:%S}"
