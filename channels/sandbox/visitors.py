"""The public: strangers who write, edit, delete, approve. Used by the control API, pages and story."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from channels.sandbox.clock import now, parse_time
from channels.sandbox.fb_posts import (
    delete_object,
    edit_object,
    make_comment,
    make_person,
    make_post,
)
from channels.sandbox.media import draw_picture, fill
from channels.sandbox.rows import Account, FbObject, Media, WpComment
from channels.sandbox.world import World
from channels.sandbox.wp_comments import STATUS_WORDS, add_comment
from channels.sandbox.wp_text import encode_name, filter_comment
from channels.sandbox.x_posts import delete_tweet, edit_tweet, make_tweet, make_user, repost


class Refusal(ValueError):
    """Says what is wrong with a wish."""


def account_named(world: World, platform: str, name: str) -> Account:
    """Return an account by its name, id on the platform or handle; the first one for no name."""
    found = [a for a in world.store.accounts.all() if a.platform == platform]
    wanted = name.lstrip("@")
    for account in found:
        if not wanted or wanted in {account.id, account.identity, account.handle}:
            return account
    raise Refusal(f"no account {name!r} on {platform!r}")


def _media(world: World, wish: Mapping[str, Any], owner: str) -> list[str]:
    """Store the attached pictures: `true`, or base64 texts."""
    given = wish.get("media") or []
    ids = []
    for piece in given if isinstance(given, list) else [given]:
        try:
            drawn = not isinstance(piece, str)
            content = draw_picture(world.random.randrange(40, 200)) if drawn else b""
            content = content or base64.b64decode(str(piece), validate=True)
        except binascii.Error as error:
            raise Refusal("media must be base64") from error
        row = Media(id=f"9{world.serial()}", owner=owner, content_type="image/png", created=now(),
                    expires_at=now() + 86_400)  # fmt: skip
        world.store.media.put(fill(row, content))
        ids.append(row.id)
    return ids


def say(world: World, wish: Mapping[str, Any]) -> dict[str, str]:
    """Let somebody write; returns the new id.

    `id` is the sandbox's name for it, `external_id` the platform's; they differ on blogs only.
    Wishes: platform, account, author (name, or a mapping of facts), text, kind, in_reply_to, post,
    media, at.
    """
    platform = str(wish.get("platform", "x"))
    account = account_named(world, platform, str(wish.get("account") or ""))
    at = _moment(wish.get("at"))
    speakers = {"x": _say_on_x, "facebook": _say_on_facebook, "wordpress": _say_on_blog}
    if platform not in speakers:
        raise Refusal(f"platform must be one of {', '.join(speakers)}")
    item_id = speakers[platform](world, account, wish, at)
    return {"id": item_id, "external_id": item_id.split(":")[-1], "account": account.id}


def _moment(value: Any) -> float | None:
    if value is None or isinstance(value, int | float):
        return value
    try:
        return parse_time(str(value))
    except ValueError as error:
        raise Refusal("at must be a time") from error


def _facts(wish: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known about the author, whatever form it came in."""
    author = wish.get("author") or "지나가는 사람"
    return dict(author) if isinstance(author, Mapping) else {"name": str(author)}


def _handle_of(name: str) -> str:
    """Return a handle for a name that has none."""
    if name.startswith("@"):
        return name[1:]
    plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c == "_"))
    return plain[:15] or f"user_{name.encode().hex()[-9:]}"


def _say_on_x(world: World, account: Account, wish: Mapping[str, Any], at: float | None) -> str:
    facts = _facts(wish)
    name = str(facts.pop("name", facts.get("handle", "someone")))
    handle = str(facts.pop("handle", "")) or _handle_of(name)
    user = make_user(world, handle, name.lstrip("@"), **facts)
    own = world.store.x_users[account.identity]
    text, kind = str(wish.get("text", "")), wish.get("kind", "mention")
    reply_to = str(wish.get("in_reply_to") or "")
    if reply_to and world.store.tweets.get(reply_to) is None:
        raise Refusal(f"no post {reply_to}")
    if kind == "repost":
        return repost(world, user, world.store.tweets[reply_to], at=at).id
    quote_of = reply_to if kind == "quote" else ""
    if kind in {"mention", "quote"} and f"@{own.handle.lower()}" not in text.lower():
        text = f"@{own.handle} {text}"
    tweet = make_tweet(
        world,
        user,
        text,
        reply_to="" if quote_of else reply_to,
        quote_of=quote_of,
        media=_media(world, wish, user.id),
        at=at,
    )
    if wish.get("reply_settings"):
        tweet.reply_settings = str(wish["reply_settings"])
        world.store.tweets.put(tweet)
    return tweet.id


