"""The lines of a timeline: messages, answers on their way, notes, acts and consults, in one order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects

from channels.lifecycle import DeliveryState
from inbox.lifecycle import ConsultState
from inbox.models import Consult, Conversation, Message, Note, Reply
from inbox.selectors.belongings import Belongings, read_along, rows_if
from opsconsole.audit.models import Activity
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.pagination import decode
from opsconsole.kernel.prepared import Prepared, prepared

#: Acts that are shown by what they brought about.
_SHOWN_OTHERWISE = (
    "inbox.conversation.opened", "inbox.reply.sent", "inbox.note.added", "inbox.draft.parked",
    "inbox.draft.copied", "inbox.draft.discarded", "inbox.picture.added", "inbox.picture.removed",
    "inbox.consult.answered", "inbox.consult.answered_by_guest",
)  # fmt: skip
#: Reason code of an answer that its author took back before it left: its words are a draft again.
UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline: `kind` is one of ENTRY_KINDS; `row` is that row."""

    kind: str
    at: datetime
    row: Any


#: A place in the timeline: moment, rank of the kind, number of the row.
Place = tuple[datetime, int, int]
ENTRY_KINDS = ("message", "reply", "note", "activity", "consult")
_RANKS = {kind: rank for rank, kind in enumerate(ENTRY_KINDS)}


def key_of(entry: Entry) -> tuple[str, int, int]:
    """Return what a cursor keeps of an entry's place."""
    return entry.at.isoformat(), _RANKS[entry.kind], entry.row.pk


def place_of(before: str) -> Place | None:
    """Read a cursor; None when there is none. Raises Invalid (`bad_cursor`)."""
    if not before:
        return None
    try:
        at, rank, pk = decode(before, 3)
        return datetime.fromisoformat(at).astimezone(UTC), int(rank), int(pk)
    except (ValueError, OverflowError) as error:
        raise Invalid(code="bad_cursor") from error


def entries_of(
    conversation: Conversation, there: Belongings, limit: int, *, before: Place | None
) -> list[Entry]:
    """Take the newest of each kind, merge, and keep the newest of all, oldest first."""
    messages = _messages(conversation, there, limit, before)
    replies = rows_if(there.replies, _replies(conversation, before)[:limit])
    notes = rows_if(there.notes, _notes(conversation, before)[:limit])
    consults = rows_if(there.consults, _consults(conversation, before)[:limit])
    acts = (
        list(_acts(conversation.pk, before)[:limit])
        if before
        else _newest_acts(limit)(conversation.pk)
    )
    merged = [
        *(Entry("message", row.posted_at, row) for row in messages),
        *(Entry("reply", row.created_at, row) for row in replies),
        *(Entry("note", row.created_at, row) for row in notes),
        *(Entry("activity", row.at, row) for row in acts),
        *(Entry("consult", row.ended_at, row) for row in consults if row.ended_at),
    ]
    merged.sort(key=lambda entry: (entry.at, _RANKS[entry.kind], entry.row.pk))
    return merged[-limit:]


def _earlier(kind: str, field: str, before: Place | None) -> Q:
    """Many lines may share one second: where kinds meet, their rank decides."""
    if before is None:
        return Q()
    at, rank, pk = before
    earlier, same = Q(**{f"{field}__lt": at}), Q(**{field: at})
    if _RANKS[kind] == rank:
        return earlier | same & Q(pk__lt=pk)
    return earlier | same if _RANKS[kind] < rank else earlier


def _messages(
    conversation: Conversation, there: Belongings, limit: int, before: Place | None
) -> list[Message]:
    """Read messages, newest first, with all that is shown of them."""
    if before is None:
        messages = _newest_messages(limit, with_answers=there.replies)(conversation.pk)
    else:
        rows = _message_rows(conversation.pk, with_answers=there.replies)
        messages = list(rows.filter(_earlier("message", "posted_at", before))[:limit])
    _know_customers(conversation, messages)
    read_along(messages, "revisions", [m for m in messages if m.edited_at is not None])
    read_along(messages, "ended_waits", [m for m in messages if not m.is_inbound])
    return messages


@lru_cache(maxsize=256)
def _newest_messages(limit: int, *, with_answers: bool) -> Prepared[[int], Message]:
    return prepared(lambda pk: _message_rows(pk, with_answers=with_answers)[:limit])


def _message_rows(conversation_id: int, *, with_answers: bool) -> QuerySet[Message]:
    answers = ("delivery", "delivery__reply__approved_by") if with_answers else ()
    rows = Message.objects.filter(conversation_id=conversation_id)
    return rows.select_related("operator", *answers).order_by("-posted_at", "-id")


def _know_customers(conversation: Conversation, messages: Iterable[Message]) -> None:
    """Give lines their customers: mostly the conversation's own, who is at hand."""
    others = []
    for message in messages:
        if message.contact_id == conversation.contact_id:
            message.contact = conversation.contact
        elif message.contact_id is not None:
            others.append(message)
    prefetch_related_objects(others, "contact")


def _replies(conversation: Conversation, before: Place | None) -> QuerySet[Reply]:
    return (
        Reply.objects.filter(_earlier("reply", "created_at", before), conversation=conversation)
        .exclude(delivery__state=DeliveryState.SENT, delivery__message__isnull=False)
        .exclude(delivery__state=DeliveryState.CANCELLED, delivery__reason_code=UNDONE)
        .select_related(
            "author", "approved_by", "delivery", "delivery__account", "answers__contact"
        )
        .order_by("-created_at", "-id")
    )


def _notes(conversation: Conversation, before: Place | None) -> QuerySet[Note]:
    rows = Note.objects.filter(_earlier("note", "created_at", before), conversation=conversation)
    return rows.select_related("author").order_by("-created_at", "-id")


def _acts(conversation_id: int, before: Place | None = None) -> QuerySet[Activity]:
    rows = Activity.objects.filter(
        _earlier("activity", "at", before),
        subject_type="inbox.conversation", subject_id=conversation_id,
    )  # fmt: skip
    return rows.exclude(verb__in=_SHOWN_OTHERWISE).order_by("-at", "-id")


@lru_cache(maxsize=256)
def _newest_acts(limit: int) -> Prepared[[int], Activity]:
    return prepared(lambda pk: _acts(pk)[:limit])


def _consults(conversation: Conversation, before: Place | None) -> QuerySet[Consult]:
    rows = Consult.objects.filter(
        _earlier("consult", "ended_at", before),
        conversation=conversation, state=ConsultState.ANSWERED,
    )  # fmt: skip
    return rows.select_related("unit", "asked_by", "answered_by").order_by("-ended_at", "-id")
