"""Posts by day, in a zone of one's choice: what a calendar shows. As many queries at any size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q

from campaigns.calendar import instant, wall_time
from campaigns.lifecycle import PostState
from campaigns.memorial_days import memorial_day
from campaigns.models import Post
from campaigns.selectors.posts import posts_for
from campaigns.selectors.tallies import Row, Said, Sum, rows_of, sums_of
from campaigns.slots import Placed, nearly_same, same_minute
from channels.models import ChannelAccount, NativePost
from channels.selectors.accounts import accounts_for
from channels.selectors.side_streams import natives_between
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.public_holidays import holidays_of
from opsconsole.people.roles import Ability

VIEWS = ("month", "week", "day", "list")
#: Posts that one look holds; whoever has more narrows by unit or account.
MOST = 1500
#: Chips in one square of a month.
IN_SQUARE = 5
#: Days that the list shows.
LIST_DAYS = 14


@dataclass(frozen=True, slots=True)
class CalendarQuery:
    """What to look at: `day` lies in the span, `zone` is whose clocks hold."""

    view: str
    day: date
    zone: str
    unit: int | None = None
    account: int | None = None

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last local date of the view; a month is seen in whole weeks."""
        if self.view == "day":
            return self.day, self.day
        if self.view == "list":
            return self.day, self.day + timedelta(days=LIST_DAYS - 1)
        first = self.day.replace(day=1) if self.view == "month" else self.day
        first -= timedelta(days=first.weekday())
        if self.view == "week":
            return first, first + timedelta(days=6)
        last = _month_after(self.day) - timedelta(days=1)
        return first, last + timedelta(days=6 - last.weekday())

    @property
    def before(self) -> date:
        """A day in the span before this one."""
        if self.view == "month":
            return (self.day.replace(day=1) - timedelta(days=1)).replace(day=1)
        return self.day - timedelta(days=self._step)

    @property
    def after(self) -> date:
        """A day in the span after this one."""
        return (
            _month_after(self.day)
            if self.view == "month"
            else self.day + timedelta(days=self._step)
        )

    @property
    def _step(self) -> int:
        return {"week": 7, "list": LIST_DAYS}.get(self.view, 1)


def _month_after(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


@dataclass(slots=True)
class Entry:
    """A post on its day: when by the chosen clocks, and what there is to say about it."""

    post: Post
    local: datetime
    at: datetime
    can_move: bool
    same_minute: set[int] = field(default_factory=set)
    alike: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Native:
    """A post that is scheduled on its platform itself, on its day by the chosen clocks: to be seen only."""

    post: NativePost
    account: ChannelAccount
    local: datetime


@dataclass(slots=True)
class Day:
    """One day of a calendar."""

    date: date
    is_inside: bool
    is_today: bool
    holiday: str
    memorial: str
    entries: list[Entry]
    natives: list[Native] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)

    @property
    def shown(self) -> list[Entry]:
        """What fits into the square of a month."""
        return self.entries if self.rest == 0 else self.entries[:IN_SQUARE]

    @property
    def rest(self) -> int:
        """How many do not fit."""
        return max(len(self.entries) - IN_SQUARE, 0)

    @property
    def hours(self) -> list[tuple[int, list[Entry]]]:
        """The entries of each hour."""
        return [
            (hour, [one for one in self.entries if one.local.hour == hour]) for hour in range(24)
        ]


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """Everything one look shows. `is_cut` says that there is more than can be shown."""

    days: list[Day]
    rows: list[Row]
    accounts: list[ChannelAccount]
    is_cut: bool
    notices: int

    @property
    def weeks(self) -> list[list[Day]]:
        """The days in rows of seven."""
        return [self.days[i : i + 7] for i in range(0, len(self.days), 7)]


def calendar_page(actor: Actor, query: CalendarQuery, language: str) -> CalendarPage:
    """Return a calendar within the actor's reach, in as many queries at any size."""
    first, last = query.span
    posts = _posts(actor, query, first, last)
    entries = [entry for post in posts[:MOST] if (entry := _entry(actor, post, query.zone))]
    entries.sort(key=lambda one: (one.local, one.post.pk))
    _point_out(entries)
    by_day: dict[date, list[Entry]] = {}
    for entry in entries:
        by_day.setdefault(entry.local.date(), []).append(entry)
    today = wall_time(now(), query.zone).date()
    days = [
        _day(first + timedelta(days=number), query, today, language, by_day)
        for number in range((last - first).days + 1)
    ]
    accounts = [one for one in accounts_for(actor, Ability.READ_POSTS) if one.kind != "feed"]
    wanted = [one for one in accounts if _is_asked(one, query)]
    _put_natives(days, wanted, query)
    rows = _rows(wanted, days, query)
    for day, sums in zip(days, sums_of(rows, len(days)), strict=True):
        day.sums = sums
    return CalendarPage(
        days=days,
        rows=rows,
        accounts=accounts,
        is_cut=len(posts) > MOST,
        notices=sum(1 for one in entries if one.same_minute or one.alike),
    )


