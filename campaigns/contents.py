"""What a post says and how it is set: as a writer types it, and as plain data with one canonical form.

Pure: standard library only.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

#: What came later: absent from the canonical form where nothing is set, so that old hashes stay true.
_LATER = frozenset(
    {"parts", "excerpt", "categories", "left_out", "is_announced", "link_tag", "lateness"}
)


@dataclass(frozen=True, slots=True)
class Placing:
    """What a writer sets for one account beside its words.

    `parts` are further words that follow under the post; `excerpt` and `categories` are a blog's;
    `left_out` are numbers of pictures that do not go out here.
    """

    parts: Sequence[str] = ()
    excerpt: str = ""
    categories: Sequence[int] = ()
    left_out: Sequence[int] = ()


#: Nothing set.
PLAIN = Placing()


@dataclass(frozen=True, slots=True)
class Picked:
    """A picture of the library that goes out with a post, and what it shows there."""

    image: int
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a writer typed: a common text, and own words per account id where they differ."""

    title: str
    body: str
    account_ids: Sequence[int]
    wording: Mapping[int, str] = field(default_factory=dict)
    local_time: datetime | None = None
    time_zone: str = "Asia/Seoul"
    campaign: int | None = None
    placing: Mapping[int, Placing] = field(default_factory=dict)
    images: Sequence[Picked] = ()
    is_announced: bool = False
    link_tag: str = ""
    #: What becomes of it when it is late: a word of `campaigns.lateness`.
    lateness: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """Words on one account: `text` is empty where the post's own go out, `name` is as it was called then."""

    account: int
    name: str
    text: str
    parts: tuple[str, ...] = ()
    excerpt: str = ""
    categories: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as it was when somebody saved: its number in the library, its bytes' SHA-256, its words."""

    image: int
    sha256: str
    alt_text: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that an approval is given to. `media` are the pictures, in their order."""

    title: str
    body: str
    placements: tuple[Placed, ...]
    local_time: str
    time_zone: str
    campaign: int | None = None
    media: tuple[Shown, ...] = field(default=())
    is_announced: bool = False
    link_tag: str = ""
    lateness: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical form. Neither what an account is called
        at the moment nor a picture's number is part of it."""
        content = _without_unset(self.content())
        content["placements"] = [_without_unset(placed) for placed in content["placements"]]
        for placed in content["placements"]:
            del placed["name"]
        for shown in content["media"]:
            del shown["image"]
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def content(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        kept: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return kept

    def wording(self, account: int) -> str:
        """Return what goes out on an account; empty where the post does not stand."""
        own = next((placed for placed in self.placements if placed.account == account), None)
        return "" if own is None else own.text or self.body


def typed_again(shot: Snapshot) -> Content:
    """Return an earlier form of a post as it would be typed."""
    return Content(
        title=shot.title, body=shot.body, time_zone=shot.time_zone,
        account_ids=[placed.account for placed in shot.placements],
        wording={placed.account: placed.text for placed in shot.placements},
        local_time=datetime.fromisoformat(shot.local_time) if shot.local_time else None,
        campaign=shot.campaign,
        placing={
            one.account: Placing(one.parts, one.excerpt, one.categories, one.left_out)
            for one in shot.placements
        },
        images=[Picked(one.image, one.alt_text) for one in shot.media],
        is_announced=shot.is_announced, link_tag=shot.link_tag, lateness=shot.lateness,
    )  # fmt: skip


def settings_of(content: Content) -> dict[str, Any]:
    """Return what is set beside words, places and time, as JSON can hold it: a series keeps it so."""
    kept = {
        "placing": {str(pk): asdict(one) for pk, one in content.placing.items() if one != PLAIN},
        "images": [asdict(one) for one in content.images],
        "is_announced": content.is_announced,
        "link_tag": content.link_tag,
    }
    settings: dict[str, Any] = json.loads(json.dumps({k: v for k, v in kept.items() if v}))
    return settings


def with_settings(content: Content, kept: Mapping[str, Any]) -> Content:
    """Return a content with what `settings_of` kept."""
    return replace(
        content,
        placing={int(pk): Placing(**one) for pk, one in kept.get("placing", {}).items()},
        images=[Picked(**one) for one in kept.get("images", [])],
        is_announced=kept.get("is_announced", False),
        link_tag=kept.get("link_tag", ""),
    )


def _without_unset(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value or name not in _LATER}


def snapshot(
    *,
    title: str,
    body: str,
    placements: Iterable[Placed],
    local_time: str,
    time_zone: str,
    campaign: int | None,
    media: Iterable[Shown] = (),
    is_announced: bool = False,
    link_tag: str = "",
    lateness: str = "",
) -> Snapshot:
    """Return a snapshot whose order does not depend on how it was typed."""
    placed = tuple(sorted(placements, key=lambda one: one.account))
    return Snapshot(
        title,
        body,
        placed,
        local_time,
        time_zone,
        campaign,
        tuple(media),
        is_announced,
        link_tag,
        lateness,
    )


def from_content(content: dict[str, Any]) -> Snapshot:
    """Return the snapshot that was kept as `content`, perhaps before there were pictures and threads."""
    return snapshot(
        title=content["title"], body=content["body"],
        placements=[_placed(row) for row in content["placements"]],
        local_time=content["local_time"], time_zone=content["time_zone"],
        campaign=content["campaign"], media=[Shown(**row) for row in content["media"]],
        is_announced=content.get("is_announced", False), link_tag=content.get("link_tag", ""),
        lateness=content.get("lateness", ""),
    )  # fmt: skip


def _placed(row: Mapping[str, Any]) -> Placed:
    lists = {name: tuple(row.get(name) or ()) for name in ("parts", "categories", "left_out")}
    return Placed(**{**row, **lists})
