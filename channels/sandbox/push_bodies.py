"""What the platforms push when something happens: Facebook's changes and X's activity, as they spell them. No HTTP."""

import uuid
from collections.abc import Iterator
from typing import Any

from channels.sandbox.clock import now
from channels.sandbox.rows import Account, FbObject, Tweet
from channels.sandbox.wire import Call
from channels.sandbox.world import World
from channels.sandbox.x_params import (
    MEDIA_FIELDS,
    OLD_EXPANSIONS,
    TWEET_FIELDS,
    USER_FIELDS,
    Wanted,
)
from channels.sandbox.x_view import Includes, show_tweet

Body = dict[str, Any]
#: Everything at once: what X includes in an event without being asked.
_WHOLE = Wanted(TWEET_FIELDS, USER_FIELDS, MEDIA_FIELDS, OLD_EXPANSIONS, new_names=False)


def concerned(world: World, row: object) -> list[Account]:
    """Return the accounts to whose listeners an event about this row goes."""
    if isinstance(row, FbObject):
        page = world.account_of("facebook", row.page_id)
        return [page] if page else []
    if isinstance(row, Tweet):
        quoted = world.store.tweets.get(row.quote_of)
        ids = [row.author_id, *row.mentions, row.reply_to_user, quoted.author_id if quoted else ""]
        found = (world.account_of("x", one) for one in dict.fromkeys(ids) if one)
        return [account for account in found if account]
    return []


def events_of(
    world: World, account: Account, what: str, row: object, origin: str
) -> Iterator[Body]:
    """Yield what is pushed to one account's listener, in the platform's own words; nothing for what it keeps quiet."""
    if isinstance(row, FbObject):
        yield _change(world, account, what, row, origin)
        if row.tagged and what == "add":
            yield {"field": "mention", "value": _mention(world, account, row)}
    elif isinstance(row, Tweet):
        for kind in _kinds(world, account, what, row):
            yield _activity(world, account, kind, row, origin)


def reaction(row: FbObject) -> Body:
    """Return a change that nobody answers: somebody likes something."""
    who = {"id": "2000000000000777", "name": "지나가는 사람"}
    value = {"item": "reaction", "reaction_type": "like", "verb": "add", "from": who}
    target = {"post_id": row.post_id or row.id, "parent_id": row.post_id or row.id}
    if row.kind == "comment":
        target["comment_id"] = row.id
    return {"field": "feed", "value": {**value, **target, "created_time": int(now())}}


# --- Facebook


def _change(world: World, account: Account, what: str, row: FbObject, origin: str) -> Body:
    at = row.created if what == "add" else now()
    value: Body = {"verb": what, "created_time": int(at), **_names(world, account, row)}
    if row.kind == "comment":
        value |= {"item": "comment", "comment_id": row.id, "post_id": row.post_id,
                  "parent_id": row.parent_id}  # fmt: skip
    else:
        value |= {"item": "photo" if row.photos else "status", "post_id": row.id}
        value |= {"published": 1} if what == "add" else {}
    if what in {"add", "edited"}:
        if row.message:
            value["message"] = row.message
        if row.photos:
            value["photo" if row.kind == "comment" else "link"] = f"{origin}/media/{row.photos[0]}"
    if world.setting("fb_push_form", account) == "old":
        value = _old(value)
    return {"field": "feed", "value": value}


def _names(world: World, account: Account, row: FbObject) -> Body:
    """Return `from`; the key is missing where Facebook withholds the person."""
    if row.author_id == row.page_id:
        return {"from": {"id": row.page_id, "name": account.title}}
    person = world.store.fb_people.get(row.author_id)
    withheld = world.setting("fb_from", account) == "missing"
    if person is None or person.withheld or withheld:
        return {}
    return {"from": {"id": person.id, "name": person.name}}


def _mention(world: World, account: Account, row: FbObject) -> Body:
    value = {"item": "post", "verb": "add", "post_id": row.id, "created_time": int(row.created)}
    who = _names(world, account, row).get("from")
    return value | ({"sender_id": who["id"], "sender_name": who["name"]} if who else {})


def _old(value: Body) -> Body:
    """Spell a change as Facebook did before it had `from`: names apart, whole ids as numbers."""
    who = value.pop("from", None)
    if who:
        value |= {"sender_id": int(who["id"]), "sender_name": who["name"]}
    if value["verb"] == "add" and "photo" in value:
        value.pop("created_time")
    return value


# --- X


def _kinds(world: World, account: Account, what: str, tweet: Tweet) -> list[str]:
    """Return the activities in which one account sees an event; an answer to it is a mention as well."""
    own = account.identity
    if tweet.author_id == own:
        return [f"post.{what}"]
    if what != "create":
        return []  # what strangers take away, X does not push
    quoted = world.store.tweets.get(tweet.quote_of)
    seen = {
        "post.mention.create": own in tweet.mentions,
        "post.reply.create": tweet.reply_to_user == own,
        "post.quote.create": quoted is not None and quoted.author_id == own,
    }
    return [kind for kind, is_so in seen.items() if is_so]


def _activity(world: World, account: Account, kind: str, tweet: Tweet, origin: str) -> Body:
    """Wrap a post. https://docs.x.com/x-api/activity/event-payloads"""
    data: Body = {
        "event_uuid": str(uuid.UUID(int=world.random.getrandbits(128))),
        "filter": {"user_id": account.identity},
        "event_type": kind,
        "tag": account.id,
    }
    form = world.setting("x_push_form", account)
    if kind.endswith(".delete"):
        data["payload"] = {"id": tweet.id, "author_id": tweet.author_id}
    elif form == "bare":
        data["payload"] = {"id": tweet.id, "text": tweet.text, "author_id": tweet.author_id}
    else:
        call = _call(world, origin)
        includes = Includes(call, _WHOLE)
        includes.collect(tweet)
        data["payload"] = show_tweet(world, tweet, _WHOLE)
        data["includes"] = includes.shown().get("includes", {})
    return {"data": data}


def _call(world: World, origin: str) -> Call:
    """Return a call that nobody made: what shows posts wants one."""
    return Call(
        world=world, platform="x", method="GET", path="/", raw_path="/", query=[], headers={},
        body=b"", origin=origin, mount="/x", at=now(),
    )  # fmt: skip
