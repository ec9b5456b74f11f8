"""Statements that are repeated by the thousand: built and compiled once, run with other values ever after.

Putting a queryset together and turning it into SQL costs more than PostgreSQL needs to answer most of
them. A function that is `prepared` is called once with stand-ins for its values; where these come out
among the statement's parameters, the real values are put from then on.
"""

import copy
import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, cast

from django.db import connections, transaction
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from opsconsole.kernel.plans import Plan

Row = TypeVar("Row")
Asked = ParamSpec("Asked")

#: Whole numbers, words and moments that nobody asks for; numbers fit into 32 bits.
_NUMBERS = itertools.count(2_000_000_011)
#: Beyond this no whole number fits into a column.
FURTHEST = 2**63
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


class Prepared(Generic[Asked, Row]):
    """A read whose statement is known. Calling it returns a list of rows, always by one query.

    The function may take whole numbers, words, aware moments, and tuples of whole numbers for `in`,
    all by position. Its queryset must have the same shape whatever they are: no `if` about them, no
    slices by them, no empty tuples.
    """

    def __init__(self, build: Callable[Asked, QuerySet[Any, Row]]) -> None:
        """Prepare a function that makes a queryset; its statement is compiled at the first call."""
        self._build = build
        self._known: dict[tuple[object, ...], _Statement[Row]] = {}
        update_wrapper(self, build)

    def __call__(self, *values: Asked.args, **none: Asked.kwargs) -> list[Row]:
        """Read the rows for these values."""
        shape = tuple(len(v) if isinstance(v, tuple) else type(v) for v in values)
        known = self._known.get(shape)
        if known is None:
            known = self._known[shape] = _Statement(self._build, values)
        return known.rows(values)

    def first(self, *values: Asked.args, **none: Asked.kwargs) -> Row | None:
        """Read the first row for these values."""
        return next(iter(self(*values, **none)), None)