def _put_natives(
    days: Sequence[Day], accounts: Sequence[ChannelAccount], query: CalendarQuery
) -> None:
    """Put what is scheduled on the platforms themselves on its days. One query."""
    by_id = {account.pk: account for account in accounts}
    by_date = {day.date: day for day in days}
    start, end = _ends(days[0].date, days[-1].date, query.zone)
    for row in natives_between(by_id, start, end):
        local = wall_time(row.due_at, query.zone)
        by_date[local.date()].natives.append(Native(row, by_id[row.account_id], local))


def _ends(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """Return the moments between which days lie by a zone's clocks."""
    midnight = datetime.min.time()
    return (
        instant(datetime.combine(first, midnight), zone),
        instant(datetime.combine(last + timedelta(days=1), midnight), zone),
    )


def _is_asked(account: ChannelAccount, query: CalendarQuery) -> bool:
    return query.account in {None, account.pk} and query.unit in {None, account.unit_id}


def _posts(actor: Actor, query: CalendarQuery, first: date, last: date) -> list[Post]:
    """Return the posts of a span by time. Drafts have no instant yet: their wall time places them."""
    start, end = _ends(first, last, query.zone)
    # A draft's clock may be of another zone: a day more on either side, sorted out when placed.
    walls = [(first - timedelta(days=1)).isoformat(), (last + timedelta(days=2)).isoformat()]
    rows = posts_for(actor).filter(
        Q(publish_at__gte=start, publish_at__lt=end)
        | Q(
            publish_at=None,
            state=PostState.DRAFT,
            local_time__gte=walls[0],
            local_time__lt=walls[1],
        )
    )
    rows = rows.exclude(state=PostState.CANCELLED)
    if query.unit is not None:
        rows = rows.filter(unit_id=query.unit)
    if query.account is not None:
        rows = rows.filter(targets__account_id=query.account)
    return list(rows.order_by("publish_at", "id")[: MOST + 1])


def _entry(actor: Actor, post: Post, zone: str) -> Entry | None:
    at = post.publish_at or instant(datetime.fromisoformat(post.local_time), post.time_zone)
    is_open = post.state in {PostState.DRAFT, PostState.SCHEDULED}
    may = is_open and actor.can(Ability.WRITE_POSTS, post.unit_id)
    return Entry(post, wall_time(at, zone), at, may)


def _point_out(entries: Sequence[Entry]) -> None:
    """Note what clashes among what is still to come."""
    by_post = {entry.post.pk: entry for entry in entries}
    placed = list(_placed(entries))
    for pk, others in same_minute(placed).items():
        by_post[pk].same_minute = others
    for pk, others in nearly_same(placed).items():
        by_post[pk].alike = others


def _placed(entries: Iterable[Entry]) -> Iterable[Placed]:
    for entry in entries:
        post = entry.post
        if post.state == PostState.DONE:
            continue
        for target in post.targets.all():
            text = target.text or post.body
            yield Placed(post.pk, target.account_id, entry.at, text, post.series_id)


def _day(
    day: date, query: CalendarQuery, today: date, language: str, by_day: dict[date, list[Entry]]
) -> Day:
    return Day(
        date=day,
        is_inside=query.view != "month" or day.month == query.day.month,
        is_today=day == today,
        holiday=holidays_of("KR", day.year, language).get(day, ""),
        memorial=memorial_day(day, language),
        entries=by_day.get(day, []),
    )


def _rows(
    accounts: Sequence[ChannelAccount], days: Sequence[Day], query: CalendarQuery
) -> list[Row]:
    """Count what stands and what is planned for each account and day; only one day offers free times."""
    said = [
        Said(target.account_id, entry.local, target.delivery.state if target.delivery else "")
        for day in days
        for entry in day.entries
        for target in entry.post.targets.all()
    ]
    clock = wall_time(now(), query.zone) if query.view == "day" else None
    return rows_of(accounts, said, [day.date for day in days], clock)
