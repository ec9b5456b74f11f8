"""The queue: filters that live in the address, keyset pages, cheap counts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from django.db.models import Exists, OuterRef, Q, QuerySet

from channels.lifecycle import ChannelKind
from inbox.lifecycle import ConversationState
from inbox.models import Conversation, ConversationTag, Message
from inbox.selectors.access import conversations_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.pagination import KeysetPage, cut, moment_and_number

S = ConversationState
_TO_DO = [S.NEW, S.OPEN]
_ACTIVE = [S.NEW, S.OPEN, S.WAITING]
VIEWS = ("open", "mine", "unassigned", "waiting", "resolved", "all")
#: Views that are read by recency, not by who waits longest.
_BY_RECENCY = frozenset({"resolved", "all"})
#: Counts stop here: "999+" is all that anyone needs to know.
COUNT_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which conversations to list. Empty means no restriction."""

    view: str = "open"
    channel: str = ""
    account: int | None = None
    unit: int | None = None
    assignee: int | None = None
    tag: int | None = None
    text: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "QueueFilter":
        """Read a filter from an address; Invalid names what cannot be understood."""
        values: dict[str, object] = {}
        for field in fields(cls):
            given = str(query.get(field.name, "")).replace("\x00", "").strip()
            if not given:
                continue
            values[field.name] = (
                _number(field.name, given) if field.default is None else given[:200]
            )
        made = cls(**values)  # type: ignore[arg-type]
        if made.view not in VIEWS:
            raise Invalid(code="unknown_view", field="view")
        if made.channel and made.channel not in set(ChannelKind):
            raise Invalid(code="unknown_channel", field="channel")
        return made

    def to_query(self) -> dict[str, str]:
        """Return the filter as address parameters, defaults left out."""
        values = asdict(self)
        shown = {name: str(value) for name, value in values.items() if value not in ("", None)}
        if self.view == "open":
            shown.pop("view")
        return shown


def _number(name: str, given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise Invalid(code="not_a_number", field=name)
    return int(given)


def queue_page(
    actor: Actor, filters: QueueFilter, *, cursor: str = "", size: int = 50
) -> KeysetPage[Conversation]:
    """Return one page: longest wait first, or newest first where nobody waits."""
    rows = _narrowed(_of_view(conversations_for(actor), filters.view, actor), filters)
    rows = rows.prefetch_related("tags")
    if filters.view in _BY_RECENCY:
        return _by_recency(rows, cursor, size)
    return _by_wait(rows, cursor, size)


def _by_wait(rows: QuerySet[Conversation], cursor: str, size: int) -> KeysetPage[Conversation]:
    if cursor:
        at, pk = moment_and_number(cursor)
        rows = rows.filter(queue_at__gte=at).filter(Q(queue_at__gt=at) | Q(pk__gt=pk))
    page = rows.order_by("queue_at", "id")[: size + 1]
    return cut(page, size, lambda row: [row.queue_at.isoformat(), row.pk])


def _by_recency(rows: QuerySet[Conversation], cursor: str, size: int) -> KeysetPage[Conversation]:
    if cursor:
        at, pk = moment_and_number(cursor)
        rows = rows.filter(last_message_at__lte=at).filter(
            Q(last_message_at__lt=at) | Q(pk__lt=pk)
        )
    page = rows.order_by("-last_message_at", "-id")[: size + 1]
    return cut(page, size, lambda row: [row.last_message_at.isoformat(), row.pk])


def _of_view(rows: QuerySet[Conversation], view: str, actor: Actor) -> QuerySet[Conversation]:
    wanted = {
        "open": Q(state__in=_TO_DO),
        "mine": Q(state__in=_ACTIVE, assignee_id=actor.user_id),
        "unassigned": Q(state__in=_TO_DO, assignee__isnull=True),
        "waiting": Q(state=S.WAITING),
        "resolved": Q(state=S.RESOLVED),
        "all": Q(),
    }
    return rows.filter(wanted[view])


def _narrowed(rows: QuerySet[Conversation], filters: QueueFilter) -> QuerySet[Conversation]:
    exact = {
        "channel": filters.channel,
        "account_id": filters.account,
        "unit_id": filters.unit,
        "assignee_id": filters.assignee,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value not in ("", None)})
    if filters.tag is not None:
        tagged = ConversationTag.objects.filter(conversation=OuterRef("pk"), tag_id=filters.tag)
        rows = rows.filter(Exists(tagged))
    if filters.text:
        said = Message.objects.filter(conversation=OuterRef("pk"), text__icontains=filters.text)
        name = Q(contact__name__icontains=filters.text)
        handle = Q(contact__handle__icontains=filters.text.lstrip("@"))
        rows = rows.filter(name | handle | Exists(said))
    return rows


def queue_counts(actor: Actor) -> dict[str, int]:
    """Count the conversations of each tab, up to COUNT_LIMIT. One query a tab, each on its index."""
    rows = conversations_for(actor).select_related(None).order_by()
    return {
        view: _of_view(rows, view, actor).values("pk")[:COUNT_LIMIT].count()
        for view in ("open", "mine", "unassigned", "waiting")
    }
