"""Keeping the search true: lines are noted as changed where they change, and a worker makes their entries.

Noting costs one cheap row, so that taking lines in stays fast; the search reads what is noted directly
and is never behind. An entry costs a few dozen places in an index and is made a batch at a time.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.db import connection, transaction

from inbox.lifecycle import Searchable
from inbox.models import Contact, Message, Note, SearchEntry, SearchPending
from inbox.search.words import folded, keyed, line_grams, slice_of

#: One worker at a time: two might write one line's entry in the wrong order.
_LOCK = 0x6F70_7365
#: Lines of one transaction.
BATCH = 500
#: A name belongs to no time.
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def search_later(kind: Searchable, rows: Iterable[int]) -> None:
    """Note that lines are new, changed or gone. Call it in the transaction that changes them."""
    noted = list(rows)
    if not noted:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO inbox_searchpending (kind, "row") SELECT %s, unnest(%s::bigint[])',
            [kind, noted],
        )


def search_index(limit: int = BATCH) -> int:
    """Make the entries of lines that were noted, oldest note first. Returns how many; call until 0."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        noted = list(SearchPending.objects.order_by("id")[:limit])
        for kind in Searchable:
            entries_make(kind, {note.row for note in noted if note.kind == kind})
        SearchPending.objects.filter(pk__in=[note.pk for note in noted]).delete()
    return len(noted)


def entries_make(kind: Searchable, rows: set[int]) -> None:
    """Replace the entries of some lines by what the lines say now."""
    if not rows:
        return
    SearchEntry.objects.filter(kind=kind, row__in=rows).delete()
    SearchEntry.objects.bulk_create(_ENTRIES[kind](rows))


def _messages(rows: set[int]) -> list[SearchEntry]:
    found = Message.objects.filter(pk__in=rows, removed_at__isnull=True).exclude(text="")
    return [
        _entry(Searchable.MESSAGE, pk, text, at, conversation)
        for pk, text, at, conversation in found.values_list(
            "pk", "text", "posted_at", "conversation_id"
        )
    ]


def _notes(rows: set[int]) -> list[SearchEntry]:
    found = Note.objects.filter(pk__in=rows)
    return [
        _entry(Searchable.NOTE, pk, text, at, conversation)
        for pk, text, at, conversation in found.values_list(
            "pk", "text", "created_at", "conversation_id"
        )
    ]


def _contacts(rows: set[int]) -> list[SearchEntry]:
    found = Contact.objects.filter(pk__in=rows).exclude(name="", handle="")
    return [
        _entry(Searchable.CONTACT, pk, f"{name} @{handle}", _NO_TIME, None)
        for pk, name, handle in found.values_list("pk", "name", "handle")
    ]


_ENTRIES = {
    Searchable.MESSAGE: _messages,
    Searchable.NOTE: _notes,
    Searchable.CONTACT: _contacts,
}


def _entry(
    kind: Searchable, row: int, text: str, at: datetime, conversation: int | None
) -> SearchEntry:
    words = folded(text)
    grams = keyed(line_grams(words), slice_of(at))
    return SearchEntry(
        kind=kind, row=row, conversation_id=conversation, at=at, words=words, grams=grams
    )


def search_refill(batch: int = 2_000) -> Iterator[tuple[str, int]]:
    """Make every entry anew, a batch a transaction. Yields the kind and how many rows are done so far."""
    for kind, table in (
        (Searchable.MESSAGE, Message),
        (Searchable.NOTE, Note),
        (Searchable.CONTACT, Contact),
    ):
        done = last = 0
        while rows := list(
            table._default_manager.filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", flat=True)[:batch]
        ):
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
                entries_make(kind, set(rows))
            last, done = rows[-1], done + len(rows)
            yield kind, done
