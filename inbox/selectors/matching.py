"""Pieces of SQL that say which lines have some words. Values travel beside them, in their order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from inbox.search.words import asked_grams

#: Lines without an entry yet that are read directly; more wait only while the index is first filled.
MOST_PENDING = 2_000


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a statement and its values."""

    text: str = ""
    values: tuple[Any, ...] = ()

    def __add__(self, other: "Sql | str") -> "Sql":
        if isinstance(other, str):
            return Sql(f"{self.text} {other}", self.values)
        return Sql(f"{self.text} {other.text}", self.values + other.values)

    @classmethod
    def of(cls, text: str, *values: Any) -> Self:
        """Make a piece from text with one placeholder a value."""
        return cls(text, values)

    def rows(self) -> list[tuple[Any, ...]]:
        """Run the statement."""
        with connection.cursor() as cursor:
            cursor.execute(self.text, self.values)
            return list(cursor.fetchall())


def compiled(rows: QuerySet[Any, Any]) -> Sql:
    """Return the statement of a queryset; one that can have no rows becomes a statement without any."""
    try:
        text, values = rows.query.sql_with_params()
    except EmptyResultSet:
        names = ", ".join(f'NULL AS "{name}"' for name in rows.query.values_select or ("pk",))
        return Sql(f"SELECT {names} WHERE FALSE")
    return Sql(text, tuple(values))


def has(column: str, words: Iterable[str], excluded: Iterable[str] = ()) -> Sql:
    """Say that a column of folded text has all the words and none of the excluded."""
    wanted, unwanted = list(words), list(excluded)
    parts = [f"{column} LIKE %s"] * len(wanted) + [f"{column} NOT LIKE %s"] * len(unwanted)
    values = tuple(f"%{_literal(word)}%" for word in wanted + unwanted)
    return Sql(" AND ".join(parts) or "TRUE", values)


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def grams_of(words: Sequence[str]) -> list[int]:
    """Return the grams that a line with all these words has; none when only single letters are asked."""
    return sorted(set().union(*map(asked_grams, words)))


def plain(column: str) -> str:
    """Fold a column of raw text about as `inbox.search.words.folded` does."""
    return f"lower(normalize({column}))"


PENDING = Sql.of(
    'pending AS MATERIALIZED (SELECT kind, "row" FROM inbox_searchpending ORDER BY id DESC LIMIT %s)',
    MOST_PENDING,
)


def fresh_lines(words: Sequence[str], excluded: Sequence[str]) -> Sql:
    """Read the lines that have no entry yet: each conversation's newest that has the words."""
    message, note = (has(plain(column), words, excluded) for column in ("m.text", "o.text"))
    return (
        Sql(  # noqa: S608 - our own words; values travel apart
            "fresh AS MATERIALIZED (SELECT DISTINCT ON (conversation_id) * FROM ("
            "SELECT m.conversation_id, m.posted_at AS at, p.kind, m.id AS row_id FROM pending p "
            "JOIN inbox_message m ON p.kind = 'message' AND m.id = p.\"row\" "
            "WHERE m.removed_at IS NULL AND"
        )
        + message
        + "UNION ALL SELECT o.conversation_id, o.created_at, p.kind, o.id FROM pending p "
        + "JOIN inbox_note o ON p.kind = 'note' AND o.id = p.\"row\" WHERE"
        + note
        + ") lines ORDER BY conversation_id, at DESC)"
    )
