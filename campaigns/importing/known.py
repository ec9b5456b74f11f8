"""What the cells of a file may name: accounts, campaigns and pictures in sight of its uploader. Reads no tables."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.importing.cells import MARKS
from campaigns.models import LibraryImage
from channels.models import ChannelAccount

_NUMBER = re.compile(rf"#(\d{{1,18}})(?:[ \t][^{MARKS}]*)?")


def plain(text: str) -> str:
    """Return a name as it is compared: capitals, blanks and ways of writing Hangul do not matter."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def number_in(given: str) -> int | None:
    """Return the number that a word such as "#12" or "#12 spring.png" begins with."""
    found = _NUMBER.fullmatch(given.strip())
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Account:
    """An account that a row may name: `may` says whether its maker may post there."""

    row: ChannelAccount
    may: bool

    @property
    def pk(self) -> int:
        """Its number."""
        return int(self.row.pk)

    @property
    def kind(self) -> str:
        """Its channel."""
        return str(self.row.kind)

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.row.name)

    @property
    def handle(self) -> str:
        """Its handle, empty where it has none."""
        return str(self.row.handle)

    @property
    def is_silent(self) -> bool:
        """Whether nothing can be sent from it now."""
        return not self.row.can_speak

    @property
    def names(self) -> set[str]:
        """All words by which it may be named."""
        names = {plain(self.name), f"#{self.pk}", plain(f"{self.kind}:{self.name}")}
        if self.handle:
            handle = plain(self.handle).removeprefix("@")
            names |= {handle, f"@{handle}"}
        return names

    def categories_named(self, given: str) -> list[int]:
        """Return the blog's categories that somebody may mean by a name or #number."""
        rows, number = self.row.categories, number_in(given)
        if number is not None:
            return [row["number"] for row in rows if row["number"] == number]
        return [row["number"] for row in rows if plain(row["name"]) == plain(given)]


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are read against: accounts in sight, campaigns by name, pictures that are named, and the moment."""

    accounts: tuple[Account, ...]
    campaigns: tuple[tuple[int, str], ...]
    at: datetime
    images: Mapping[int, LibraryImage] = field(default_factory=dict)

    def named(self, given: str) -> list[Account]:
        """Return the accounts that somebody may mean by a name, a handle or #number."""
        return [one for one in self.accounts if plain(given) in one.names]

    def campaigns_named(self, given: str) -> list[int]:
        """Return the campaigns that somebody may mean by a name or #number."""
        wanted = plain(given)
        return [pk for pk, name in self.campaigns if wanted in {plain(name), f"#{pk}"}]

    def images_named(self, given: str) -> list[int]:
        """Return the pictures that somebody may mean by a name, by #number, or by both.

        An archived one is found by its number alone.
        """
        number = number_in(given)
        if number is not None:
            return [number] if number in self.images else []
        offered = {pk: one.name for pk, one in self.images.items() if one.archived_at is None}
        return [pk for pk, name in offered.items() if plain(name) == plain(given)]
