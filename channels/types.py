"""What crosses the port: frozen values, no rows, no SDK objects."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

#: Where a poll continues. Opaque to everyone but the adapter that wrote it; JSON-serialisable.
Cursor = Mapping[str, Any]


class ItemKind(StrEnum):
    """How something reached us."""

    MENTION = "mention"
    REPLY = "reply"
    COMMENT = "comment"
    VISITOR_POST = "visitor_post"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"
    WEBMENTION = "webmention"
    KEYWORD = "keyword"  # found by words: it does not speak to us
    TAGGED = "tagged"  # somebody's own post that names our page
    REPOST = "repost"  # somebody passes a post on; nothing of it is their own words
    OWN_POST = "own_post"


class SideKind(StrEnum):
    """What an account is read for beside what speaks to it. All but what is planned is in the ledger."""

    SEARCH = "search"  # words that somebody uses without speaking to us
    TAGGED = "tagged"  # posts of others that name our page
    ACTIVITY = "activity"  # what moves below posts that every poll no longer reads
    PLANNED = "planned"  # what is scheduled on the platform itself


class CameAs(StrEnum):
    """How an item came to us. What did not come live came late, by no fault of the desk."""

    LIVE = "live"
    FILLED = "filled"  # after an outage, or when a hole was filled
    HISTORY = "history"  # from before the account was connected


class Visibility(StrEnum):
    """Whether the public can see an item on its platform."""

    PUBLIC = "public"
    HELD = "held"
    HIDDEN = "hidden"
    SPAM = "spam"
    REMOVED = "removed"


class Limit(StrEnum):
    """What a platform says beforehand against answering an item."""

    CLOSED = "closed"  # it takes no answer of ours
    UNSUMMONED = "unsummoned"  # it does not speak to us: X may refuse an answer
    NO_PRIVATE = "no_private"  # it takes no private answer


class OutgoingKind(StrEnum):
    """What a delivery puts on a platform."""

    REPLY = "reply"
    PRIVATE = "private"  # an answer that only the customer reads
    POST = "post"


class FollowKind(StrEnum):
    """What a delivery takes from the one it follows."""

    THREAD = "thread"  # it hangs under it
    ANNOUNCE = "announce"  # it carries its address
    AFTER = "after"  # nothing: it only comes later


class Threading(StrEnum):
    """How further words of ours hang under a post of ours."""

    NONE = ""
    CHAIN = "chain"  # each under the one before
    FLAT = "flat"  # all under the post


#: Where the address of what is announced goes, perhaps with tags for it: {{link}}, {{link?a=b}}.
LINK = re.compile(r"\{\{\s*(?:link|주소)\s*(?:\?([^{}\s]*))?\s*\}\}")

#: What answers a customer, publicly or not.
ANSWERS = frozenset({OutgoingKind.REPLY, OutgoingKind.PRIVATE})


class ModerationVerb(StrEnum):
    """What may be done to something that stands on a platform, short of answering it."""

    HIDE = "hide"
    UNHIDE = "unhide"
    APPROVE = "approve"
    HOLD = "hold"
    SPAM = "spam"
    UNSPAM = "unspam"
    TRASH = "trash"
    UNTRASH = "untrash"
    DELETE_OWN = "delete_own"


#: How an item may look once the platform has done what a verb asks for.
OUTCOMES: Mapping[ModerationVerb, frozenset[Visibility]] = {
    ModerationVerb.HIDE: frozenset({Visibility.HIDDEN}),
    ModerationVerb.UNHIDE: frozenset({Visibility.PUBLIC}),
    ModerationVerb.APPROVE: frozenset({Visibility.PUBLIC}),
    ModerationVerb.HOLD: frozenset({Visibility.HELD}),
    ModerationVerb.SPAM: frozenset({Visibility.SPAM}),
    ModerationVerb.UNSPAM: frozenset({Visibility.PUBLIC, Visibility.HELD}),
    ModerationVerb.TRASH: frozenset({Visibility.REMOVED}),
    ModerationVerb.UNTRASH: frozenset({Visibility.PUBLIC, Visibility.HELD, Visibility.SPAM}),
    ModerationVerb.DELETE_OWN: frozenset({Visibility.REMOVED}),
}


class Counting(StrEnum):
    """How a platform counts a text's length."""

    X_WEIGHTED = "x_weighted"
    CHARACTERS = "characters"


