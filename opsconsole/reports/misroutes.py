"""The matrix of mis-routes: what came to the wrong unit, who sent it there, and what that cost.

A mis-route is a hand-over because a conversation had come to the wrong unit. Its cost is the time the
customer waited there; a return is one that came back to a unit it had been in before.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from channels.models import ChannelAccount
from channels.selectors.accounts import accounts_for
from inbox.lifecycle import HandOverReason
from inbox.models import RoutingRule, UnitStay
from inbox.selectors.access import conversations_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.people.models import BusinessUnit
from opsconsole.people.roles import Ability
from opsconsole.reports.selectors import every_unit, midnight

#: Stands for "no rule sent it" where a rule is chosen.
NO_RULE = 0


@dataclass(frozen=True, slots=True)
class MisrouteFilter:
    """Which mis-routes to count. Days are whole days in Seoul; empty means no restriction."""

    since: date
    until: date
    account: int | None = None
    came_from: int | None = None
    unit: int | None = None
    rule: int | None = None


@dataclass
class Tally:
    """How many, how many of them came back, and the seconds that customers lost."""

    count: int = 0
    returns: int = 0
    lost_seconds: int = 0

    def add(self, count: int, returns: int, lost_seconds: int) -> None:
        """Count some more."""
        self.count += count
        self.returns += returns
        self.lost_seconds += lost_seconds


@dataclass(frozen=True)
class Source:
    """Who sent conversations to the wrong unit: a rule, or without one the account itself."""

    account: ChannelAccount | None
    rule: RoutingRule | None
    tally: Tally


@dataclass(frozen=True)
class Row:
    """One line of the matrix: from one unit to each of the others."""

    unit: BusinessUnit
    cells: list[tuple[BusinessUnit, Tally]]
    total: Tally


@dataclass(frozen=True)
class Matrix:
    """From unit × to unit, and who sent them there."""

    units: list[BusinessUnit]
    rows: list[Row]
    columns: list[tuple[BusinessUnit, Tally]]
    total: Tally
    sources: list[Source]


@dataclass
class _Sums:
    """Sums by pair of units and by sender."""

    pairs: dict[tuple[int, int], Tally] = field(default_factory=lambda: defaultdict(Tally))
    senders: dict[tuple[int, int | None], Tally] = field(
        default_factory=lambda: defaultdict(Tally)
    )
    total: Tally = field(default_factory=Tally)


def misroutes_for(actor: Actor) -> QuerySet[UnitStay]:
    """Return the mis-routes from or to the units that the actor directs."""
    actor.must(Ability.DIRECT_INBOX)
    rows = UnitStay.objects.filter(reason=HandOverReason.WRONG_UNIT)
    units = actor.units(Ability.DIRECT_INBOX)
    if units is None:
        return rows
    return rows.filter(Q(unit__in=units) | Q(came_from__in=units))


def misroute_matrix(actor: Actor, wanted: MisrouteFilter) -> Matrix:
    """Return the matrix of a stretch of time. Four queries, however much happened."""
    sums = _sums(actor, wanted)
    seen = {number for pair in sums.pairs for number in pair}
    units = [unit for unit in every_unit() if unit.is_active or unit.pk in seen]
    rows = [_row(unit, units, sums) for unit in units]
    columns = [(unit, _sum([sums.pairs[other.pk, unit.pk] for other in units])) for unit in units]
    return Matrix(units, rows, columns, sums.total, _sources(sums))


def _sums(actor: Actor, wanted: MisrouteFilter) -> _Sums:
    groups = (
        _narrowed(misroutes_for(actor), wanted)
        .values_list("came_from", "unit", "account", "wrong_rule")
        .annotate(
            count=Count("pk"),
            returns=Count("pk", filter=Q(is_return=True)),
            lost=Sum("lost_seconds", default=0),
        )
        .order_by()
    )
    sums = _Sums()
    for came_from, unit, account, rule, count, returns, lost in groups:
        for tally in (sums.pairs[came_from, unit], sums.senders[account, rule], sums.total):
            tally.add(count, returns, lost)
    return sums


def _row(unit: BusinessUnit, units: list[BusinessUnit], sums: _Sums) -> Row:
    cells = [(other, sums.pairs[unit.pk, other.pk]) for other in units]
    return Row(unit, cells, _sum([tally for _unit, tally in cells]))


def _sum(tallies: list[Tally]) -> Tally:
    made = Tally()
    for tally in tallies:
        made.add(tally.count, tally.returns, tally.lost_seconds)
    return made


def _sources(sums: _Sums) -> list[Source]:
    accounts = ChannelAccount.objects.in_bulk([account for account, _rule in sums.senders])
    rules = RoutingRule.objects.in_bulk([rule for _account, rule in sums.senders if rule])
    made = [
        Source(accounts.get(account), rules.get(rule) if rule else None, tally)
        for (account, rule), tally in sums.senders.items()
    ]
    return sorted(made, key=lambda source: -source.tally.count)


def misroute_page(
    actor: Actor, wanted: MisrouteFilter, *, cursor: str = "", size: int = 50
) -> KeysetPage[UnitStay]:
    """Return the rows behind a number, newest first. `is_readable` says whether the actor may open one."""
    readable = conversations_for(actor).select_related(None).filter(pk=OuterRef("conversation"))
    rows = (
        _narrowed(misroutes_for(actor), wanted)
        .select_related(
            "conversation__contact", "unit", "came_from", "account", "wrong_rule", "moved_by"
        )
        .annotate(is_readable=Exists(readable))
        .order_by("-id")
    )
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows[: size + 1], size, lambda row: [row.pk])


def misroutes_whole(actor: Actor, wanted: MisrouteFilter, size: int = 500) -> Iterator[UnitStay]:
    """Yield every row behind a number, page by page."""
    page = misroute_page(actor, wanted, size=size)
    while True:
        yield from page.rows
        if not page.next_cursor:
            return
        page = misroute_page(actor, wanted, cursor=page.next_cursor, size=size)


def _narrowed(rows: QuerySet[UnitStay], wanted: MisrouteFilter) -> QuerySet[UnitStay]:
    end = midnight(wanted.until + timedelta(days=1))
    rows = rows.filter(began_at__gte=midnight(wanted.since), began_at__lt=end)
    exact = {"account": wanted.account, "came_from": wanted.came_from, "unit": wanted.unit}
    if wanted.rule == NO_RULE:
        rows = rows.filter(wrong_rule__isnull=True)
    elif wanted.rule is not None:
        exact["wrong_rule"] = wanted.rule
    return rows.filter(**{name: value for name, value in exact.items() if value is not None})


def senders_to_choose(actor: Actor) -> tuple[list[ChannelAccount], list[RoutingRule]]:
    """Return the accounts and rules by which mis-routes may be narrowed."""
    return list(accounts_for(actor, Ability.DIRECT_INBOX)), list(RoutingRule.objects.all())
