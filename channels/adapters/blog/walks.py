"""How a site's comments are walked by number, newest first, with pages that overlap. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from channels.adapters.blog import mapping
from channels.coverage import BEGINNING
from channels.types import Reach

COMMENTS = "comments"
#: Comments a page. Pages overlap: what is deleted meanwhile must not push others past us.
PER_PAGE, STEP = 50, 40
#: Comments of the past that the first walk of an account brings in, at most.
FIRST_WALK = 1000
#: How far a comment's time may be from those of its neighbours by number: the hour that occurs twice,
#: and comments that lay on a site whose clock was wrong.
STRAY = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a walk: its rows, where it began, and the smallest number of the page before it."""

    rows: Sequence[Mapping[str, Any]]
    offset: int = 0
    low: int = 0

    @property
    def numbers(self) -> list[int]:
        """Return the numbers of its comments."""
        return [int(row["id"]) for row in self.rows]

    @property
    def joins(self) -> bool:
        """Whether nothing can lie between this page and the one before it."""
        if not self.offset or not self.low:
            return True
        return bool(self.rows) and max(self.numbers) >= self.low

    @property
    def place(self) -> dict[str, int]:
        """Return where the next page begins."""
        return {"offset": self.offset + STEP, "low": min(self.numbers)}

    @property
    def is_last(self) -> bool:
        """Whether the site has no more."""
        return len(self.rows) < PER_PAGE

    def is_over(self, number: int | None, moment: datetime | None) -> bool:
        """Whether a walk down to a number, or back to a moment, has come to its end."""
        if self.is_last:
            return True
        if number is not None:
            return min(self.numbers) <= number
        if moment is not None:
            return max(mapping.moment(str(row["date_gmt"])) for row in self.rows) < moment
        return self.offset + PER_PAGE >= FIRST_WALK

    def reach(self, cursor: Mapping[str, Any]) -> Reach:
        """Return what a walk for news has reached with this page, its last."""
        if cursor.get("last_id"):
            return Reach(COMMENTS)
        if cursor.get("begin"):
            return Reach(COMMENTS, datetime.fromisoformat(str(cursor["begin"])))
        times = [mapping.moment(str(row["date_gmt"])) for row in self.rows]
        return Reach(COMMENTS, BEGINNING if self.is_last else max(times))
