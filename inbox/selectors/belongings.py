"""What there is about a conversation at all: most have hardly anything, and need not be searched for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet, prefetch_related_objects

from inbox.models import Conversation, Message

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Belongings:
    """Of which kinds a conversation has any rows."""

    replies: bool
    notes: bool
    consults: bool
    pictures: bool
    moderations: bool
    leases: bool
    drafts: bool
    presences: bool
    follow_ups: bool
    tags: bool
    elsewhere: bool


_THEIRS = "SELECT 1 FROM {table} WHERE conversation_id = c.id"
_LOOKS = {
    "replies": _THEIRS.format(table="inbox_reply"),
    "notes": _THEIRS.format(table="inbox_note"),
    "consults": _THEIRS.format(table="inbox_consult"),
    "pictures": _THEIRS.format(table="inbox_picture"),
    "moderations": (
        "SELECT 1 FROM inbox_message m JOIN channels_moderation d "
        "USING (account_id, external_id) WHERE m.conversation_id = c.id"
    ),
    "leases": _THEIRS.format(table="inbox_lease"),
    "drafts": _THEIRS.format(table="inbox_draft"),
    "presences": _THEIRS.format(table="inbox_presence"),
    "follow_ups": _THEIRS.format(table="inbox_followup"),
    "tags": _THEIRS.format(table="inbox_conversationtag"),
    "elsewhere": _THEIRS.format(table="inbox_closing")
    + " AND reason = 'elsewhere' AND undone_at IS NULL",
}
_STATEMENT = "SELECT {} FROM inbox_conversation c WHERE c.id = %s".format(  # noqa: S608 - our own words
    ", ".join(f"EXISTS ({_LOOKS[field.name]})" for field in fields(Belongings))
)


def belongings_of(conversation: Conversation) -> Belongings:
    """Look for everything at once. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [conversation.pk])
        found = cursor.fetchone()
    return Belongings(*(found or [False] * len(_LOOKS)))


def rows_if(there: bool, rows: QuerySet[Row]) -> Sequence[Row]:
    """Read rows where there are any; no query otherwise."""
    return list(rows) if there else []


def read_along(messages: Iterable[Message], relation: str, owners: Iterable[Message]) -> None:
    """Fetch a relation for those of some messages that can have any; the others have none, without a query."""
    having = list(owners)
    prefetch_related_objects(having, relation)
    known = {message.pk for message in having}
    nothing = Message._meta.get_field(relation).related_model._base_manager.none()  # type: ignore[union-attr]
    for message in messages:
        if message.pk not in known:
            keep_read(message, relation, nothing)


def keep_read(message: Message, relation: str, rows: QuerySet[Any]) -> None:
    """Let a row answer for a relation with these rows. Django's own place; it has no public door."""
    message.__dict__.setdefault("_prefetched_objects_cache", {})[relation] = rows
