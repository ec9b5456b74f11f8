"""Reads of rehearsals, each behind the gate of its campaign; a report shows what the reader may read of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from campaigns.models import Campaign, Rehearsal
from campaigns.selectors.campaigns import campaigns_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.people.roles import Ability

#: What leaves within so many seconds of its time is on time.
ON_TIME = 2.0


@dataclass(frozen=True, slots=True)
class Report:
    """What one reader may read of a report, and the numbers that follow from that.

    `rows` are placements as `campaigns.rehearsal.report` keeps them. `reasons` counts by code why some
    would not go out. `slowest` is the greatest lateness (seconds). `hidden` rows belong to units out of reach.
    """

    rows: list[dict[str, Any]]
    clashes: list[dict[str, Any]]
    limits: list[dict[str, Any]]
    injected: list[tuple[str, int]]
    duplicates: int
    seconds: float
    is_cut: bool
    hidden: int

    @property
    def going(self) -> list[dict[str, Any]]:
        """The placements that would go out."""
        return [row for row in self.rows if row["goes"]]

    @property
    def staying(self) -> list[dict[str, Any]]:
        """The placements that would not."""
        return [row for row in self.rows if not row["goes"]]

    @property
    def punctual(self) -> int:
        """How many would go out on time."""
        return sum(1 for row in self.going if (row["late"] or 0) <= ON_TIME)

    @property
    def slowest(self) -> float:
        """The greatest lateness of what would go out."""
        return max((row["late"] or 0 for row in self.going), default=0)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why how many would not go out, the most frequent reason first."""
        return Counter(row["reason"] for row in self.staying).most_common()

    @property
    def is_clean(self) -> bool:
        """Whether everything would go out on time, once, and nothing else was found."""
        return (
            not self.staying and self.punctual == len(self.rows) and not self.duplicates
            and not self.limits and not self.is_cut
        )  # fmt: skip


def may_rehearse(actor: Actor, campaign: Campaign) -> bool:
    """Tell whether somebody may have a campaign rehearsed: managers of its unit, and its owners. One query at most."""
    if actor.can(Ability.RELEASE_POSTS, campaign.unit_id):
        return True
    return (
        actor.user_id is not None
        and actor.can(Ability.WRITE_POSTS)
        and campaign.owners.filter(pk=actor.user_id).exists()
    )


def has_rehearsals(campaign: Campaign) -> bool:
    """Tell whether a campaign, which has come through its gate, was ever rehearsed. One query."""
    return Rehearsal.objects.filter(campaign=campaign).exists()


def rehearsals_for(actor: Actor) -> QuerySet[Rehearsal]:
    """Return the rehearsals of the campaigns that the actor may read."""
    mine = campaigns_for(actor).select_related(None).values("pk")
    return Rehearsal.objects.filter(campaign__in=mine).select_related("campaign__unit", "asked_by")


def rehearsal_for(actor: Actor, rehearsal_id: int) -> Rehearsal:
    """Return one rehearsal within reach; NotFound for any other."""
    found = rehearsals_for(actor).filter(pk=rehearsal_id).first()
    if found is None:
        raise NotFound
    return found


def rehearsal_page(
    actor: Actor, campaign: Campaign, *, cursor: str = "", size: int = 10
) -> KeysetPage[Rehearsal]:
    """Return one page of a campaign's rehearsals, newest first. The campaign has come through its gate."""
    rows = rehearsals_for(actor).filter(campaign=campaign)
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows.order_by("-pk")[: size + 1], size, lambda row: [row.pk])


def report_seen_by(actor: Actor, rehearsal: Rehearsal) -> Report | None:
    """Return what the actor may read of a report: the posts of units whose posts they read. None without one."""
    kept = rehearsal.report
    if kept is None:
        return None
    rows = [_timed(row) for row in kept["rows"] if _reads(actor, row)]
    injected = Counter(row["injected"] for row in rows if row["injected"])
    clashes = [one for one in kept["clashes"] if all(_reads(actor, post) for post in one["posts"])]
    return Report(
        rows=rows,
        clashes=clashes,
        limits=[_timed(one) for one in kept["limits"] if _reads(actor, one)],
        injected=injected.most_common(),
        duplicates=kept["duplicates"],
        seconds=kept["seconds"],
        is_cut=kept["is_cut"],
        hidden=len(kept["rows"]) - len(rows),
    )


def _reads(actor: Actor, kept: dict[str, Any]) -> bool:
    return actor.can(Ability.READ_POSTS, kept["unit"])


def _timed(kept: dict[str, Any]) -> dict[str, Any]:
    """Return a kept row with its moments as such again."""
    moments = {
        name: datetime.fromisoformat(kept[name])
        for name in ("planned", "went", "from")
        if kept.get(name)
    }
    return kept | moments
