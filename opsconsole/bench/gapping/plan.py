"""What happens on one simulated day, by a seed: who writes, what goes wrong, when processes die. Pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

#: The accounts of a day, by our kind of channel.
KINDS = ("x", "facebook", "blog")
DAY = 1440
#: Share of accounts whose platform pushes beside being polled.
PUSHING = 0.7
HOUR_MS = 3_600_000
#: What X keeps; a flood in the dark is larger than that.
FLOOD = (820, 1000)


class Trouble(StrEnum):
    """What may go wrong for a while."""

    DOWN = "down"  # the platform answers 503
    REVOKED = "revoked"  # the login is lost until somebody reconnects
    LIMITED = "limited"  # the platform asks for patience
    AWAY = "away"  # our workers do not run
    MUDDLED = "muddled"  # listings come in any order
    DOUBLED = "doubled"  # listings repeat their items
    SHUT = "shut"  # our doors do not answer


@dataclass(frozen=True, slots=True)
class Spell:
    """Something goes wrong on one account, or everywhere, between two minutes."""

    trouble: Trouble
    kind: str
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody outside does something at a minute: says so many things, changes or takes back the n-th newest."""

    minute: float
    kind: str
    verb: str
    count: int = 1
    which: int = 0


@dataclass(slots=True)
class Plan:
    """A whole day. `dice` decides what cannot be planned: which statement a process dies at."""

    seed: int
    deeds: list[Deed] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    dice: random.Random = field(default_factory=random.Random)
    #: How badly each platform pushes; one that is not named pushes nothing that day.
    manners: dict[str, dict[str, Any]] = field(default_factory=dict)

    def during(self, minute: float, kind: str) -> set[Trouble]:
        """Return what is wrong with an account at a minute."""
        return {
            spell.trouble
            for spell in self.spells
            if spell.begins <= minute < spell.ends and spell.kind in {kind, ""}
        }


def plan_of(seed: int) -> Plan:
    """Return the day of a seed: the same one for the same seed."""
    dice = random.Random(seed)
    plan = Plan(seed, dice=random.Random(seed + 1_000_000))
    for kind in KINDS:
        plan.deeds += _deeds(dice, kind)
        plan.spells += _spells(dice, kind)
    plan.spells += [_spell(dice, Trouble.AWAY, "") for _ in range(dice.randrange(3))]
    if dice.random() < 0.3:
        plan.deeds.append(_flood(dice, plan))
    _push_plan(plan, random.Random(seed + 2_000_000))
    plan.deeds.sort(key=lambda deed: deed.minute)
    return plan


def _push_plan(plan: Plan, dice: random.Random) -> None:
    """Decide who pushes that day and how badly, when our doors are shut, and who links to the blog."""
    for kind in KINDS:
        if dice.random() < PUSHING:
            plan.manners[kind] = {
                "loss": dice.choice([0, 0.1, 0.5]),
                "repeat": dice.choice([0, 0.1, 0.4]),
                "spread_ms": dice.choice([0, 60_000, HOUR_MS, 4 * HOUR_MS]),
                "forged": dice.choice([0, 0.1]),
                "noise": dice.choice([0, 0.2]),
                "batch": dice.choice([1, 20, 1000]),
            }
    plan.spells += [_spell(dice, Trouble.SHUT, "") for _ in range(dice.randrange(3))]
    if "blog" in plan.manners:
        for verb, most in (("ping", 6), ("reping", 6)):
            for _ in range(dice.randrange(most)):
                plan.deeds.append(
                    Deed(dice.uniform(30, DAY), "blog", verb, which=dice.randrange(4))
                )


def _deeds(dice: random.Random, kind: str) -> Iterator[Deed]:
    for _ in range(dice.randint(40, 90)):
        yield Deed(dice.uniform(0, DAY), kind, "say")
    for _ in range(dice.randrange(3)):
        yield Deed(dice.uniform(0, DAY), kind, "say", count=dice.randint(30, 160))
    for verb, most in (("edit", 12), ("delete", 12), ("visit", 10)):
        for _ in range(dice.randrange(most)):
            yield Deed(dice.uniform(30, DAY), kind, verb, which=dice.randrange(40))
    if kind == "blog":
        for verb in ("spam", "approve", "trash"):
            for _ in range(dice.randrange(5)):
                yield Deed(dice.uniform(30, DAY), kind, verb, which=dice.randrange(40))


def _spells(dice: random.Random, kind: str) -> Iterator[Spell]:
    for trouble in Trouble:
        if trouble not in {Trouble.AWAY, Trouble.SHUT} and dice.random() < 0.4:
            yield _spell(dice, trouble, kind)


def _spell(dice: random.Random, trouble: Trouble, kind: str) -> Spell:
    begins = dice.randrange(60, DAY - 120)
    return Spell(trouble, kind, begins, min(begins + dice.randint(10, 300), DAY - 60))


def _flood(dice: random.Random, plan: Plan) -> Deed:
    """So many mentions while X is not read that it does not keep them all."""
    begins = dice.randrange(120, DAY - 400)
    plan.spells.append(Spell(Trouble.AWAY, "x", begins, begins + 180))
    return Deed(begins + 90, "x", "say", count=dice.randint(*FLOOD))
