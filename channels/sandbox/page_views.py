"""What the public pages show: threads of entries, the same shape for every platform. No HTML."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from channels.sandbox import fb_posts, x_posts
from channels.sandbox.clock import now
from channels.sandbox.rows import Account, FbObject, Tweet, WpComment, WpPost
from channels.sandbox.world import World
from channels.sandbox.wp_text import plain

#: Threads on one page.
LENGTH = 40


@dataclass
class Entry:
    """One thing somebody wrote, at its depth in a thread."""

    id: str
    author: str
    text: str
    at: float
    anchor: str
    own: bool = False
    handle: str = ""
    followers: int = 0
    edited: bool = False
    marks: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    depth: int = 0


@dataclass
class Thread:
    """A beginning and everything below it, in reading order."""

    entries: list[Entry]

    @property
    def latest(self) -> float:
        return max(entry.at for entry in self.entries)


def _tweet_entry(world: World, tweet: Tweet, account: Account) -> Entry:
    author = world.store.x_users[tweet.author_id]
    return Entry(
        id=tweet.id,
        author=author.name,
        handle=author.handle,
        followers=author.followers,
        text=tweet.text,
        at=tweet.created,
        anchor=tweet.id,
        own=tweet.author_id == account.identity,
        edited=len(tweet.history) > 1,
        pictures=tweet.media,
    )


def _walk(
    start: Any,
    children: Callable[[str], list[Any]],
    entry: Callable[[Any], Entry],
    depth: int = 0,
) -> list[Entry]:
    """Return a row and everything that answers it, depth first."""
    shown = entry(start)
    shown.depth = min(depth, 4)
    found = [shown]
    for child in children(start.id):
        found += _walk(child, children, entry, depth + 1)
    return found


def x_threads(world: World, account: Account) -> list[Thread]:
    """Return the conversations an account is part of, the liveliest first."""
    store, at = world.store, now()
    tweets = store.tweets
    involved = tweets.by("author", account.identity) + tweets.by("mention", account.identity)
    shown = x_posts.timeline(list({t.id: t for t in involved}.values()), at)
    roots = dict.fromkeys(t.conversation_id for t in shown)

    def children(tweet_id: str) -> list[Tweet]:
        return x_posts.timeline(tweets.by("reply_to", tweet_id), at)[::-1]

    threads: list[Thread] = []
    seen: set[str] = set()
    for root_id in roots:
        root = tweets.get(root_id)
        versions = [tweets[v] for v in root.history] if root else []
        top = next((t for t in versions if not t.superseded and not t.deleted), None)
        starts = [top] if top else [t for t in shown if t.conversation_id == root_id][-1:]
        for start in starts:
            if start.id not in seen:
                entries = _walk(start, children, lambda t: _tweet_entry(world, t, account))
                seen.update(entry.id for entry in entries)
                threads.append(Thread(entries))
    return sorted(threads, key=lambda thread: thread.latest, reverse=True)[:LENGTH]


def _facebook_entry(world: World, row: FbObject, account: Account) -> Entry:
    own = row.author_id == account.identity
    person = world.store.fb_people.get(row.author_id)
    return Entry(
        id=row.id,
        author=account.title if own else person.name if person else "",
        text=row.message,
        at=fb_posts.created_at(row),
        anchor=row.id.split("_")[-1],
        own=own,
        edited=row.updated > row.created + 1 and row.kind == "comment",
        marks=["hidden"] if row.hidden else [],
        pictures=row.photos,
    )


def facebook_threads(world: World, account: Account) -> list[Thread]:
    """Return the posts on a page's wall with their comments."""
    objects, at = world.store.fb_objects, now()

    def children(row_id: str) -> list[FbObject]:
        rows = objects.by("parent", row_id)
        return [row for row in rows if fb_posts.is_visible(row, at)]

    posts = [p for p in objects.by("page", account.identity) if fb_posts.is_visible(p, at)]
    threads = [
        Thread(_walk(post, children, lambda row: _facebook_entry(world, row, account)))
        for post in posts
    ]
    return sorted(threads, key=lambda thread: thread.latest, reverse=True)[:LENGTH]


def _comment_entry(comment: WpComment) -> Entry:
    marks = [comment.status] if comment.status != "approved" else []
    marks += [comment.type] if comment.type != "comment" else []
    return Entry(
        id=comment.id,
        author=plain(comment.author_name),
        text=plain(comment.content),
        at=comment.date_gmt,
        anchor=f"comment-{comment.number}",
        own=bool(comment.author),
        marks=marks,
    )


def blog_threads(world: World, account: Account, number: int) -> list[Thread]:
    """Return the comments below an article, oldest first; held ones are marked."""
    at = now()
    rows = [
        c
        for c in world.store.wp_comments.by("blog", account.identity)
        if c.post == number and not c.removed and c.visible_at <= at
        and c.status in {"approved", "hold"}
    ]  # fmt: skip
    known = {c.number: c for c in rows}

    def children(row_id: str) -> list[WpComment]:
        parent = int(row_id.rsplit(":", 1)[-1])
        return [c for c in rows if c.parent == parent]

    roots = [c for c in rows if c.parent not in known]
    return [Thread(_walk(root, children, _comment_entry)) for root in roots]


@dataclass
class Article:
    """A blog article in a list or on its own."""

    number: int
    title: str
    text: str
    at: float
    status: str
    comments: int
    address: str
    category: str = ""


def articles(world: World, account: Account) -> list[Article]:
    """Return a blog's articles, newest first, those that wait included."""
    store, slug = world.store, account.identity
    names = {c.number: c.name for c in store.wp_categories.by("blog", slug)}
    comments = [c for c in store.wp_comments.by("blog", slug) if not c.removed]

    def shown(post: WpPost) -> Article:
        return Article(
            number=post.number,
            title=post.title,
            text=plain(post.content),
            at=post.date_gmt,
            status=post.status,
            comments=sum(c.post == post.number for c in comments),
            address=f"/world/blog/{slug}/{post.number}",
            category=names.get(post.categories[0], "") if post.categories else "",
        )

    rows = [p for p in store.wp_posts.by("blog", slug) if p.status in {"publish", "future"}]
    return [shown(p) for p in sorted(rows, key=lambda p: p.date_gmt, reverse=True)]


def address_of(account: Account) -> str:
    """Return the public page of an account."""
    kind = {"x": "x", "facebook": "facebook", "wordpress": "blog"}[account.platform]
    name = account.identity if account.platform == "facebook" else account.handle
    return f"/world/{kind}/{name}"


def home_of(account: Account) -> str:
    """Return where a blog stands, below the sandbox's own address."""
    own = {"blog", "feedblog"}
    return f"/{account.identity}" if account.identity in own else f"/blogs/{account.identity}"


def latest(world: World, account: Account, count: int = 3) -> list[Entry]:
    """Return the last few things said to or by an account."""
    if account.platform == "wordpress":
        rows = world.store.wp_comments.by("blog", account.identity)
        entries = [_comment_entry(c) for c in rows if not c.removed]
    elif account.platform == "x":
        entries = [entry for thread in x_threads(world, account) for entry in thread.entries]
    else:
        entries = [e for thread in facebook_threads(world, account) for e in thread.entries]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:count]
