"""What the queue can be narrowed by: views, filters that live in the address, and their conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from channels.lifecycle import ChannelKind
from inbox.lifecycle import UNWANTED, ConversationState
from inbox.models import Conversation, ConversationTag, Notice
from inbox.notices import NoticeKind
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid

S = ConversationState
_TO_DO = [S.NEW, S.OPEN]
_IN_HAND = [S.NEW, S.OPEN, S.WAITING]
_ACTIVE = [S.NEW, S.OPEN, S.WAITING, S.SNOOZED]
VIEWS = (
    "open", "mine", "unassigned", "mentions", "approval", "snoozed", "waiting", "resolved", "spam", "all",
)  # fmt: skip
#: Views that are read by recency, not by what is due first.
BY_RECENCY = frozenset({"mentions", "waiting", "resolved", "spam", "all"})
#: How urgent a wait is.
CLOCKS = ("overdue", "hour", "today", "breached")
#: Who has it, besides a person's number.
NOBODY, ME = "none", "me"
_FLAGS = frozenset({"1", "true", "on", "yes"})


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which conversations to list. Empty means no restriction.

    `assignee` is a person's number, NOBODY or ME. `since` and `until` are days, both included, of the
    newest line. `contacts` cannot be asked for in an address: a search fills it in.
    """

    view: str = "open"
    channel: str = ""
    account: int | None = None
    unit: int | None = None
    assignee: int | str | None = None
    tag: int | None = None
    topic: str = ""
    language: str = ""
    vip: bool = False
    followers: int | None = None
    clock: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""
    contacts: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what means nothing; Invalid names it."""
        for name, value, known in (
            ("view", self.view, VIEWS),
            ("channel", self.channel, tuple(ChannelKind)),
            ("clock", self.clock, CLOCKS),
        ):
            if value and value not in known:
                raise Invalid(code=f"unknown_{name}", field=name)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "QueueFilter":
        """Read a filter from an address; Invalid names what cannot be understood."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            given = str(query.get(field.name, "")).replace("\x00", "").strip()
            if given and field.name in _READ:
                values[field.name] = _READ[field.name](field.name, given)
        return cls(**values)

    def to_query(self) -> dict[str, str]:
        """Return the filter as address parameters, defaults left out."""
        shown = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default and field.name in _READ:
                shown[field.name] = "1" if value is True else str(value)
        return shown

    @property
    def is_narrowed(self) -> bool:
        """Whether more than the view decides what is listed."""
        return replace(self, view="open") != QueueFilter()


def _word(_name: str, given: str) -> str:
    return given[:200]


def _number(name: str, given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise Invalid(code="not_a_number", field=name)
    return int(given)


def _person(name: str, given: str) -> int | str:
    return given if given in {NOBODY, ME} else _number(name, given)


def _flag(_name: str, given: str) -> bool:
    return given.lower() in _FLAGS


def _day(name: str, given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise Invalid(code="not_a_day", field=name) from error


_READ = {
    "view": _word, "channel": _word, "account": _number, "unit": _number, "assignee": _person,
    "tag": _number, "topic": _word, "language": _word, "vip": _flag, "followers": _number,
    "clock": _word, "since": _day, "until": _day, "text": _word,
}  # fmt: skip


def of_view(
    rows: QuerySet[Conversation], view: str, user_id: int | None
) -> QuerySet[Conversation]:
    """Keep what belongs to a view, as this person sees it."""
    wanted = {
        "open": Q(state__in=_TO_DO),
        "mine": Q(state__in=_IN_HAND, assignee_id=user_id),
        "unassigned": Q(state__in=_TO_DO, assignee__isnull=True),
        "approval": Q(awaiting_approval=True),
        "snoozed": Q(state=S.SNOOZED),
        "waiting": Q(state=S.WAITING),
        "resolved": Q(state=S.RESOLVED),
        "spam": Q(state=S.RESOLVED, resolution__in=UNWANTED),
        "all": Q(),
    }
    if view == "mentions":
        named = Notice.objects.filter(user=user_id, kind=NoticeKind.MENTION)
        return rows.filter(state__in=_ACTIVE, pk__in=named.values("conversation"))
    return rows.filter(wanted[view])


def narrowed(
    rows: QuerySet[Conversation], filters: QueueFilter, actor: Actor
) -> QuerySet[Conversation]:
    """Keep what fits the filters; words are not looked at."""
    exact = {
        "channel": filters.channel,
        "account_id": filters.account,
        "unit_id": filters.unit,
        "topic": filters.topic,
        "language": filters.language,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value not in ("", None)})
    rows = _of_assignee(rows, filters.assignee, actor)
    if filters.tag is not None:
        tagged = ConversationTag.objects.filter(conversation=OuterRef("pk"), tag_id=filters.tag)
        rows = rows.filter(Exists(tagged))
    if filters.vip:
        rows = rows.filter(is_vip=True)
    if filters.followers:
        rows = rows.filter(contact_followers__gte=min(filters.followers, 2_000_000_000))
    if filters.contacts is not None:
        rows = rows.filter(contact_id__in=filters.contacts)
    return _of_time(rows, filters)


def _of_assignee(
    rows: QuerySet[Conversation], assignee: int | str | None, actor: Actor
) -> QuerySet[Conversation]:
    if assignee is None:
        return rows
    if assignee == NOBODY:
        return rows.filter(assignee__isnull=True)
    return rows.filter(assignee_id=actor.user_id if isinstance(assignee, str) else assignee)


def _of_time(rows: QuerySet[Conversation], filters: QueueFilter) -> QuerySet[Conversation]:
    at = now()
    ends = {"overdue": at, "hour": at + timedelta(hours=1), "today": _midnight(at)}
    if filters.clock == "breached":
        rows = rows.filter(is_breached=True)
    elif filters.clock:
        end = ends[filters.clock]
        # What is due stands in the queue at its due time: so its index leads straight there.
        rows = rows.filter(queue_at__lte=end, due_at__lte=end)
    if filters.since:
        rows = rows.filter(last_message_at__gte=day_start(filters.since))
    if filters.until:
        rows = rows.filter(last_message_at__lt=day_start(filters.until, days=1))
    return rows


def _midnight(at: datetime) -> datetime:
    return day_start(timezone.localtime(at).date(), days=1)


def day_start(day: date, *, days: int = 0) -> datetime:
    """Return when a day of the console's time zone begins, or one so many days later."""
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))
    except OverflowError as error:
        raise Invalid(code="not_a_day", field="until") from error