def _say_on_facebook(
    world: World, account: Account, wish: Mapping[str, Any], at: float | None
) -> str:
    facts, text = _facts(wish), str(wish.get("text", ""))
    person = make_person(world, str(facts.get("name", "")), withheld=bool(facts.get("withheld")))
    photos = _media(world, wish, person.id)
    kind = wish.get("kind") or ("comment" if wish.get("in_reply_to") else "visitor_post")
    if kind == "tagged":  # on their own timeline: no feed of the page shows it
        own = make_post(
            world, person.id, person.id, text, at=at, photos=photos, tagged=[account.identity]
        )
        return own.id
    if kind in {"visitor_post", "mention"}:
        tagged = [account.identity] if kind == "mention" else []
        row = make_post(
            world,
            account.identity,
            person.id,
            text,
            at=at,
            photos=photos,
            tagged=tagged,
            link=str(wish.get("link", "")),
        )
        return row.id
    target = _facebook_target(world, account, str(wish.get("in_reply_to") or ""))
    row = make_comment(world, target, person.id, text, at=at, photos=photos)
    if wish.get("sticker"):
        row.sticker = True
        world.store.fb_objects.put(row)
    return row.id


def react(world: World, item_id: str, count: int) -> None:
    """Let so many people like something, or love it, or laugh."""
    row = world.store.fb_objects.get(item_id)
    if row is None:
        raise Refusal(f"no object {item_id}")
    row.reactions = count
    world.store.fb_objects.put(row)


def _facebook_target(world: World, account: Account, wanted: str) -> FbObject:
    if wanted:
        row = world.store.fb_objects.get(wanted)
        if row is None:
            raise Refusal(f"no object {wanted}")
        return row
    posts = world.store.fb_objects.by("page", account.identity)
    own = [p for p in posts if p.author_id == account.identity and not p.deleted and p.published]
    if not own:
        return make_post(world, account.identity, account.identity, "안녕하세요!")
    return own[-1]


def _say_on_blog(world: World, account: Account, wish: Mapping[str, Any], at: float | None) -> str:
    facts, text = _facts(wish), str(wish.get("text", ""))
    kind = str(wish.get("kind", "comment"))
    parent = _blog_comment(world, account, wish.get("in_reply_to"))
    posts = [p for p in world.store.wp_posts.by("blog", account.identity) if p.status == "publish"]
    post = int(wish.get("post") or (parent.post if parent else posts[-1].number if posts else 0))
    name = str(facts.get("name", ""))
    row = add_comment(
        world,
        account.identity,
        post=post,
        parent=parent.number if parent else 0,
        author_name=encode_name(name),
        author_email=str(facts.get("email", f"{_handle_of(name)}@mail.example")),
        author_url=str(facts.get("url", "")),
        content=f"[&#8230;] {filter_comment(text)} [&#8230;]" if kind == "pingback"
        else filter_comment(text),
        date_gmt=now() if at is None else at,
        status=str(wish.get("status") or ("hold" if kind == "held_comment" else "approved")),
        type=kind if kind in {"pingback", "trackback"} else "comment",
    )  # fmt: skip
    return row.id


def _blog_comment(world: World, account: Account, wanted: Any) -> WpComment | None:
    if not wanted:
        return None
    key = str(wanted) if ":" in str(wanted) else f"{account.identity}:{wanted}"
    row = world.store.wp_comments.get(key)
    if row is None:
        raise Refusal(f"no comment {wanted}")
    return row


def edit(world: World, item_id: str, text: str) -> str:
    """Change what somebody wrote; returns the id of the present version."""
    store = world.store
    if tweet := store.tweets.get(item_id):
        return edit_tweet(world, store.tweets[tweet.history[-1]], text).id
    if row := store.fb_objects.get(item_id):
        edit_object(world, row, text)
    elif comment := store.wp_comments.get(item_id):
        comment.content = filter_comment(text)
        store.wp_comments.put(comment)
    else:
        raise Refusal(f"no item {item_id}")
    return item_id


def delete(world: World, item_id: str) -> None:
    """Take away what somebody wrote."""
    store = world.store
    if tweet := store.tweets.get(item_id):
        delete_tweet(world, tweet)
    elif row := store.fb_objects.get(item_id):
        delete_object(world, row)
    elif comment := store.wp_comments.get(item_id):
        comment.removed = True
        store.wp_comments.put(comment)
    elif post := store.wp_posts.get(item_id):
        post.status = "gone"
        store.wp_posts.put(post)
    else:
        raise Refusal(f"no item {item_id}")


def moderate(world: World, item_id: str, status: str) -> None:
    """Approve, hold, spam or trash a blog comment; its date stays what it was."""
    comment = world.store.wp_comments.get(item_id)
    if comment is None:
        raise Refusal(f"no comment {item_id}")
    comment.status = STATUS_WORDS[status]
    world.store.wp_comments.put(comment)
