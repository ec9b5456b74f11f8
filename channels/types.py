"""What crosses the port: frozen values, no rows, no SDK objects."""

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
    OWN_POST = "own_post"


class Visibility(StrEnum):
    """Whether the public can see an item on its platform."""

    PUBLIC = "public"
    HELD = "held"
    HIDDEN = "hidden"
    SPAM = "spam"
    REMOVED = "removed"


class OutgoingKind(StrEnum):
    """What a delivery puts on a platform."""

    REPLY = "reply"
    POST = "post"


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
    """A picture or film attached to something we read."""

    url: str
    kind: str = "image"
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One item as the platform shows it now.

    `text` is plain: unescaped, tags removed, NFC. `thread_external_id` is the root under which the
    platform shows it (X conversation, Facebook post, blog article); `parent_external_id` is what it
    answers, empty when it answers nothing. `context` is the title or text of the root, when known.
    `author` is None when the platform withholds it.
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


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a poll: land `items` and store `next_cursor` in the same transaction.

    `has_more` asks for another fetch at once. `gap` says in words what the platform could no longer
    give (X keeps 800 mentions), empty when nothing was lost.
    """

    items: tuple[Fetched, ...]
    next_cursor: Cursor
    has_more: bool = False
    gap: str = ""


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


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something to put on a platform.

    `nonce` is unique per delivery and stable over its attempts; platforms that let us name what we
    create (WordPress slugs) carry it. `media_handles` are what `prepare` got for `media`.
    """

    kind: OutgoingKind
    text: str
    nonce: str
    title: str = ""
    reply_to: str = ""
    thread: str = ""
    media: tuple[OutgoingMedia, ...] = ()
    media_handles: tuple[str, ...] = ()

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
    cannot be asked.
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