@dataclass(frozen=True, slots=True)
class Profile:
    """A person or page as the platform describes it."""

    external_id: str
    name: str = ""
    handle: str = ""
    url: str = ""
    avatar_url: str = ""
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or film attached to something we read. `preview` is a film's first picture, if known."""

    url: str
    kind: str = "image"
    alt_text: str = ""
    preview: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One item as the platform shows it now.

    `text` is plain: unescaped, tags removed, NFC. `thread_external_id` is the root under which the
    platform shows it (X conversation, Facebook post, blog article); `parent_external_id` is what it
    answers, empty when it answers nothing. `context` is the title or text of the root, when known.
    `author` is None when the platform withholds it. `limits` is what speaks against an answer, empty
    where the platform tells nothing. `reactions` counts likes and their kin, None where nobody tells.
    """

    external_id: str
    kind: ItemKind
    text: str
    posted_at: datetime
    thread_external_id: str
    author: Profile | None = None
    parent_external_id: str = ""
    permalink: str = ""
    visibility: Visibility = Visibility.PUBLIC
    is_own: bool = False
    language: str = ""
    context: str = ""
    context_url: str = ""
    media: tuple[Media, ...] = ()
    reactions: int | None = None
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """A stream has been read to its end: everything since a moment, up to when the reading began.

    Without `since` it joins what was read of the stream before.
    """

    stream: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a poll: land `items` and store `next_cursor` in the same transaction.

    `has_more` asks for another fetch at once. `gap` says in words what the platform could no longer
    give (X keeps 800 mentions), empty when nothing was lost. `above` are posts that items hang under
    and that are no items themselves, as far as they came along. `reached` tells the streams that came to
    their end with this page. A page of the past says what `share` of its reading is done, between 0 and 1.
    """

    items: tuple[Fetched, ...]
    next_cursor: Cursor
    has_more: bool = False
    gap: str = ""
    above: tuple[Fetched, ...] = ()
    reached: tuple[Reach, ...] = ()
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A post that is scheduled on the platform itself, without us."""

    external_id: str
    text: str
    due_at: datetime
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class Recheck:
    """Known items read again: how they look now, and the ids that are gone."""

    items: tuple[Fetched, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingMedia:
    """A file on its way out."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)
    alt_text: str = ""


#: A film that one worker uploads within its lease; platforms take more.
LARGEST_FILM = 100_000_000


@dataclass(frozen=True, slots=True)
class Article:
    """What only a blog takes: its own summary, the numbers of its categories there, and who signs.

    `author` is the number of a user there other than the account's own, `author_name` a name that stands
    in place of the user's.
    """

    excerpt: str = ""
    categories: tuple[int, ...] = ()
    author: int = 0
    author_name: str = ""


def article_of(kept: Mapping[str, Any]) -> Article:
    """Return what a delivery keeps of an article."""
    return Article(
        str(kept.get("excerpt") or ""), tuple(kept.get("categories") or ()),
        int(kept.get("author") or 0), str(kept.get("author_name") or ""),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Category:
    """A heading under which a blog files its articles."""

    number: int
    name: str


def mark_of(nonce: str) -> str:
    """Return the end of a nonce: 32 bits of chance, short enough to stand in an address that people read."""
    return nonce[-8:]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something to put on a platform.

    `nonce` is unique per delivery and stable over its attempts; platforms that let us name what we
    create (WordPress slugs) carry the `mark` of it. `media_handles` are what `prepare` got for `media`.
    """

    kind: OutgoingKind
    text: str
    nonce: str
    title: str = ""
    reply_to: str = ""
    thread: str = ""
    media: tuple[OutgoingMedia, ...] = ()
    media_handles: tuple[str, ...] = ()
    article: Article = Article()

    @property
    def mark(self) -> str:
        """What a public address can carry of the nonce."""
        return mark_of(self.nonce)

    def with_handles(self, handles: tuple[str, ...]) -> "Outgoing":
        """Return a copy that carries uploaded media."""
        return replace(self, media_handles=handles)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that something stands on the platform. `is_held` means it waits for the host's approval."""

    external_id: str
    url: str = ""
    posted_at: datetime | None = None
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do, as data, so that screens ask before the operator types.

    `recheck_batch` is the number of known items one `recheck` call may ask for, 0 when the channel
    cannot be asked. `private_days` says for how long after it was written a comment may be answered
    privately, once, in up to `private_length` characters; 0 where there is no such thing. An answer in
    public carries up to `max_reply_media` pictures. `moderation` holds the verbs of `moderate` that the channel knows.
    A post carries up to `max_media` files of up to `largest_media` bytes each, `gif_alone` when a GIF
    stands with no other; a GIF may have `largest_gif` bytes, and a film, which stands
    alone where `film_alone`, `largest_film`, and be `longest_film` seconds long; an answer
    may carry one where `reply_films`.
    With `is_formatted` the text of a post is Markdown.
    `post_limits` says how many posts of one account the platform documents to take in how many seconds.
    `streams` are the listings that together make up what comes in, each with times of its own up to which
    it has been read; those in `slow_streams` are read every few polls only.
    """

    can_reply: bool
    can_post: bool
    counting: Counting
    max_length: int
    needs_title: bool = False
    max_media: int = 0
    media_types: tuple[str, ...] = ()
    recheck_batch: int = 0
    has_duplicate_guard: bool = False
    post_limits: tuple[tuple[int, int], ...] = ()
    moderation: frozenset[ModerationVerb] = frozenset()
    max_reply_media: int = 0
    private_days: int = 0
    private_length: int = 0
    largest_media: int = 0
    largest_gif: int = 0
    film_types: tuple[str, ...] = ()
    largest_film: int = 0
    longest_film: int = 0
    film_alone: bool = True
    reply_films: bool = False
    gif_alone: bool = False
    threading: Threading = Threading.NONE
    has_categories: bool = False
    is_formatted: bool = False
    streams: tuple[str, ...] = ()
    slow_streams: frozenset[str] = frozenset()

    def most_bytes(self, content_type: str) -> int:
        """Return how large a file of a type may be."""
        if content_type in self.film_types:
            return self.largest_film
        return (self.largest_gif if content_type == "image/gif" else 0) or self.largest_media
