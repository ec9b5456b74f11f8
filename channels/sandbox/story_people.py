"""The cast of the story: believable names, handles and follower counts, the same for the same seed."""

import math
import random
from dataclasses import dataclass
from typing import Any

from channels.sandbox import story_en, story_ko

SYLLABLES = ("min", "seo", "ji", "ha", "yun", "woo", "dong", "hye", "sung", "tae", "bora", "na", "kyu",
             "jin", "da", "young", "ara", "hoon", "gam", "byul")  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody who writes now and then, on any platform."""

    name: str
    handle: str
    followers: int
    language: str = "ko"

    def facts(self) -> dict[str, Any]:
        """Return the author of a wish to the visitors' module."""
        return {
            "name": self.name,
            "handle": self.handle,
            "followers": self.followers,
            "following": 20 + self.followers % 700,
        }


def _followers(dice: random.Random) -> int:
    """Draw from what real accounts look like: most have a few hundred, few have many."""
    return int(math.exp(dice.gauss(4.9, 1.3)))


def _handle(dice: random.Random, number: int) -> str:
    if number < len(story_ko.HANDLES):
        return story_ko.HANDLES[number]
    stem = "".join(dice.choice(SYLLABLES) for _ in range(2))
    return f"{stem}{dice.choice(('', '_'))}{dice.randrange(1, 2000)}"[:15]


def make_person(dice: random.Random, number: int) -> Person:
    """Invent one Korean."""
    if dice.random() < 0.25:
        name = dice.choice(story_ko.NICKNAMES)
    else:
        name = dice.choice(story_ko.SURNAMES) + dice.choice(story_ko.GIVEN_NAMES)
    return Person(name, _handle(dice, number), _followers(dice))


class Cast:
    """Everybody who may speak."""

    def __init__(self, dice: random.Random, size: int = 90) -> None:
        self._dice = dice
        self.regulars = [make_person(dice, number) for number in range(size)]
        self.foreigners = [Person(n, h, _followers(dice), "en") for n, h in story_en.NAMES]
        self.famous = [Person(*star) for star in story_ko.CELEBRITIES]

    def pick(self, theme: str, language: str) -> Person:
        """Choose who says something of this kind."""
        if theme == "influencer":
            return self._dice.choice(self.famous)
        if language == "en":
            return self._dice.choice(self.foreigners)
        return self._dice.choice(self.regulars)

    def stranger(self) -> Person:
        """Invent somebody who was never here before."""
        return make_person(self._dice, 1000)
