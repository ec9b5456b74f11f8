"""Customers by name or handle."""

from collections.abc import Sequence

from inbox.selectors.matching import PENDING, Sql, grams_of, has, plain

#: Names that one search compares; of a very common one, more would only slow it down.
MOST_COMPARED = 5_000


def contacts_named(
    words: Sequence[str], excluded: Sequence[str] = (), *, limit: int
) -> list[int] | None:
    """Return the customers whose name or handle has all these folded words, lately seen first.

    None when only single letters are asked for: half of all customers have them.
    """
    grams = grams_of(words)
    if not grams:
        return None
    asked = ", ".join(map(str, grams))
    name = has(plain("k.name || ' @' || k.handle"), words, excluded)
    statement = (
        Sql("WITH")  # noqa: S608 - our own words; values travel apart
        + PENDING
        + 'SELECT k.id FROM inbox_contact k WHERE k.id IN (SELECT e."row" FROM ('
        + f'SELECT "row", words FROM inbox_searchentry WHERE grams @> ARRAY[{asked}]::bigint[]'  # noqa: S608 - our own words; values travel apart
        + Sql.of("AND kind = 'contact' LIMIT %s) e WHERE", MOST_COMPARED)
        + has("e.words", words, excluded)
        + "UNION SELECT p.\"row\" FROM pending p WHERE p.kind = 'contact') AND"
        + name
        + Sql.of("ORDER BY k.last_seen_at DESC, k.id DESC LIMIT %s", limit)
    )
    return [pk for (pk,) in statement.rows()]