class _Statement(Generic[Row]):
    """A queryset with its compiled statement, and which parameter is which value."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], values: tuple[Any, ...]) -> None:
        given, others = ([_stand_in(value) for value in values] for _time in range(2))
        self._queryset = build(*given)
        self._compiler = self._queryset.query.get_compiler(using=self._queryset.db)
        self._sql, parameters = self._compiler.as_sql()
        self._parameters = tuple(parameters)
        self._places = _places(self._parameters, _flat(given))
        selected = [column[0] for column in self._compiler.select]
        self._converters = self._compiler.get_converters(selected)
        self._must_hold(build.__name__, _flat(given), build(*others), _flat(others))
        self._plan = Plan(self._sql, self._parameters, self._places, len(_flat(given)))
        self._compiler.connection = None  # that of whoever asked first; each asks by their own

    def _must_hold(
        self, name: str, given: list[Any], again: QuerySet[Any, Row], others: list[Any]
    ) -> None:
        sql, parameters = again.query.get_compiler(using=again.db).as_sql()
        if sql != self._sql or len(given) != len(others):
            raise TypeError(f"{name}: some value does not reach its statement")
        _must_carry(name, self._parameters, parameters, dict(self._places), others)

    def rows(self, values: tuple[Any, ...]) -> list[Row]:
        flat = _flat(values)
        if any(isinstance(value, int) and not -FURTHEST <= value < FURTHEST for value in flat):
            return []  # no column holds it, and PostgreSQL would leave the index to say so
        rows = self._queryset._chain()  # type: ignore[attr-defined]
        rows.query.get_compiler = lambda *_given, **_named: self._bound(rows.db, flat)
        return list(rows)

    def _bound(self, alias: str, values: list[Any]) -> SQLCompiler:
        """The compiler, knowing its statement already."""
        bound: Any = copy.copy(self._compiler)
        bound.connection = connections[alias]
        if self._queryset.query.select_for_update and bound.connection.get_autocommit():
            raise TransactionManagementError("Rows can be locked only inside a transaction.")
        bound.as_sql = lambda *_given, **_named: self._plan.call(alias, values)
        bound.get_converters = lambda _columns: self._converters
        return cast("SQLCompiler", bound)


Change = tuple[QuerySet[Any, Any], Mapping[str, object]]


class PreparedChange(Generic[Asked]):
    """An update whose statement is known. Calling it returns the named columns of the rows it changed.

    The function returns a queryset of one table without joins, and what its rows shall have; its values
    are those of a prepared read. Texts and moments must go into their columns as they are.
    """

    def __init__(self, build: Callable[Asked, Change], returning: tuple[str, ...]) -> None:
        """Prepare a function that makes an update; its statement is compiled at the first call."""
        self._build, self._returning = build, returning
        self._known: _Update | None = None
        update_wrapper(self, build)

    def __call__(self, *values: Asked.args, **none: Asked.kwargs) -> list[tuple[Any, ...]]:
        """Change the rows for these values."""
        if self._known is None:
            self._known = _Update(self._build, values, self._returning)
        return self._known.run(values)


class _Update:
    """An update with its compiled statement, and which parameter is which value."""

    def __init__(
        self, build: Callable[..., Change], values: tuple[Any, ...], returning: tuple[str, ...]
    ) -> None:
        given, others = ([_stand_in(value) for value in values] for _time in range(2))
        rows, changes = build(*given)
        sql, first = _as_update(rows, changes)
        places = _places(first, given)
        again, parameters = _as_update(*build(*others))
        if sql != again:
            raise TypeError(f"{build.__name__}: some value does not reach its statement")
        _must_carry(build.__name__, first, parameters, dict(places), others)
        quote = connections[rows.db].ops.quote_name
        columns = (rows.model._meta.get_field(name).column for name in returning)
        told = f"{sql} RETURNING {', '.join(map(quote, columns))}"
        self._plan, self._alias = Plan(told, first, places, len(given)), rows.db

    def run(self, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        sql, given = self._plan.call(self._alias, values)
        with connections[self._alias].cursor() as cursor:
            cursor.execute(sql, given)
            return list(cursor.fetchall())


def _as_update(
    rows: QuerySet[Any, Any], changes: Mapping[str, object]
) -> tuple[str, tuple[Any, ...]]:
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(dict(changes))
    # Django compiles locks inside a transaction only; an update, alone, is one by itself.
    with transaction.atomic(using=rows.db):
        sql, parameters = query.get_compiler(using=rows.db).as_sql()
    return sql, tuple(parameters)


def _must_carry(
    name: str,
    first: Iterable[Any],
    second: Iterable[Any],
    places: Mapping[int, int],
    others: list[Any],
) -> None:
    """Refuse a function whose statement depends on its values in any way but by carrying them."""
    for place, (one, other) in enumerate(zip(first, second, strict=True)):
        if one != other and (place not in places or other != others[places[place]]):
            raise TypeError(f"{name}: a value is changed on its way into the statement")
    if len(set(places.values())) < len(others):
        raise TypeError(f"{name}: some value does not reach its statement")


def padded(numbers: Iterable[int], step: int = 50) -> tuple[int, ...]:
    """Return numbers for an `in`, the last one repeated up to a multiple of `step`.

    Lists of any length then share a few statements. Raises ValueError when there are none.
    """
    known = tuple(numbers)
    if not known:
        raise ValueError("an empty list has no statement")
    return known + known[-1:] * (-len(known) % step)


def _places(parameters: Iterable[Any], values: list[Any]) -> list[tuple[int, int]]:
    """Return which parameter is which value."""
    return [(p, values.index(one)) for p, one in enumerate(parameters) if one in values]


def _flat(values: Iterable[Any]) -> list[Any]:
    return [one for value in values for one in (value if isinstance(value, tuple) else (value,))]


def _stand_in(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_stand_in, value))
    number = next(_NUMBERS)
    if isinstance(value, datetime):
        return _LONG_AGO + timedelta(seconds=number)
    if isinstance(value, str):
        return f"stand-in {number}"
    if isinstance(value, int):
        return number
    raise TypeError(f"{value!r} cannot be a value of a prepared read")


def prepared(build: Callable[Asked, QuerySet[Any, Row]]) -> Prepared[Asked, Row]:
    """Turn a function that makes a queryset from values into one that reads its rows fast."""
    return Prepared(build)


def prepared_change(
    *returning: str,
) -> Callable[[Callable[Asked, Change]], PreparedChange[Asked]]:
    """Turn a function that makes an update from values into one that changes its rows fast."""
    return lambda build: PreparedChange(build, returning)
