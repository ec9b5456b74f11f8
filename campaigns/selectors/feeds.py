"""What calendar programs read at a secret address."""

import hashlib
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import override

from campaigns.ical import Event, calendar_file
from campaigns.lifecycle import PostState
from campaigns.models import CalendarFeed, Post
from campaigns.selectors.posts import posts_for
from campaigns.status import POST_STATUS
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for

#: How far back and ahead a feed reaches, and how many posts it holds.
BACK, AHEAD, MOST = timedelta(days=31), timedelta(days=93), 2000
#: A post has no length; calendars want one.
LASTS = timedelta(minutes=15)
#: How often the last reading is noted.
_NOTED_EVERY = timedelta(minutes=5)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def feed_of(actor: Actor) -> CalendarFeed | None:
    """Return one's own address, without its secret, which nobody knows any more."""
    return CalendarFeed.objects.filter(user_id=actor.person_id).first()


def feed_read(secret: str, base_url: str) -> bytes | None:
    """Return the calendar behind a secret; None when it leads nowhere, or its owner may not sign in."""
    rows = CalendarFeed.objects.select_related("user").filter(user__is_active=True)
    feed = rows.filter(digest=digest_of(secret)).first()
    if feed is None:
        return None
    at = now()
    if feed.read_at is None or feed.read_at < at - _NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=at)
    with override(feed.user.language):
        posts = _posts(actor_for(feed.user), at)
        return calendar_file("opsconsole", [_event(post, base_url) for post in posts], at)


def _posts(actor: Actor, at: datetime) -> list[Post]:
    rows = posts_for(actor).filter(
        Q(state=PostState.SCHEDULED) | Q(state=PostState.DONE),
        publish_at__range=(at - BACK, at + AHEAD),
    )
    return list(rows.order_by("publish_at", "id")[:MOST])


def _event(post: Post, base_url: str) -> Event:
    at = post.publish_at or post.created_at
    accounts = ", ".join(target.account.name for target in post.targets.all())
    status = POST_STATUS[PostState(post.state)].label
    return Event(
        uid=f"post-{post.pk}@{base_url.partition('//')[2] or 'opsconsole'}",
        at=at,
        lasts=LASTS,
        summary=f"{post.title or ' '.join(post.body.split())[:80]}",
        description=f"{status} · {accounts}\n\n{post.body[:2000]}",
        url=f"{base_url}/posts/{post.pk}/",
        sequence=post.version,
        changed_at=post.updated_at,
    )
