"""The report of response times: what somebody asked for, and the figures within their reach."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

import numpy as np
from django.utils.functional import cached_property

from channels.models import ChannelAccount
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.people.models import BusinessUnit
from opsconsole.reports.columns import Column, as_word
from opsconsole.reports.lifecycle import Clock, Cohort, Grouping, Measure
from opsconsole.reports.measures import (
    RULES,
    Figures,
    Reading,
    columns_for,
    figures,
    figures_by,
    left_out,
    next_due,
    read,
)
from opsconsole.reports.models import StaleMark
from opsconsole.reports.remembered import Remembered
from opsconsole.reports.shelf import Table, table, volumes
from opsconsole.reports.today import units_reported


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report is asked for. Days are whole, both included; None is no restriction."""

    since: date
    until: date
    measure: str = Measure.FIRST
    clock: str = Clock.CUSTOMER
    cohort: str = Cohort.OPENED
    group: str = Grouping.UNIT
    unit: int | None = None
    channel: str = ""
    account: int | None = None
    operator: int | None = None
    language: str = ""
    tag: int | None = None
    hour: int | None = None
    level: int | None = None

    @property
    def days(self) -> int:
        """How many days it covers."""
        return (self.until - self.since).days + 1

    @property
    def query(self) -> dict[str, str]:
        """The same as parameters; days are named, so that it stays the same tomorrow."""
        given = {name: getattr(self, name) for name in self.__slots__}
        return {name: str(value) for name, value in given.items() if value not in {None, ""}}

    @property
    def before(self) -> "Wanted":
        """The same about as many days right before."""
        length = timedelta(days=self.days)
        return replace(self, since=self.since - length, until=self.until - length)


Value = TypeVar("Value")
_remembered = Remembered()
#: The column that rows are told apart by.
_COLUMN_OF = {
    Grouping.OPERATOR: "person",
    Grouping.CHANNEL: "account",
    Grouping.ACCOUNT: "account",
    Grouping.TAG: "tags",
    Grouping.LANGUAGE: "language",
    Grouping.HOUR: "hour",
    Grouping.LEVEL: "policy",
}


class Report:
    """The figures of one wish, read once: in all, group by group, day by day."""

    def __init__(
        self,
        units: Sequence[BusinessUnit],
        accounts: Mapping[int, ChannelAccount],
        wanted: Wanted,
        extra: Sequence[str] = (),
    ) -> None:
        self.units, self.accounts, self.wanted, self.at = units, accounts, wanted, now()
        self._extra = extra
        family = RULES[Measure(wanted.measure)].family
        numbers = [unit.pk for unit in units]
        self._books = volumes(family, wanted.cohort, numbers, wanted.since, wanted.until)

    @cached_property
    def rows(self) -> Table:
        """The rows of all books, in the columns that are needed."""
        wanted = self.wanted
        names = [*columns_for(wanted.measure, wanted.clock), *self._extra]
        names += [name for name, value in _filters(wanted).items() if value]
        if wanted.group in _COLUMN_OF:
            names.append(_COLUMN_OF[Grouping(wanted.group)])
        return table(self._books, names)

    def known(self, what: Hashable, make: Callable[[], Value]) -> Value:
        """Count something, unless it was counted before from the same books for the same wish.

        What is known holds until the next open wait is due: then there is one more miss.
        """
        books = tuple((book.pk, book.version) for book in self._books)
        kinds = tuple(channels_of(self.accounts))
        key = (books, kinds, replace(self.wanted, group=""), what)

        def counted() -> tuple[float, Value]:
            if self.rows.volumes != self._books:  # a book was written anew meanwhile
                return 0.0, make()
            return next_due(self.rows, self.reading, self.at.timestamp()), make()

        return _remembered.get(key, self.at.timestamp(), counted)

    @cached_property
    def earlier(self) -> Figures:
        """The figures over as many days right before."""
        return Report(self.units, self.accounts, replace(self.wanted.before, group="")).total

    @cached_property
    def waiting(self) -> Figures:
        """Whose wait began in these days and goes on, whichever way the report counts."""
        if self.wanted.cohort == Cohort.OPENED:
            return self.total
        opened = replace(self.wanted, cohort=Cohort.OPENED, group="")
        return Report(self.units, self.accounts, opened).total

    @cached_property
    def chosen(self) -> "Column | None":
        """Which rows come through the filters; None for all."""
        return chosen(self.rows, self.wanted, self.accounts)

    @cached_property
    def reading(self) -> Reading:
        """The measure of every row that comes through the filters."""
        wanted = self.wanted
        now = self.at.timestamp()
        return read(self.rows, wanted.measure, wanted.clock, now, self.chosen)

    @cached_property
    def total(self) -> Figures:
        """The figures over all."""
        return self.known("total", lambda: figures(self.rows, self.reading))

    @cached_property
    def left_out(self) -> dict[str, int]:
        """What is not among the times, by reason."""
        return self.known("left_out", lambda: left_out(self.rows, self.chosen))

    def by(self, grouping: str) -> dict[int, Figures]:
        """Return the figures of each group, by its number; a row with many tags counts for each."""
        return self.known(grouping, lambda: self._by(grouping))

    def _by(self, grouping: str) -> dict[int, Figures]:
        reading = self.reading
        if grouping == Grouping.TAG:
            pairs = self.rows["tags"]
            return figures_by(self.rows, reading, pairs[:, 1], pairs[:, 0])
        if grouping == Grouping.OPERATOR:
            reading = replace(reading, concerned=reading.timed, is_open=self._none)
            reading = replace(
                reading,
                is_due=reading.is_due & reading.timed,
                is_met=reading.is_met & reading.timed,
            )
        return figures_by(self.rows, reading, self._codes(grouping))

    @property
    def _none(self) -> "Column":
        return np.zeros(len(self.rows), dtype=bool)

    def _codes(self, grouping: str) -> "Column":
        """Return the group of each row."""
        if grouping == Grouping.UNIT:
            return self.rows.units()
        if grouping == Grouping.DAY:
            return self.rows.days()
        codes = self.rows[_COLUMN_OF[Grouping(grouping)]]
        return self._channels(codes) if grouping == Grouping.CHANNEL else codes

    def _channels(self, accounts: Column) -> Column:
        kinds = channels_of(self.accounts)
        table_of = np.zeros(max([0, *self.accounts]) + 1, dtype=np.uint32)
        for pk, account in self.accounts.items():
            table_of[pk] = kinds.index(account.kind) + 1
        known = np.minimum(accounts, len(table_of) - 1)
        return table_of[known]


