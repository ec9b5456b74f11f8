"""The queue: keyset pages of conversations, by what is due, by recency or by words; and cheap counts."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from inbox.models import Conversation, ConversationTag, Tag
from inbox.selectors.access import conversations_for, dressed, within
from inbox.selectors.asking import Search, search_of
from inbox.selectors.filters import BY_RECENCY, QueueFilter, narrowed, of_view
from inbox.selectors.matching import Sql, compiled
from inbox.selectors.names import contacts_named
from inbox.selectors.search import Found, Hit, Place, lines_found
from inbox.selectors.snippets import snippets
from inbox.waits import FAR_FUTURE
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.pagination import KeysetPage, cut, encode, moment_and_number
from opsconsole.kernel.prepared import Prepared, padded, prepared
from opsconsole.people.roles import Ability

#: Counts stop here: "999+" is all that anyone needs to know.
COUNT_LIMIT = 1000
#: Views whose number stands beside them.
COUNTED = ("open", "mine", "unassigned", "mentions", "approval", "snoozed", "waiting")
#: Customers whose names one search goes by.
MOST_NAMED = 50


def queue_page(
    actor: Actor, filters: QueueFilter, *, cursor: str = "", size: int = 50
) -> KeysetPage[Conversation]:
    """Return one page: what is due first, or newest first where nobody waits and where words are sought.

    Each row has its tags as `labels`, and the line in which words were found as `found`.
    """
    after = moment_and_number(cursor) if cursor else None
    page = _page(actor, search_of(actor, filters), after, size)
    _label(page.rows)
    return page


def _page(
    actor: Actor, wanted: Search, after: Place | None, size: int
) -> KeysetPage[Conversation]:
    if after is None and wanted == Search(QueueFilter()):
        return _cut_by_due(_first_screen(actor, size), size)
    rows = _rows(actor, wanted)
    if wanted.has_words:
        return _by_words(rows, wanted, after, size)
    shown = _dressed(rows)
    if wanted.filters.view in BY_RECENCY:
        return _by_recency(shown, after, size)
    if wanted.filters.view == "snoozed":
        return _by_return(shown, after, size)
    return _by_due(shown, after, size)


def queue_ids(actor: Actor, filters: QueueFilter, *, limit: int) -> list[tuple[int, int]]:
    """Return number and version of the first so many conversations of a list, without reading them."""
    wanted = search_of(actor, filters)
    rows = _rows(actor, wanted)
    if wanted.has_words:
        found = lines_found(rows, wanted, after=None, size=limit).hits
        rows = rows.filter(pk__in=[hit.conversation for hit in found[:limit]])
    recent = wanted.filters.view in BY_RECENCY
    order = ("-last_message_at", "-id") if recent else ("queue_at", "id")
    return list(rows.order_by(*order).values_list("pk", "version")[:limit])


def _rows(actor: Actor, wanted: Search) -> QuerySet[Conversation]:
    """Return all that the view and the filters let through, bare."""
    rows = of_view(conversations_for(actor), wanted.filters.view, actor.user_id)
    rows = narrowed(rows, wanted.filters, actor).select_related(None)
    if not wanted.has_words:
        if wanted.since:
            rows = rows.filter(last_message_at__gte=wanted.since)
        if wanted.before:
            rows = rows.filter(last_message_at__lt=wanted.before)
    return rows


def _dressed(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return rows.select_related("contact", "assignee", "unit", "account")


def _label(rows: Sequence[Conversation]) -> None:
    """Give rows their tags, by name, as plain lists: a manager for each row would cost more."""
    known: dict[int, list[Tag]] = {row.pk: [] for row in rows}
    for tagging in _taggings(padded(known)) if known else ():
        known[tagging.conversation_id].append(tagging.tag)
    for row in rows:
        row.labels = known[row.pk]


@prepared
def _taggings(conversations: tuple[int, ...]) -> QuerySet[ConversationTag]:
    rows = ConversationTag.objects.filter(conversation_id__in=conversations)
    return rows.select_related("tag").only("conversation_id", "tag").order_by("tag__name")


def _by_due(
    rows: QuerySet[Conversation], after: Place | None, size: int
) -> KeysetPage[Conversation]:
    if after:
        at, pk = after
        rows = rows.filter(queue_at__gte=at).filter(Q(queue_at__gt=at) | Q(pk__gt=pk))
    return _cut_by_due(rows.order_by("queue_at", "id")[: size + 1], size)


def _cut_by_due(rows: Iterable[Conversation], size: int) -> KeysetPage[Conversation]:
    return cut(rows, size, lambda row: [row.queue_at.isoformat(), row.pk])


def _first_screen(actor: Actor, size: int) -> list[Conversation]:
    """Return what every screen shows when nobody has asked for anything else, and a row more."""
    units = actor.units(Ability.READ_INBOX)
    if units is None:
        return _open_everywhere(size)()
    return _open_in(size)(tuple(sorted(units))) if units else []


@lru_cache(maxsize=256)
def _open_everywhere(size: int) -> Prepared[[], Conversation]:
    return prepared(lambda: _open_by_due(dressed(), size))


@lru_cache(maxsize=256)
def _open_in(size: int) -> Prepared[[tuple[int, ...]], Conversation]:
    return prepared(lambda units: _open_by_due(dressed().filter(unit__in=units), size))


def _open_by_due(rows: QuerySet[Conversation], size: int) -> QuerySet[Conversation]:
    return of_view(rows, QueueFilter().view, None).order_by("queue_at", "id")[: size + 1]


def _by_return(
    rows: QuerySet[Conversation], after: Place | None, size: int
) -> KeysetPage[Conversation]:
    """What comes back first; last what waits for the customer alone."""
    rows = rows.annotate(returns_at=Coalesce("snoozed_until", Value(FAR_FUTURE)))
    if after:
        at, pk = after
        rows = rows.filter(returns_at__gte=at).filter(Q(returns_at__gt=at) | Q(pk__gt=pk))
    page = rows.order_by("returns_at", "id")[: size + 1]
    return cut(page, size, lambda row: [(row.snoozed_until or FAR_FUTURE).isoformat(), row.pk])


def _by_recency(
    rows: QuerySet[Conversation], after: Place | None, size: int
) -> KeysetPage[Conversation]:
    page = _before(rows, after).order_by("-last_message_at", "-id")[: size + 1]
    return cut(page, size, lambda row: [row.last_message_at.isoformat(), row.pk])


def _before(rows: QuerySet[Conversation], after: Place | None) -> QuerySet[Conversation]:
    if after is None:
        return rows
    at, pk = after
    return rows.filter(last_message_at__lte=at).filter(Q(last_message_at__lt=at) | Q(pk__lt=pk))


def _by_words(
    rows: QuerySet[Conversation], wanted: Search, after: Place | None, size: int
) -> KeysetPage[Conversation]:
    """Conversations in which the words stand, and those of customers who are called so."""
    named = contacts_named(wanted.words, wanted.excluded, limit=MOST_NAMED) or []
    found = lines_found(rows.exclude(contact__in=named), wanted, after=after, size=size)
    hits = sorted(
        [*found.hits, *_of_names(rows.filter(contact__in=named), after, size, found)],
        key=lambda hit: hit.place,
        reverse=True,
    )
    page = cut(hits[: size + 1], size, lambda hit: [hit.at.isoformat(), hit.conversation])
    cursor = page.next_cursor
    if not cursor and found.goes_on:
        at, pk = found.goes_on
        cursor = encode([at.isoformat(), pk])
    return KeysetPage(_shown(rows, page.rows, wanted), cursor)


def _of_names(
    rows: QuerySet[Conversation], after: Place | None, size: int, found: Found
) -> list[Hit]:
    named = _before(rows, after).order_by("-last_message_at", "-id")
    hits = [
        Hit(pk, at, "contact", contact)
        for pk, at, contact in named.values_list("pk", "last_message_at", "contact_id")[: size + 1]
    ]
    return [hit for hit in hits if found.goes_on is None or hit.place >= found.goes_on]


def _shown(rows: QuerySet[Conversation], hits: list[Hit], wanted: Search) -> list[Conversation]:
    """Fetch the conversations of some hits, in their order, each with its snippet as `found`."""
    marked = snippets(hits, wanted.words)
    kept = {row.pk: row for row in _dressed(rows).filter(pk__in=[h.conversation for h in hits])}
    shown = [kept[hit.conversation] for hit in hits if hit.conversation in kept]
    for row in shown:
        row.found = marked.get(row.pk)  # type: ignore[attr-defined]  # for the row's template
    return shown


def queue_counts(actor: Actor) -> dict[str, int]:
    """Count the conversations of each view, up to COUNT_LIMIT. One statement, each part on its index."""
    counted = _counting(actor.units(Ability.READ_INBOX), actor.user_id)
    return dict(zip(COUNTED, counted.rows()[0], strict=True))


@lru_cache(maxsize=1024)
def _counting(units: frozenset[int] | None, user_id: int | None) -> Sql:
    """Return the statement that counts; it is always the same for the same reach."""
    rows = within(units)
    return _counts({view: of_view(rows, view, user_id) for view in COUNTED}, COUNT_LIMIT)


def counts_of(lists: Mapping[str, QuerySet[Conversation]], limit: int) -> dict[str, int]:
    """Count the rows of several lists, each up to a limit, in one statement."""
    (counted,) = _counts(lists, limit).rows()
    return dict(zip(lists, counted, strict=True))


def _counts(lists: Mapping[str, QuerySet[Conversation]], limit: int) -> Sql:
    statement = Sql("SELECT")
    for number, rows in enumerate(lists.values()):
        bare = rows.select_related(None).order_by().values("pk")[:limit]
        statement += ", (SELECT count(*) FROM (" if number else "(SELECT count(*) FROM ("
        statement = statement + compiled(bare) + ") listed)"
    return statement
