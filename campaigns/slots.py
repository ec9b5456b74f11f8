"""What a calendar notices: the same minute twice, nearly the same words, and where there is room. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

#: Between these local times posts are suggested.
DAY_BEGINS, DAY_ENDS = time(9), time(21)
#: A suggested time keeps this distance from other posts of the account.
ROOM = timedelta(minutes=45)
#: Suggested times are round.
_STEP = timedelta(minutes=30)
#: Two texts with this share of common letter triples read as the same.
ALIKE = 0.7
#: Texts further apart than this may be alike.
ALIKE_WITHIN = timedelta(days=3)
#: Neighbours in time that one text is compared with: a very full day does not stop the page.
_NEIGHBOURS = 12


@dataclass(frozen=True, slots=True)
class Placed:
    """One text of one post on one account. `family` joins texts that are meant to be alike."""

    post: int
    account: int
    at: datetime
    text: str
    family: int | None = None


def same_minute(placed: Iterable[Placed]) -> dict[int, set[int]]:
    """Return, for each post, the posts that go out on one of its accounts in the same minute."""
    minutes: dict[tuple[int, datetime], set[int]] = {}
    for one in placed:
        minute = one.at.replace(second=0, microsecond=0)
        minutes.setdefault((one.account, minute), set()).add(one.post)
    return _pairs(group for group in minutes.values() if len(group) > 1)


def nearly_same(placed: Iterable[Placed]) -> dict[int, set[int]]:
    """Return, for each post, the posts that say nearly the same on one of its accounts within three days."""
    by_account: dict[int, list[tuple[Placed, frozenset[str]]]] = {}
    for one in sorted(placed, key=lambda one: one.at):
        by_account.setdefault(one.account, []).append((one, _triples(one.text)))
    found: list[set[int]] = []
    for row in by_account.values():
        for number, (one, mine) in enumerate(row):
            for other, theirs in row[number + 1 : number + 1 + _NEIGHBOURS]:
                if _are_alike(one, mine, other, theirs):
                    found.append({one.post, other.post})
    return _pairs(found)


def reads_alike(one: str, other: str) -> bool:
    """Whether two texts read as the same."""
    return _share_enough(_triples(one), _triples(other))


def _are_alike(one: Placed, mine: frozenset[str], other: Placed, theirs: frozenset[str]) -> bool:
    if one.post == other.post or other.at - one.at > ALIKE_WITHIN:
        return False
    if one.family is not None and one.family == other.family:
        return False
    return _share_enough(mine, theirs)


def _share_enough(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    fewer, more = sorted((len(mine), len(theirs)))
    if not fewer or fewer < ALIKE * more:  # too unequal to share so much: no need to compare
        return False
    return len(mine & theirs) >= ALIKE * len(mine | theirs)


def _triples(text: str) -> frozenset[str]:
    letters = "".join(text.lower().split())
    return (
        frozenset(letters[i : i + 3] for i in range(max(len(letters) - 2, 1)))
        if letters
        else frozenset()
    )


def _pairs(groups: Iterable[set[int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for group in groups:
        for post in group:
            found.setdefault(post, set()).update(group - {post})
    return found


def free_slots(
    taken: Sequence[datetime], day: date, after: datetime, wanted: int = 3
) -> list[datetime]:
    """Return local times of a day with room around them, each as far from all others as can be.

    `taken` and `after` are local, without zone: what stands already, and before what nothing is offered.
    """
    step = datetime.combine(day, DAY_BEGINS)
    offers = []
    while step <= datetime.combine(day, DAY_ENDS):
        if step > after:
            offers.append(step)
        step += _STEP
    held, found = list(taken), []
    for _number in range(wanted):
        room = {one: _room(one, held) for one in offers}
        best = max(
            room, key=lambda one: (room[one], -abs((one - _middle(day)).seconds)), default=None
        )
        if best is None or room[best] < ROOM:
            break
        found.append(best)
        held.append(best)
    return sorted(found)


def _room(at: datetime, held: Sequence[datetime]) -> timedelta:
    return min((abs(at - other) for other in held), default=timedelta(days=1))


def _middle(day: date) -> datetime:
    return datetime.combine(day, time(15))