def channels_of(accounts: Mapping[int, ChannelAccount]) -> list[str]:
    """Return the kinds of some accounts, in an order; a group of channels is a place in it, from 1."""
    return sorted({account.kind for account in accounts.values()})


def in_address(wanted: Wanted) -> str:
    """Return a wish as the parameters of a screen's address."""
    return urlencode({"period": "days"} | wanted.query)


def report_for(actor: Actor, wanted: Wanted, extra: Sequence[str] = ()) -> Report:
    """Return the report of a wish within somebody's reach; NotAllowed for whoever has none."""
    units = units_of(actor, wanted)
    return Report(units, accounts_of(units), wanted, extra)


def units_of(actor: Actor, wanted: Wanted) -> list[BusinessUnit]:
    """Return the units that a report tells of: those within reach, or the one that was chosen."""
    units = units_reported(actor)
    return [unit for unit in units if wanted.unit in {None, unit.pk}]


def accounts_of(units: Sequence[BusinessUnit]) -> dict[int, ChannelAccount]:
    """Return all accounts by number: conversations of a unit may have come in by another's."""
    rows = ChannelAccount.objects.only("kind", "name", "unit_id")
    return {account.pk: account for account in rows} if units else {}


def _filters(wanted: Wanted) -> dict[str, object]:
    """Return which columns the filters need, and whether they do."""
    return {
        "account": wanted.account or wanted.channel,
        "person": wanted.operator is not None,
        "language": wanted.language,
        "tags": wanted.tag,
        "hour": wanted.hour is not None,
        "policy": wanted.level is not None,
    }


def chosen(rows: Table, wanted: Wanted, accounts: Mapping[int, ChannelAccount]) -> "Column | None":
    """Return for each row whether it comes through the filters; None without any."""
    if not any(_filters(wanted).values()):
        return None
    fits = np.ones(len(rows), dtype=bool)
    equal = {
        "account": wanted.account or None,
        "person": wanted.operator,
        "language": as_word(wanted.language) if wanted.language else None,
        "hour": wanted.hour,
        "policy": wanted.level,
    }
    for name, value in equal.items():
        if value is not None:
            fits &= rows[name] == value
    if wanted.channel:
        own = [pk for pk, account in accounts.items() if account.kind == wanted.channel]
        fits &= np.isin(rows["account"], own)
    if wanted.tag:
        tagged = np.zeros(len(rows), dtype=bool)
        pairs = rows["tags"]
        tagged[pairs[pairs[:, 1] == wanted.tag][:, 0]] = True
        fits &= tagged
    return fits


def counted_up_to() -> datetime | None:
    """Return since when changes wait to be counted; None when everything is."""
    return StaleMark.objects.order_by("id").values_list("marked_at", flat=True).first()
