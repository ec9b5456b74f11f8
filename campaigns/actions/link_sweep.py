"""Looking once more at the links of posts that go out soon: their owners are told, nothing else follows from it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from campaigns.actions.approvals import hint
from campaigns.actions.links import links_ask
from campaigns.actions.news import news_write, owners_of
from campaigns.lifecycle import LinkState, PostState
from campaigns.models import LinkCheck, Post
from campaigns.news import NewsKind
from campaigns.selectors.links import FRESH, link_states, urls_of
from opsconsole.kernel.clock import now

#: How long before its time the links of a post are looked at again.
AHEAD = timedelta(hours=1)
#: More posts than leave in an hour.
MOST = 5000
#: What settles whether customers get there; of what could not be checked nothing is said.
_KNOWN = frozenset({LinkState.OK, LinkState.MOVED, LinkState.BROKEN})


def links_sweep() -> int:
    """Have the links of posts that go out within AHEAD looked up, and note which posts lead nowhere.

    Posts that are noted stay in sight until their links work again, also when they are put off. Whoever
    answers for a post is told once for each form it takes. As many queries at any number of posts, but for
    those whose note changes. Returns how many that are.
    """
    at = now()
    soon = Q(publish_at__gt=at, publish_at__lte=at + AHEAD)
    rows = Post.objects.filter(soon | Q(links_broken_at__isnull=False), state=PostState.SCHEDULED)
    posts = list(rows.prefetch_related("targets__parts").order_by("publish_at", "pk")[:MOST])
    urls = {post.pk: urls_of(post) for post in posts}
    every = [url for found in urls.values() for url in found]
    links_ask(every)
    states = link_states(every)
    changed = 0
    for post in posts:
        is_broken = _leads_nowhere([states.get(url) for url in urls[post.pk]])
        if is_broken is not None and is_broken != (post.links_broken_at is not None):
            changed += _note(post, is_broken=is_broken)
    return changed


def _leads_nowhere(found: list[LinkCheck | None]) -> bool | None:
    """Whether one of a post's links is broken by now; None while that is not known of all and none is."""
    at = now()
    fresh = [
        LinkState(row.state)
        for row in found
        if row is not None and row.checked_at is not None and row.checked_at > at - FRESH
    ]
    if LinkState.BROKEN in fresh:
        return True
    return False if len(fresh) == len(found) and _KNOWN.issuperset(fresh) else None


def _note(seen: Post, *, is_broken: bool) -> int:
    """Write it down unless somebody has changed the post meanwhile; the next sweep sees what it says then."""
    with transaction.atomic():
        rows = Post.objects.filter(pk=seen.pk, version=seen.version, state=PostState.SCHEDULED)
        post = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if post is None:
            return 0
        Post.objects.filter(pk=post.pk).update(links_broken_at=now() if is_broken else None)
        if is_broken:
            number = post.revisions.order_by("-number").values_list("number", flat=True).first()
            key = f"links:{post.pk}:{number or 0}"
            news_write(post, NewsKind.LINK_BROKEN, owners_of(post), key=key)
        hint(post)
    return 1
