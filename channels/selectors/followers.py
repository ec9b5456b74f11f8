"""Reads of how many follow an account, and of who came and went."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from channels.models import AccountFollower, ChannelAccount, FollowerSample, FollowerWatch

#: The drawing of a curve: its width and height.
WIDTH, HEIGHT = 600, 96


@dataclass(frozen=True, slots=True)
class Curve:
    """Followers day by day, oldest first, and as a line."""

    samples: list[FollowerSample]

    @property
    def latest(self) -> FollowerSample | None:
        """The newest number."""
        return self.samples[-1] if self.samples else None

    @property
    def change(self) -> int:
        """How many more at the end than at the beginning."""
        return self.samples[-1].count - self.samples[0].count if self.samples else 0

    @property
    def points(self) -> str:
        """The corners of the line, as SVG wants them."""
        counts = [sample.count for sample in self.samples]
        lowest, span = min(counts, default=0), max(counts, default=0) - min(counts, default=0)
        first = self.samples[0].day if self.samples else date.min
        days = max(1, (self.samples[-1].day - first).days) if self.samples else 1
        return " ".join(
            f"{(sample.day - first).days * WIDTH / days:.1f},"
            f"{HEIGHT - 4 - (sample.count - lowest) * (HEIGHT - 8) / (span or 1):.1f}"
            for sample in self.samples
        )


def curve_of(account: ChannelAccount, day: date, days: int) -> Curve:
    """Return the last days of an account that has come through its gate. One query."""
    since = day - timedelta(days=days - 1)
    return Curve(
        list(FollowerSample.objects.filter(account=account, day__gte=since, day__lte=day))
    )


def watch_of(account: ChannelAccount) -> FollowerWatch | None:
    """Return how an account's followers are watched."""
    return FollowerWatch.objects.filter(account=account).first()


def came_and_went(account: ChannelAccount, limit: int = 50) -> list[AccountFollower]:
    """Return who came or went last, the latest first."""
    moved = Greatest(Coalesce("came_at", "gone_at"), Coalesce("gone_at", "came_at"))
    rows = AccountFollower.objects.filter(account=account).annotate(moved_at=moved)
    return list(rows.filter(moved_at__isnull=False).order_by(F("moved_at").desc(), "pk")[:limit])
