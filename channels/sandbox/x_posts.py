"""How posts come to be on X, whoever writes them: threads, mentions, edits, deletions. No HTTP."""

from channels.sandbox.clock import now, snowflake_time
from channels.sandbox.rows import Tweet, XUser
from channels.sandbox.world import World
from channels.sandbox.x_view import HANDLE, is_visible


def user_by_handle(world: World, handle: str) -> XUser | None:
    """Return the user of a handle, with or without the @, in any case."""
    found = world.store.x_users.by("handle", handle.lstrip("@").lower())
    return found[0] if found else None


def make_user(world: World, handle: str, name: str, **facts: object) -> XUser:
    """Return the user of a handle, newly registered when there is none."""
    known = user_by_handle(world, handle)
    if known:
        return known
    joined = now() - 86_400 * (200 + world.random.randrange(3000))
    user = XUser(id=world.snowflakes.next(joined), handle=handle.lstrip("@"), name=name)
    for fact, value in facts.items():
        setattr(user, fact, value)
    return world.store.x_users.put(user)


def _prefix(world: World, author: XUser, parent: Tweet, text: str) -> str:
    """Return the mentions X puts before an answer, without those the author typed himself."""
    present = {handle.lower() for handle in HANDLE.findall(text)}
    ids = dict.fromkeys([parent.author_id, *parent.mentions])
    handles = [world.store.x_users[i].handle for i in ids if i != author.id]
    return "".join(f"@{handle} " for handle in handles if handle.lower() not in present)


def make_tweet(
    world: World,
    author: XUser,
    text: str,
    *,
    reply_to: str = "",
    quote_of: str = "",
    media: list[str] | None = None,
    at: float | None = None,
    visible_at: float = 0.0,
    prefix: bool = True,
) -> Tweet:
    """Store a post; an answer gets the mentions of its thread in front, as X does. Those who listen hear of it."""
    tweet = _stored(world, author, text, reply_to=reply_to, quote_of=quote_of, media=media, at=at,
                    visible_at=visible_at, prefix=prefix)  # fmt: skip
    world.happened("create", tweet)
    return tweet


def _stored(
    world: World,
    author: XUser,
    text: str,
    *,
    reply_to: str = "",
    quote_of: str = "",
    repost_of: str = "",
    media: list[str] | None = None,
    at: float | None = None,
    visible_at: float = 0.0,
    prefix: bool = True,
    conversation_id: str = "",
) -> Tweet:
    parent = world.store.tweets.get(reply_to) if reply_to else None
    full = _prefix(world, author, parent, text) + text if parent and prefix else text
    new_id = world.snowflakes.next(at)
    mentioned = [user_by_handle(world, handle) for handle in HANDLE.findall(full)]
    ids = [u.id for u in mentioned if u and u.id != author.id]
    if parent and parent.author_id != author.id:
        ids.append(parent.author_id)
    return world.store.tweets.put(
        Tweet(
            id=new_id,
            author_id=author.id,
            text=full,
            sent=text,
            created=snowflake_time(new_id),
            conversation_id=conversation_id or (parent.conversation_id if parent else new_id),
            reply_to=reply_to,
            reply_to_user=parent.author_id if parent else "",
            quote_of=quote_of,
            repost_of=repost_of,
            mentions=list(dict.fromkeys(ids)),
            media=media or [],
            history=[new_id],
            visible_at=visible_at,
        )
    )


def repost(world: World, author: XUser, original: Tweet, *, at: float | None = None) -> Tweet:
    """Pass a post on: X shows it as one of one's own, with the beginning of its words."""
    of = world.store.x_users[original.author_id]
    text = f"RT @{of.handle}: {original.text}"
    return _stored(world, author, text[:140], repost_of=original.id, at=at)


def edit_tweet(world: World, tweet: Tweet, text: str) -> Tweet:
    """Publish a new version under a new id; the old id keeps its text and leaves the timelines."""
    author = world.store.x_users[tweet.author_id]
    fresh = _stored(
        world,
        author,
        text,
        reply_to=tweet.reply_to,
        quote_of=tweet.quote_of,
        media=tweet.media,
        conversation_id=tweet.conversation_id,
    )
    fresh.history, fresh.reply_settings = [*tweet.history, fresh.id], tweet.reply_settings
    for old_id in tweet.history:
        old = world.store.tweets[old_id]
        old.history, old.superseded = fresh.history, True
        world.store.tweets.put(old)
    world.store.tweets.put(fresh)
    world.happened("create", fresh)
    return fresh


def delete_tweet(world: World, tweet: Tweet) -> None:
    """Take a post and all its versions away."""
    for version in tweet.history:
        row = world.store.tweets[version]
        row.deleted = True
        world.store.tweets.put(row)
    world.happened("delete", world.store.tweets[tweet.history[-1]])


def timeline(tweets: list[Tweet], at: float) -> list[Tweet]:
    """Return what a timeline shows, newest first."""
    shown = [t for t in tweets if is_visible(t, at) and not t.superseded]
    return sorted(shown, key=lambda t: int(t.id), reverse=True)
