"""Telling people about posts: written down with the act, handed on by a worker to whoever gives notices."""

from collections.abc import Callable, Iterable

from django.db import transaction

from campaigns.models import Campaign, Post, PostNews
from campaigns.news import NewsKind
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import people_who_can


def news_write(post: Post, kind: NewsKind, user_ids: Iterable[int | None], *, key: str) -> None:
    """Have people told, each once per `key`. The caller leaves out whoever did it."""
    told = sorted({pk for pk in user_ids if pk is not None})
    if not told:
        return
    at = now()
    PostNews.objects.bulk_create(
        [PostNews(post=post, user_id=pk, kind=kind, key=key, created_at=at) for pk in told],
        ignore_conflicts=True,
    )
    ring_on_commit("post_news")


def owners_of(post: Post) -> set[int]:
    """Return who answers for a post: its writer, and the owners of its campaign."""
    owners = {post.author_id}
    if post.campaign_id is not None:
        rows = Campaign.owners.through.objects.filter(campaign=post.campaign_id)
        owners |= set(rows.values_list("user_id", flat=True))
    return owners


def news_hand_on(give: Callable[[PostNews], None], limit: int = 100) -> int:
    """Hand on what waits, oldest first; who may not read the post by now is not told. Returns how many."""
    with transaction.atomic():
        waiting = PostNews.objects.filter(handed_at=None).select_related("post").order_by("pk")
        rows = list(waiting.select_for_update(skip_locked=True, of=("self",))[:limit])
        readers: dict[int, set[int]] = {}
        for row in rows:
            unit_id = row.post.unit_id
            if unit_id not in readers:
                found = people_who_can(Ability.READ_POSTS, unit_id)
                readers[unit_id] = set(found.values_list("pk", flat=True))
            if row.user_id in readers[unit_id]:
                give(row)
        PostNews.objects.filter(pk__in=[row.pk for row in rows]).update(handed_at=now())
    return len(rows)
