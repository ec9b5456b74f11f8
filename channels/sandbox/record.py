"""A platform's own truth about an account: everything that stands or stood where it reads. No HTTP."""

from typing import Any

from channels.sandbox.rows import Account
from channels.sandbox.world import World


def record_of(world: World, account: Account) -> list[dict[str, Any]]:
    """Return id, text, time, and whether it is ours and gone, of each thing, in its latest form."""
    kinds = {"x": _on_x, "facebook": _on_facebook, "wordpress": _on_blog}
    return kinds[account.platform](world, account)


def _on_x(world: World, account: Account) -> list[dict[str, Any]]:
    rows = [
        *world.store.tweets.by("mention", account.identity),
        *world.store.tweets.by("author", account.identity),
    ]
    return [
        {
            "id": row.history[0],
            "text": row.text,
            "at": world.store.tweets[row.history[0]].created,
            "is_own": row.author_id == account.identity,
            "is_gone": row.deleted,
        }
        for row in {row.id: row for row in rows}.values()
        if not row.superseded
    ]


def _on_facebook(world: World, account: Account) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "text": row.message,
            "at": row.created,
            "is_own": row.author_id == account.identity,
            "is_gone": row.deleted,
        }
        for row in world.store.fb_objects.all()
        if row.page_id == account.identity
    ]


def _on_blog(world: World, account: Account) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.number),
            "text": row.content,
            "at": row.date_gmt,
            "is_own": False,
            "is_gone": row.removed or row.status == "trash",
            "is_spam": row.status == "spam",
        }
        for row in world.store.wp_comments.by("blog", account.identity)
    ]
