"""How posts are shown. No queries."""

from django import template

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
    """Return the writer's own wall time, readable."""
    return post.local_time.replace("T", " ")
