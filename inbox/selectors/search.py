"""Looking through lines, newest first, a slice of time after the other.

A common word is found at once in the newest slice; a rare one costs a look-up a slice. What one page
may cost is bounded: when too many lines had to be passed over, the page says where to go on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from inbox.models import Conversation
from inbox.search.words import SLICE_DAYS, slice_of
from inbox.selectors.asking import Search
from inbox.selectors.matching import PENDING, Sql, compiled, fresh_lines, grams_of, has, plain
from opsconsole.kernel.clock import now

#: Lines that one page looks at: few first, for that is nearly always enough, then many.
BUDGETS = (400, 5_000)
#: Conversations that one page looks into for a single letter, which has no place in the index.
LETTER_BUDGET = 1_500
#: Slices of time that one page goes back at most: about eleven years.
MOST_SLICES = 1_000

#: When a conversation's newest hit was written, and the conversation's number: the order of hits.
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """The newest line of a conversation that has the words. `kind` is a Searchable, `row` its number."""

    conversation: int
    at: datetime
    kind: str
    row: int

    @property
    def place(self) -> Place:
        """Where it stands in the order of hits."""
        return self.at, self.conversation


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, newest first, and how far was looked when that was not all the way."""

    hits: list[Hit]
    goes_on: Place | None = None


def lines_found(
    rows: QuerySet[Conversation], wanted: Search, *, after: Place | None, size: int
) -> Found:
    """Find conversations among `rows` with lines that have the words: `size` of them, or fewer and
    a place to go on from, or all that are left."""
    grams = grams_of(wanted.words)
    if not grams:
        return _by_letters(rows, wanted, after, size)
    found = Found([])
    for budget in BUDGETS:
        found = _by_grams(rows, wanted, grams, after, budget)
        if len(found.hits) >= size or found.goes_on is None:
            break
    return found


def _by_grams(
    rows: QuerySet[Conversation],
    wanted: Search,
    grams: Iterable[int],
    after: Place | None,
    budget: int,
) -> Found:
    statement = (
        Sql("WITH")  # noqa: S608 - our own words; values travel apart
        + PENDING
        + ","
        + fresh_lines(wanted.words, wanted.excluded)
        + ", walked AS MATERIALIZED ("
        + _walk(wanted, grams, after, budget)
        + ") SELECT h.conversation_id, h.at, h.kind, h.row_id, fits.pk IS NOT NULL, h.is_walked FROM"
        + "(SELECT *, FALSE AS is_walked FROM fresh UNION ALL SELECT *, TRUE FROM walked) h"
        + "LEFT JOIN LATERAL ("
        + _only(rows, "h.conversation_id")
        + "LIMIT 1) fits ON TRUE ORDER BY h.at DESC, h.conversation_id DESC"
    )
    lines = statement.rows()
    walked = [line for line in lines if line[5]]
    goes_on = (walked[-1][1], walked[-1][0]) if len(walked) == budget else None
    hits = [Hit(*line[:4]) for line in lines if line[4]]
    kept = [hit for hit in hits if _lies_between(hit, wanted, after, goes_on)]
    return Found(kept, goes_on)


def _lies_between(hit: Hit, wanted: Search, after: Place | None, goes_on: Place | None) -> bool:
    """Whether a hit belongs to this page: lines without an entry are read without regard to time."""
    if (wanted.since and hit.at < wanted.since) or (wanted.before and hit.at >= wanted.before):
        return False
    return not (after and hit.place >= after) and not (goes_on and hit.place < goes_on)


def _walk(wanted: Search, grams: Iterable[int], after: Place | None, budget: int) -> Sql:
    """Go back slice by slice, in each from the newest line, and stop at the budget.

    The sort key is an expression so that no index of times is taken for it: only the grams are quick.
    """
    asked = ", ".join(f"(s.n::bigint << 32) | {gram}" for gram in grams)
    return (
        Sql("SELECT e.* FROM generate_series(")  # noqa: S608 - our own words; values travel apart
        + _slices(wanted, after)
        + ', -1) AS s(n) CROSS JOIN LATERAL (SELECT e.conversation_id, e.at, e.kind, e."row" AS row_id'
        + f"FROM inbox_searchentry e WHERE e.grams @> ARRAY[{asked}] AND e.conversation_id IS NOT NULL"
        + _in_time("e", wanted)
        + (Sql.of("AND (e.at, e.conversation_id) < (%s, %s)", *after) if after else "")
        + "AND"
        + has("e.words", wanted.words, wanted.excluded)
        + 'AND NOT EXISTS (SELECT FROM inbox_searchpending p WHERE p.kind = e.kind AND p."row" = e."row")'
        + "AND NOT EXISTS (SELECT FROM fresh f WHERE f.conversation_id = e.conversation_id)"
        + "AND NOT EXISTS (SELECT FROM inbox_searchentry n WHERE n.conversation_id = e.conversation_id"
        + "AND (n.at, n.id) > (e.at, e.id)"
        + _in_time("n", wanted)
        + "AND"
        + has("n.words", wanted.words, wanted.excluded)
        + ") ORDER BY e.at AT TIME ZONE 'UTC' DESC, e.conversation_id DESC"
        + Sql.of("LIMIT %s) e LIMIT %s", budget, budget)
    )


