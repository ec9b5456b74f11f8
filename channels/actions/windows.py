"""Taking calls from the windows of the platforms, and correcting these by what answers tell. Workers only.

A call is taken from every window it counts in before its first byte leaves, in one transaction: however
many machines there are, together they never ask more than a window holds. See docs/adr/0025.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from channels.errors import NoRoom
from channels.models import RateWindow
from channels.models.windows import owner_of_account, owner_of_app
from channels.quota import LENGTHS, WINDOW, Told, spans_of
from channels.ranks import Rank, kept, kept_percent
from opsconsole.kernel.clock import now
from opsconsole.kernel.plans import Statement
from opsconsole.kernel.prepared import prepared

#: The platform's clock may be so much behind ours: a window is over only after that.
MARGIN = timedelta(seconds=1)
#: How long one call may take to find out what a window holds, and how long others wait for it. A worker that
#: dies over it holds an account's calls up for so long; a slower call is at worst joined by a second one.
SCOUTING = timedelta(seconds=15)
PATIENCE, STEP = 5.0, 0.02
#: A platform that told nothing about a window is asked anew after this.
UNTOLD = timedelta(hours=1)
#: Ends of one window that two answers tell differ by no more.
SAME = timedelta(seconds=5)
#: A measure that has not moved is written down again only after this.
STALE = timedelta(seconds=60)
#: How long nobody calls what was refused without a word about how long: at first, and at most after more of them.
FIRST_HOLD, LONGEST_HOLD = timedelta(seconds=30), timedelta(minutes=15)
REFUSED = "The platform refuses more of these calls for now."
_SPENT = "The platform's allowance is used up for now."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call counts: for whom, and as what."""

    kind: str
    account_id: int
    app_key: str
    endpoint: str

    def owner(self, *, is_of_app: bool) -> str:
        """Return whose window is meant."""
        return owner_of_app(self.app_key) if is_of_app else owner_of_account(self.account_id)

    @property
    def owners(self) -> tuple[str, str]:
        """Whose windows the call may count in."""
        return self.owner(is_of_app=False), self.owner(is_of_app=True)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a call has taken: which windows it is to find out about, and what is known of the others."""

    scouted: frozenset[tuple[str, str]] = frozenset()
    known: dict[tuple[str, str], RateWindow] = field(default_factory=dict)
    #: Whether it is the one call that looks whether a refusal still holds.
    is_trial: bool = False


_TAKE = Statement("""
    UPDATE channels_ratewindow AS one SET remaining = remaining - 1
     WHERE owner = %(owner)s AND endpoint = %(endpoint)s AND span = 'window'
       AND holds = 0 AND ends_at > %(at)s AND remaining > most * %(kept)s / 100
       AND NOT EXISTS (SELECT FROM channels_ratewindow AS other
                        WHERE other.owner IN (%(owner)s, %(app)s)
                          AND other.endpoint = %(endpoint)s AND other.span <> 'window')
 RETURNING most, remaining, ends_at, heard_at
""")

_HEAR = Statement("""
    INSERT INTO channels_ratewindow AS one
           (owner, endpoint, span, is_share, most, remaining, ends_at, heard_at, holds)
    VALUES (%(owner)s, %(endpoint)s, %(span)s, %(is_share)s, %(most)s, %(left)s, %(ends_at)s, %(at)s, 0)
    ON CONFLICT (owner, endpoint, span) DO UPDATE
       SET most = EXCLUDED.most, is_share = EXCLUDED.is_share, ends_at = EXCLUDED.ends_at,
           heard_at = EXCLUDED.heard_at, scouted_until = NULL,
           remaining = CASE
               WHEN EXCLUDED.is_share OR one.remaining IS NULL THEN EXCLUDED.remaining
               WHEN one.heard_at IS NOT NULL AND EXCLUDED.ends_at > one.ends_at + %(same)s::interval
               THEN EXCLUDED.remaining
               ELSE least(one.remaining, EXCLUDED.remaining) END
     WHERE EXCLUDED.is_share OR one.heard_at IS NULL OR one.ends_at IS NULL
        OR EXCLUDED.ends_at >= one.ends_at - %(same)s::interval
 RETURNING id
