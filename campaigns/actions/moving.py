"""Moving a post to another time, as a calendar does: nothing else about it changes."""

from dataclasses import replace
from datetime import datetime

from campaigns.actions.posts import post_update
from campaigns.calendar import instant, wall_time
from campaigns.models import Post
from campaigns.selectors.posts import content_of, post_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid
from opsconsole.people.roles import Ability


def post_move(
    actor: Actor, *, post_id: int, local: datetime, zone: str, version: int
) -> tuple[Post, datetime | None]:
    """Give a post the wall time `local` of `zone`, kept in its own zone; returns it and its former time there.

    Conflict when somebody has saved since `version`, or when it can no longer be changed; Invalid when
    a scheduled one would lie in the past.
    """
    post = post_for(actor, post_id, ability=Ability.WRITE_POSTS)
    former = datetime.fromisoformat(post.local_time) if post.local_time else None
    if not 2000 <= local.year <= 2100:
        raise Invalid(code="time", field="local_time")
    wanted = local if zone == post.time_zone else wall_time(instant(local, zone), post.time_zone)
    content = replace(content_of(post), local_time=wanted)
    return post_update(actor, post_id=post_id, content=content, version=version), former
