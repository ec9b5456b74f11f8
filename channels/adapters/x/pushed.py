"""What X pushes, read: activities of one user. Pure.

https://docs.x.com/x-api/activity/event-payloads
"""

from collections.abc import Mapping
from typing import Any

from channels.adapters.x import mapping
from channels.tidings import Gone, Tidings
from channels.types import ItemKind

JSON = Mapping[str, Any]

#: What a post must carry to be taken as it is; X may leave fields out of an event.
_NEEDED = ("id", "text", "author_id", "conversation_id", "created_at")


def tidings_of(body: JSON, *, base_url: str) -> dict[str, Tidings]:
    """Return what a call says, by the user it is about. Raises when it is no such call."""
    if "for_user_id" in body:
        return {str(body["for_user_id"]): _account_activity(body)}
    data = body["data"]
    activities = data if isinstance(data, list) else [data]
    found: dict[str, Tidings] = {}
    for activity in activities:
        about = str((activity.get("filter") or {}).get("user_id") or "")
        told = _activity(activity, own_id=about, base_url=base_url)
        found[about] = found.get(about, Tidings()) + told
    return found


def _activity(activity: JSON, *, own_id: str, base_url: str) -> Tidings:
    kind = str(activity["event_type"])
    post = activity.get("payload") or {}
    if not kind.startswith("post.") or not own_id:
        return Tidings(ignored=1)
    if kind.endswith(".delete"):
        key = _id(post)
        return Tidings(gone=(Gone(key, ItemKind.MENTION, key),))
    if not kind.endswith(".create") or kind == "post.repost.create":
        return Tidings(ignored=1)
    includes = activity.get("includes") or {}
    if not _is_told_in_full(post, includes, own_id):
        return Tidings(look=(_id(post),))
    body = {"data": [post], "includes": includes}
    fresh = tuple(mapping.items_of(body, own_id=own_id, base_url=base_url))
    return Tidings(fresh=fresh) if fresh else Tidings(look=(_id(post),))


def _id(post: JSON) -> str:
    key = str(post.get("id") or (post.get("post") or {}).get("id") or "")
    if not key.isdigit():
        raise ValueError("an activity names no post")
    return key


def _is_told_in_full(post: JSON, includes: JSON, own_id: str) -> bool:
    """Whether a poll would tell no more: a first version, its author, what it answers, its pictures, whom it names."""
    if not all(post.get(name) for name in _NEEDED) or mapping.first_id(post) != str(post["id"]):
        return False
    users = {str(user.get("id")) for user in includes.get("users") or []}
    posts = [*(includes.get("tweets") or []), *(includes.get("posts") or [])]
    known = {str(one.get("id")) for one in posts}
    media = {one.get("media_key") for one in includes.get("media") or []}
    above = post.get("referenced_tweets") or post.get("referenced_posts") or []
    pictures = (post.get("attachments") or {}).get("media_keys") or []
    is_answer = bool(post.get("in_reply_to_user_id"))
    is_own = str(post["author_id"]) == own_id
    return (
        str(post["author_id"]) in users
        and all(str(one.get("id")) in known for one in above)
        and set(pictures) <= media
        and (bool(above) or not is_answer)
        and (is_own or bool(post.get("entities")))
    )


def _account_activity(body: JSON) -> Tidings:
    """Read the older form, whose posts have other fields than ours: only their ids are of use."""
    look = [str(post["id_str"]) for post in body.get("tweet_create_events") or []]
    gone = [str(one["status"]["id"]) for one in body.get("tweet_delete_events") or []]
    others = [
        some for name, some in body.items() if name.endswith("_events") and isinstance(some, list)
    ]
    return Tidings(
        look=tuple(look),
        gone=tuple(Gone(key, ItemKind.MENTION, key) for key in gone),
        ignored=sum(map(len, others)) - len(look) - len(gone),
    )