""")


@prepared
def _shares(owner: str, app: str) -> QuerySet[RateWindow]:
    """What a platform tells in percent, of an account and of its application."""
    return RateWindow.objects.filter(Q(owner=owner) | Q(owner=app), is_share=True)


def call_take(place: Place, rank: Rank) -> Taken:
    """Take one call, or raise NoRoom with the moment from which this rank may call again."""
    spans = spans_of(place.kind, place.endpoint)
    if not spans:
        return _share_look(place, rank)
    own, app = place.owners
    if len(spans) == 1:
        values = {"owner": own, "app": app, "endpoint": place.endpoint, "at": now(),
                  "kept": kept_percent(rank, is_share=False)}  # fmt: skip
        for most, remaining, ends_at, heard_at in _TAKE(values):
            row = RateWindow(most=most, remaining=remaining, ends_at=ends_at, heard_at=heard_at)
            return Taken(known={(own, spans[0][0]): row})
    wanted = [
        (place.owner(is_of_app=is_of_app), span)
        for span, is_of_app in spans
        if place.app_key or not is_of_app
    ]
    return _take_slowly(place, rank, wanted)


def _take_slowly(place: Place, rank: Rank, wanted: Sequence[tuple[str, str]]) -> Taken:
    """Take under locks; wait while somebody finds out what a window holds."""
    end = time.monotonic() + PATIENCE
    while (taken := _try(place, rank, wanted)) is None:
        if time.monotonic() > end:
            raise NoRoom(_SPENT, until=now() + timedelta(seconds=PATIENCE))
        time.sleep(STEP)
    return taken


def _try(place: Place, rank: Rank, wanted: Sequence[tuple[str, str]]) -> Taken | None:
    """Take once; None while somebody else finds out. The windows are locked in one order."""
    at = now()
    mine = Q(owner__in=place.owners, endpoint=place.endpoint)
    windows = RateWindow.objects.filter(mine)
    known = set(windows.values_list("owner", "span"))
    if missing := [key for key in wanted if key not in known]:
        # In a transaction of its own: whoever makes rows holds no lock that another maker waits for.
        new = [RateWindow(owner=o, endpoint=place.endpoint, span=s) for o, s in missing]
        RateWindow.objects.bulk_create(new, ignore_conflicts=True)
    with transaction.atomic():
        locked = windows.select_for_update().order_by("owner", "span")
        rows = {(row.owner, row.span): row for row in locked}
        for row in rows.values():
            _hold_look(row, at)
            _judge(row, rank, at)
        unknown = {key: row for key, row in rows.items() if _is_unknown(row, at)}
        if any(row.scouted_until and row.scouted_until > at for row in unknown.values()):
            return None
        for key, row in rows.items():
            if key in unknown:
                row.scouted_until = at + SCOUTING
            elif row.most is not None and row.remaining is not None:
                row.remaining -= 1
        fields = ["remaining", "ends_at", "heard_at", "scouted_until", "held_until"]
        RateWindow.objects.bulk_update(rows.values(), fields)
    counted = {key: row for key, row in rows.items() if key not in unknown}
    return Taken(frozenset(unknown), counted, any(row.holds for row in rows.values()))


def _is_unknown(row: RateWindow, at: datetime) -> bool:
    is_untold = row.heard_at is not None and row.heard_at > at - UNTOLD
    return row.most is None and not is_untold


def _hold_look(row: RateWindow, at: datetime) -> None:
    """Keep off what the platform has refused; once the pause is over one call looks whether it still does."""
    if not row.holds:
        return
    if row.held_until is not None and row.held_until > at:
        raise NoRoom(REFUSED, until=row.held_until)
    row.held_until = at + SCOUTING


def _judge(row: RateWindow, rank: Rank, at: datetime) -> None:
    """Begin a window anew when it is over; NoRoom when this rank has no room in it."""
    if row.most is None or row.remaining is None:
        return
    if row.ends_at is None or row.ends_at + MARGIN <= at:
        # As much as last time, until an answer tells; its end is told then, too.
        row.remaining, row.ends_at, row.heard_at = row.most, at + LENGTHS[row.span], None
    if row.remaining <= kept(rank, row.most, is_share=False):
        raise NoRoom(_SPENT, until=row.ends_at + MARGIN)


def _share_look(place: Place, rank: Rank) -> Taken:
    """Look at what is told in percent: nothing is counted here, and whoever waited long enough looks again."""
    at, known = now(), {}
    for row in _shares(*place.owners):
        known[row.owner, row.span] = row
        if (row.remaining or 0) > kept(rank, row.most or 0, is_share=True):
            continue
        if row.ends_at is not None and row.ends_at > at:
            raise NoRoom(_SPENT, until=row.ends_at)
        free = Q(scouted_until__isnull=True) | Q(scouted_until__lte=at)
        mine = RateWindow.objects.filter(free, pk=row.pk)
        if not mine.update(scouted_until=at + SCOUTING):
            raise NoRoom(_SPENT, until=at + timedelta(seconds=PATIENCE))
        row.heard_at = None
    return Taken(known=known)


def answer_heard(place: Place, taken: Taken, told: Sequence[Told], *, is_answer: bool) -> None:
    """Correct the windows by an answer; what is as we had counted writes nothing."""
    at = now()
    for one in told:
        owner = place.owner(is_of_app=one.is_of_app)
        if one.is_of_app and not place.app_key:
            continue
        if _is_known(one, taken.known.get((owner, one.span)), at):
            continue
        _HEAR({
            "owner": owner, "endpoint": one.endpoint, "span": one.span, "is_share": one.is_share,
            "most": one.most, "left": one.left, "ends_at": one.ends_at, "at": at, "same": SAME,
        })  # fmt: skip
    silent = taken.scouted - {(place.owner(is_of_app=t.is_of_app), t.span) for t in told}
    for owner, span in silent:
        rows = RateWindow.objects.filter(owner=owner, endpoint=place.endpoint, span=span)
        rows.filter(most__isnull=True).update(
            scouted_until=None, heard_at=at if is_answer else None
        )


def _is_known(told: Told, row: RateWindow | None, at: datetime) -> bool:
    if row is None or row.heard_at is None or row.ends_at is None or row.remaining is None:
        return False
    if told.is_share:
        return row.remaining == told.left and row.heard_at > at - STALE
    is_same = abs(row.ends_at - told.ends_at) <= SAME and row.most == told.most
    return is_same and told.left >= row.remaining


def endpoint_refused(place: Place, taken: Taken) -> datetime:
    """Keep everybody off one endpoint that was refused without a word about how long; returns until when.

    Longer each time; several calls refused at once are one time. What else the account asks goes on.
    """
    at = now()
    with transaction.atomic():
        row = _held_row(place).select_for_update().first()
        if row is None:  # it left while the database was away
            return at + FIRST_HOLD
        if taken.is_trial or row.held_until is None or row.held_until <= at:
            row.held_until = at + min(FIRST_HOLD * 2 ** min(row.holds, 10), LONGEST_HOLD)
            row.holds += 1
            row.save(update_fields=["holds", "held_until"])
    return row.held_until


def endpoint_answers(place: Place) -> None:
    """Note that an endpoint that was refused answers again."""
    _held_row(place).filter(holds__gt=0).update(holds=0, held_until=None)


def _held_row(place: Place) -> QuerySet[RateWindow]:
    own = place.owner(is_of_app=False)
    return RateWindow.objects.filter(owner=own, endpoint=place.endpoint, span=WINDOW)
