"""The dry run: each row of a file is read and compared with the others and with what stands. Makes no post."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.actions.arranging import SAME_TEXT_APART
from campaigns.importing.columns import Aspect, Column
from campaigns.importing.known import Known
from campaigns.importing.rows import Reading
from campaigns.importing.settings import read_row
from campaigns.lifecycle import ImportRowState
from campaigns.models import Import, ImportRow
from campaigns.selectors.imports import known_to
from campaigns.selectors.neighbours import placed_between, rows_before, words_taken
from campaigns.slots import ALIKE_WITHIN, Placed, nearly_same, same_minute
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now

logger = logging.getLogger(__name__)

#: Rows that are looked at in one go.
BATCH = 100


@dataclass(frozen=True, slots=True)
class Words:
    """What a row of the file says on one account; without a time it is a draft that has none yet."""

    row: int
    account: int
    text: str
    at: datetime | None
    is_scheduled: bool


def rows_check(upload: Import, actor: Actor) -> int:
    """Look at the next rows of an import that the caller holds. Returns how many."""
    rows = list(upload.rows.filter(state=ImportRowState.WAITING).order_by("number")[:BATCH])
    if not rows:
        return 0
    known = known_to(actor, upload.unit_id, [row.cells for row in rows])
    readings = [_read(row, known) for row in rows]
    _compare(actor, upload, rows, readings)
    for row, reading in zip(rows, readings, strict=True):
        row.plan, row.at = reading.plan(), reading.at
        row.faults, row.warnings = reading.faults, reading.warnings
        row.state = ImportRowState.FAULTY if reading.faults else ImportRowState.GOOD
    ImportRow.objects.bulk_update(rows, ["plan", "at", "faults", "warnings", "state"])
    return len(rows)


def _read(row: ImportRow, known: Known) -> Reading:
    try:
        return read_row(row.cells, row.formulas, known)
    except Exception:
        logger.exception("row %d of import %d could not be read", row.number, row.upload_id)
        broken = Reading(row.cells)
        broken.fault("", "broken")
        return broken


def _compare(
    actor: Actor, upload: Import, rows: Sequence[ImportRow], readings: Sequence[Reading]
) -> None:
    """Point out what is there twice: in the file above the row, and among the posts around its time."""
    mine = [
        one for row, reading in zip(rows, readings, strict=True) for one in _said(row, reading)
    ]
    if not mine:
        return
    moments = [one.at for one in mine if one.at] or [now()]
    start, end = min(moments) - ALIKE_WITHIN, max(moments) + ALIKE_WITHIN
    above = [
        one for row in rows_before(upload, rows[0].number, start, end) for one in _planned(row)
    ]
    accounts = {one.account for one in mine}
    standing = placed_between(actor, accounts, start, end)
    taken = words_taken(accounts, {one.text for one in mine}, start, end)
    by_number = {row.number: reading for row, reading in zip(rows, readings, strict=True)}
    _refuse_taken(by_number, mine, taken)
    for account in sorted(accounts):
        here = [one for one in (*above, *mine) if one.account == account]
        stands = [one for one in standing if one.account == account]
        _point_out(by_number, account, here, stands)


def _said(row: ImportRow, reading: Reading) -> Iterator[Words]:
    for account in reading.accounts:
        if text := reading.words_on(account.pk):
            yield Words(row.number, account.pk, text, reading.at, reading.state == "scheduled")


def _planned(row: ImportRow) -> Iterator[Words]:
    plan = row.plan
    says = {**plan["wording"], **plan.get("says", {})}
    for account in plan["accounts"]:
        if text := says.get(str(account)) or plan["body"]:
            yield Words(row.number, account, text, row.at, plan["state"] == "scheduled")


def _refuse_taken(
    by_number: dict[int, Reading],
    mine: Iterable[Words],
    taken: Iterable[tuple[int, str, datetime]],
) -> None:
    """Refuse what an account says already within a day: reading the platform back could not tell them apart."""
    for one in mine:
        at = one.at
        if at is not None and any(
            (account, text) == (one.account, one.text) and abs(time - at) <= SAME_TEXT_APART
            for account, text, time in taken
        ):
            reading = by_number[one.row]
            reading.stop(_column(reading, one), "same_text", name=_name(reading, one.account))


def _point_out(
    by_number: dict[int, Reading], account: int, here: Sequence[Words], stands: Sequence[Placed]
) -> None:
    """Compare what one account would say with what it says, and with the rows above."""
    told = {(one.row, other.row) for one, other in _exactly_above(here) if one.row in by_number}
    first = {one.row: one for one in here}
    for number, other in sorted(told):
        _tell_same(by_number[number], first[number], first[other])
    placed = [Placed(-one.row, account, one.at, one.text) for one in here if one.at]
    everything = [*placed, *stands]
    texts = {one.post: _squeezed(one.text) for one in everything}
    for code, pairs in (("minute", same_minute(everything)), ("alike", nearly_same(everything))):
        for number, reading in by_number.items():
            for other in sorted(pairs.get(-number, ())):
                is_told = (number, -other) in told and code == "alike"
                if not is_told and (other > 0 or -other < number):
                    is_same = code == "alike" and texts[other] == texts[-number]
                    _tell(reading, first[number], "duplicate" if is_same else code, other)


def _exactly_above(here: Sequence[Words]) -> Iterator[tuple[Words, Words]]:
    """Yield each row with the first row above it that says just the same, near it in time or without one."""
    seen: dict[str, list[Words]] = {}
    for one in sorted(here, key=lambda one: one.row):
        key = _squeezed(one.text)
        for other in seen.get(key, ()):
            if one.at is None or other.at is None or abs(one.at - other.at) <= ALIKE_WITHIN:
                yield one, other
                break
        seen.setdefault(key, []).append(one)


def _tell_same(reading: Reading, one: Words, other: Words) -> None:
    params = {"row": other.row, "name": _name(reading, one.account)}
    are_set = one.is_scheduled and other.is_scheduled and one.text == other.text
    near = one.at and other.at and abs(one.at - other.at) <= SAME_TEXT_APART
    if are_set and near:
        reading.fault(_column(reading, one), "same_as_row", **params)
    else:
        reading.warn(_column(reading, one), "duplicate_row", **params)


def _tell(reading: Reading, one: Words, code: str, other: int) -> None:
    """Say what a row has in common with a post, or with another row, whose number is negative."""
    column = str(Column.TIME) if code == "minute" else _column(reading, one)
    name = _name(reading, one.account)
    if other > 0:
        reading.warn(column, f"{code}_post", post=other, name=name)
    else:
        reading.warn(column, f"{code}_row", row=-other, name=name)


def _column(reading: Reading, one: Words) -> str:
    return reading.column_of(Aspect.TEXT, one.account)


def _name(reading: Reading, account: int) -> str:
    return next(one.name for one in reading.accounts if one.pk == account)


def _squeezed(text: str) -> str:
    return "".join(text.lower().split())
