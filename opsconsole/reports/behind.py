"""The rows behind a number: exactly those that were counted, a page at a time, the slowest first."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation, Wait
from inbox.selectors.access import conversations_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.pagination import KeysetPage, decode, encode
from opsconsole.reports.columns import ENDS, Column
from opsconsole.reports.times import Report, Wanted, report_for

#: Rows read at a time for a file.
PAGE = 500
#: Which rows of a report: named in addresses.
PARTS = ("timed", "open", "missed", "met", "all", "left_out")


@dataclass(frozen=True, slots=True)
class Behind:
    """One row: a wait, the seconds that were counted, and its conversation if it is within reach."""

    wait: Wait
    seconds: int | None
    conversation: Conversation | None


def rows_behind(
    actor: Actor, wanted: Wanted, *, part: str = "timed", cursor: str = "", size: int = 50
) -> KeysetPage[Behind]:
    """Return a page of the rows behind a number. A handful of queries."""
    report, places = _rows(actor, wanted, part)
    order, keys = _order(report, places, part), report.rows["key"][places]
    if cursor:
        value, key = map(_whole, decode(cursor, 2))
        left = (order < value) | ((order == value) & (keys < key))
        places, order, keys = places[left], order[left], keys[left]
    first = _greatest(order, keys, size + 1)
    page = places[first][:size]
    more = len(first) > size
    token = encode([int(order[first[size - 1]]), int(keys[first[size - 1]])]) if more else ""
    return KeysetPage(_dressed(actor, report, page), token)


def all_behind(
    actor: Actor, wanted: Wanted, *, part: str = "timed", most: int | None = None
) -> Iterator[list[Behind]]:
    """Yield all rows behind a number, some at a time, in the order of the pages.

    Invalid before the first when there are more than `most`.
    """
    report, places = _rows(actor, wanted, part)
    if most is not None and len(places) > most:
        raise Invalid(
            _("These are too many rows for a workbook. Take CSV instead."), code="too_many"
        )
    order, keys = _order(report, places, part), report.rows["key"][places]
    ranked = places[_greatest(order, keys, len(places))]
    parts = range(0, len(ranked), PAGE)
    return (_dressed(actor, report, ranked[start : start + PAGE]) for start in parts)


def _rows(actor: Actor, wanted: Wanted, part: str) -> "tuple[Report, Column]":
    if part not in PARTS:
        raise Invalid(_("There are no such rows."), code="unknown_part", field="part")
    report = report_for(actor, wanted, ("key",))
    return report, _part(report, part)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Invalid(_("This page address is not valid."), code="bad_cursor") from error


def _part(report: Report, part: str) -> Column:
    reading, chosen = report.reading, report.chosen
    masks = {
        "timed": reading.timed,
        "open": reading.is_open,
        "missed": reading.is_due & ~reading.is_met,
        "met": reading.is_met,
        "all": reading.concerned,
        "left_out": ~reading.timed & ((report.rows["flags"] & ENDS) != 0),
    }
    places: Column = chosen[masks[part][chosen]]
    return places


def _order(report: Report, places: Column, part: str) -> Column:
    """Rows come by their seconds, greatest first; those without any by how long ago they began."""
    if part in {"timed", "met"}:
        return report.reading.seconds[places].astype(np.int64)
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


def _dressed(actor: Actor, report: Report, places: Column) -> list[Behind]:
    keys = report.rows["key"][places].tolist()
    seconds = report.reading.seconds[places].tolist()
    timed = report.reading.timed[places].tolist()
    rows = Wait.objects.select_related("unit_at_open", "replier", "policy", "account")
    waits = rows.in_bulk(keys)
    ids = {wait.conversation_id for wait in waits.values()}
    seen = conversations_for(actor).in_bulk(list(ids))
    return [
        Behind(waits[key], own if is_timed else None, seen.get(waits[key].conversation_id))
        for key, own, is_timed in zip(keys, seconds, timed, strict=True)
        if key in waits
    ]
