"""The rows behind a number: exactly those that were counted, a page at a time, the slowest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from django.utils.translation import gettext_lazy as _

from channels.models import ChannelAccount
from inbox.models import Consult, Conversation, Draft, Wait
from inbox.selectors.access import conversations_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.pagination import KeysetPage, decode, encode
from opsconsole.people.models import BusinessUnit, User
from opsconsole.reports.columns import ENDS, FLAGS, Column
from opsconsole.reports.lifecycle import Family, Measure
from opsconsole.reports.measures import RULES
from opsconsole.reports.times import Report, Wanted, report_for

#: Rows read at a time for a file.
PAGE = 500
#: What a row shows beside the time.
_COLUMNS = ("key", "ended", "account", "person")
#: Which rows of a report: named in addresses.
PARTS = ("timed", "open", "missed", "met", "all", "left_out")


@dataclass(frozen=True, slots=True)
class Behind:
    """One row as it was counted, and its conversation if it is within reach.

    `seconds` is None for what has no time; `seq` is the number of the wait that it tells of, if it tells of one.
    """

    seconds: int | None
    conversation: Conversation | None
    seq: int | None
    unit: BusinessUnit
    account: ChannelAccount | None
    person: User | None
    is_outside: bool
    opened_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    is_met: bool
    is_missed: bool


@dataclass(frozen=True, slots=True)
class _Counted:
    """One row as it stands in its book."""

    key: int
    unit: int
    account: int
    person: int
    is_outside: bool
    opened: int
    ended: int
    due: int
    seconds: int | None
    is_met: bool
    is_missed: bool


def rows_behind(
    actor: Actor, wanted: Wanted, *, part: str = "timed", cursor: str = "", size: int = 50
) -> KeysetPage[Behind]:
    """Return a page of the rows behind a number. A handful of queries."""
    if part not in PARTS:
        raise Invalid(_("There are no such rows."), code="unknown_part", field="part")
    after = tuple(map(_whole, decode(cursor, 2))) if cursor else None
    report = report_for(actor, wanted, _COLUMNS)
    page = report.known(("rows", part, after, size), lambda: _page(report, part, after, size))
    return KeysetPage(_dressed(actor, report, page.rows), page.next_cursor)


def _page(
    report: Report, part: str, after: "tuple[int, ...] | None", size: int
) -> KeysetPage[_Counted]:
    places = _part(report, part)
    order, keys = _order(report, places, part), report.rows["key"][places]
    if after is not None:
        value, key = after
        left = (order < value) | ((order == value) & (keys < key))
        places, order, keys = places[left], order[left], keys[left]
    first = _greatest(order, keys, size + 1)
    more = len(first) > size
    token = encode([int(order[first[size - 1]]), int(keys[first[size - 1]])]) if more else ""
    return KeysetPage(_counted(report, places[first][:size]), token)


def all_behind(
    actor: Actor, wanted: Wanted, *, part: str = "timed", most: int | None = None
) -> Iterator[list[Behind]]:
    """Yield all rows behind a number, some at a time, in the order of the pages.

    Invalid before the first when there are more than `most`.
    """
    if part not in PARTS:
        raise Invalid(_("There are no such rows."), code="unknown_part", field="part")
    report = report_for(actor, wanted, _COLUMNS)
    places = _part(report, part)
    if most is not None and len(places) > most:
        raise Invalid(
            _("These are too many rows for a workbook. Take CSV instead."), code="too_many"
        )
    order, keys = _order(report, places, part), report.rows["key"][places]
    ranked = places[_greatest(order, keys, len(places))]
    parts = (ranked[start : start + PAGE] for start in range(0, len(ranked), PAGE))
    return (_dressed(actor, report, _counted(report, some)) for some in parts)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Invalid(_("This page address is not valid."), code="bad_cursor") from error


def _part(report: Report, part: str) -> Column:
    reading = report.reading
    if part == "left_out":
        flags = report.rows["flags"]
        ended = ((flags & ENDS) != 0) & ~reading.timed
        return np.flatnonzero(ended if report.chosen is None else ended & report.chosen)
    masks = {
        "timed": reading.timed,
        "open": reading.is_open,
        "missed": reading.is_due & ~reading.is_met,
        "met": reading.is_met,
        "all": reading.concerned,
    }
    return np.flatnonzero(masks[part])


def _order(report: Report, places: Column, part: str) -> Column:
    """Rows come by their seconds, greatest first; missed ones by how late they were; others by their age."""
    rows = report.rows
    if part in {"timed", "met"}:
        return report.reading.seconds[places].astype(np.int64)
    if (
        part == "missed"
    ):  # who still waits comes first, whatever the time is when the next page is asked for
        ended, due = (rows[name][places].astype(np.int64) for name in ("ended", "due"))
        return np.where(ended == 0, 2**40 - due, ended - due)
    return -report.rows["opened"][places].astype(np.int64)


def _greatest(order: Column, keys: Column, size: int) -> Column:
    """Return where the greatest are, in their order."""
    if len(order) > size * 4:
        edge = np.partition(order, len(order) - size)[len(order) - size]
        near = np.flatnonzero(order >= edge)
    else:
        near = np.arange(len(order))
    ranked: Column = near[np.lexsort((-keys[near], -order[near]))][:size]
    return ranked


def _counted(report: Report, places: Column) -> list[_Counted]:
    """Read rows out of their columns."""
    rows, reading = report.rows, report.reading
    units = np.repeat([book.unit for book in rows.volumes], rows.counts)[places].tolist()
    return [
        _Counted(
            key=int(rows["key"][place]),
            unit=unit,
            account=int(rows["account"][place]),
            person=int(rows["person"][place]),
            is_outside=bool(rows["flags"][place] & FLAGS["outside"]),
            opened=int(rows["opened"][place]),
            ended=int(rows["ended"][place]),
            due=int(rows["due"][place]),
            seconds=int(reading.seconds[place]) if reading.timed[place] else None,
            is_met=bool(reading.is_met[place]),
            is_missed=bool(reading.is_due[place] and not reading.is_met[place]),
        )
        for place, unit in zip(places.tolist(), units, strict=True)
    ]


def _dressed(actor: Actor, report: Report, rows: list[_Counted]) -> list[Behind]:
    """Read what stands around rows. Three queries."""
    told = _conversations(RULES[Measure(report.wanted.measure)].family, [row.key for row in rows])
    seen = conversations_for(actor).in_bulk([pk for pk, _seq in told.values()])
    people = User.objects.in_bulk([row.person for row in rows if row.person])
    units = {unit.pk: unit for unit in report.units}
    found = []
    for row in rows:
        conversation_id, seq = told.get(row.key, (0, None))
        found.append(
            Behind(
                seconds=row.seconds,
                conversation=seen.get(conversation_id),
                seq=seq,
                unit=units[row.unit],
                account=report.accounts.get(row.account),
                person=people.get(row.person),
                is_outside=row.is_outside,
                opened_at=datetime.fromtimestamp(row.opened, UTC),
                ended_at=_moment(row.ended),
                due_at=_moment(row.due),
                is_met=row.is_met,
                is_missed=row.is_missed,
            )
        )
    return found


def _conversations(family: Family, keys: list[int]) -> dict[int, tuple[int, int | None]]:
    """Return the conversation of each row, and which of its waits the row tells of."""
    if family in {Family.WAITS, Family.CYCLES}:
        waits = Wait.objects.filter(pk__in=keys).values_list("pk", "conversation_id", "seq")
        return {pk: (conversation, seq) for pk, conversation, seq in waits}
    rows = Consult.objects if family == Family.CONSULTS else Draft.objects
    asked = rows.filter(pk__in=keys).values_list("pk", "conversation_id")
    return {pk: (conversation, None) for pk, conversation in asked}


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