def _in_time(name: str, wanted: Search) -> Sql:
    bounds = Sql()
    if wanted.since:
        bounds += Sql.of(f"AND {name}.at >= %s", wanted.since)
    if wanted.before:
        bounds += Sql.of(f"AND {name}.at < %s", wanted.before)
    return bounds


def _slices(wanted: Search, after: Place | None) -> Sql:
    """Name the newest and the oldest slice to look into."""
    newest = [moment for moment in (after and after[0], wanted.before) if moment]
    top = slice_of(min(newest)) if newest else slice_of(now()) + 1
    oldest = slice_of(wanted.since) if wanted.since else 0
    return Sql.of(
        "%s, greatest(%s, (SELECT extract(epoch FROM min(at))::bigint / %s"
        " FROM inbox_searchentry WHERE at > '1971-01-01'))",
        top, max(oldest, top - MOST_SLICES), SLICE_DAYS * 86_400,
    )  # fmt: skip


def _only(rows: QuerySet[Conversation], expression: str) -> Sql:
    """Ask for one of the rows, by the number that an outer query names."""
    one = rows.filter(pk=RawSQL(expression, [])).order_by().values("pk")  # noqa: S611 - our own words
    return compiled(one)


def _by_letters(
    rows: QuerySet[Conversation], wanted: Search, after: Place | None, size: int
) -> Found:
    """Look into the conversations themselves, newest first: a single letter has no place in the index."""
    if wanted.since:
        rows = rows.filter(last_message_at__gte=wanted.since)
    recent = compiled(_recent(rows, after)[:LETTER_BUDGET])
    words, excluded = wanted.words, wanted.excluded
    statement = (
        Sql("WITH")  # noqa: S608 - our own words; values travel apart
        + PENDING
        + ","
        + fresh_lines(words, excluded)
        + "SELECT c.id, c.last_message_at, h.kind, h.row_id, c.n FROM"
        + "(SELECT c.*, row_number() OVER (ORDER BY c.last_message_at DESC, c.id DESC) AS n FROM ("
        + recent
        + ") c) c LEFT JOIN LATERAL (SELECT * FROM ("
        + 'SELECT e.at, e.kind, e."row" AS row_id FROM inbox_searchentry e'
        + "WHERE e.conversation_id = c.id"
        + _in_time("e", wanted)
        + "AND"
        + has("e.words", words, excluded)
        + "UNION ALL SELECT f.at, f.kind, f.row_id FROM fresh f WHERE f.conversation_id = c.id"
        + "UNION ALL SELECT c.last_message_at, 'contact', k.id FROM inbox_contact k"
        + "WHERE k.id = c.contact_id AND"
        + has(plain("k.name || ' @' || k.handle"), words, excluded)
        + ") lines ORDER BY at DESC LIMIT 1) h ON TRUE"
        + Sql.of("WHERE h.kind IS NOT NULL OR c.n = %s", LETTER_BUDGET)
        + Sql.of("ORDER BY c.last_message_at DESC, c.id DESC LIMIT %s", size + 1)
    )
    lines = statement.rows()
    hits = [Hit(pk, at, kind, row) for pk, at, kind, row, _n in lines if kind]
    is_cut = bool(lines) and lines[-1][4] == LETTER_BUDGET
    return Found(hits, goes_on=(lines[-1][1], lines[-1][0]) if is_cut else None)


def _recent(rows: QuerySet[Conversation], after: Place | None) -> QuerySet[Conversation]:
    if after:
        at, pk = after
        rows = rows.filter(last_message_at__lte=at).exclude(last_message_at=at, pk__gte=pk)
    recent = rows.order_by("-last_message_at", "-id")
    return recent.values("id", "last_message_at", "contact_id")  # type: ignore[return-value]
