"""From the cells of a row to what will be made of it, and what is wrong with it. Reads no tables."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaigns.calendar import instant, is_skipped
from campaigns.importing.columns import EXAMPLE, OF_ACCOUNT, OWN_TEXT, Column
from campaigns.importing.moments import read_date, read_state, read_time, read_zone, split_moment
from campaigns.memorial_days import memorial_day
from campaigns.wording import sample
from channels.registry import capabilities_for
from channels.types import Capabilities
from guidelines.checks import Severity, run_all
from opsconsole.kernel.public_holidays import holidays_of
from opsconsole.kernel.text import storable

C = Column
#: What a title and a text may hold at most; years that can be planned for.
LONGEST_TITLE, LONGEST_TEXT = 200, 100_000
_YEARS = range(2000, 2101)
#: Marks that part several accounts in one cell.
_PARTS = str.maketrans(dict.fromkeys("\n;,、，；", "\n"))


@dataclass(frozen=True, slots=True)
class Account:
    """An account that a row may name: `may` says whether its maker may post there."""

    pk: int
    kind: str
    name: str
    handle: str
    may: bool
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are read against: accounts in sight, campaigns by name, and the moment."""

    accounts: tuple[Account, ...]
    campaigns: tuple[tuple[int, str], ...]
    at: datetime

    def named(self, given: str) -> list[Account]:
        """Return the accounts that somebody may mean by a name, a handle or #number."""
        return [one for one in self.accounts if _plain(given) in _names(one)]

    def campaigns_named(self, given: str) -> list[int]:
        """Return the campaigns that somebody may mean by a name or #number."""
        wanted = _plain(given)
        return [pk for pk, name in self.campaigns if wanted in {_plain(name), f"#{pk}"}]


def _names(account: Account) -> set[str]:
    names = {_plain(account.name), f"#{account.pk}", _plain(f"{account.kind}:{account.name}")}
    if account.handle:
        handle = _plain(account.handle).removeprefix("@")
        names |= {handle, f"@{handle}"}
    return names


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


Problem = dict[str, Any]


@dataclass(slots=True)
class Reading:
    """What a row comes to. A fault stops it; a warning wants a second look."""

    cells: Mapping[str, str]
    title: str = ""
    body: str = ""
    state: str = "draft"
    zone: str = ""
    local: datetime | None = None
    at: datetime | None = None
    campaign: int | None = None
    accounts: list[Account] = field(default_factory=list)
    wording: dict[int, str] = field(default_factory=dict)
    sources: dict[int, str] = field(default_factory=dict)
    faults: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def fault(self, column: str, code: str, **params: Any) -> None:
        """Note what stops this row."""
        self.faults.append({"column": str(column), "code": code, "params": params})

    def warn(self, column: str, code: str, **params: Any) -> None:
        """Note what wants a second look."""
        self.warnings.append({"column": str(column), "code": code, "params": params})

    def stop(self, column: str, code: str, **params: Any) -> None:
        """Note what stops a row from being scheduled; a draft may be so for the time being."""
        (self.fault if self.state == "scheduled" else self.warn)(column, code, **params)

    def words_on(self, account: int) -> str:
        """Return what would go out on an account."""
        return self.wording.get(account) or self.body

    def plan(self) -> dict[str, Any]:
        """Return what will be made, as JSON can hold it."""
        return {
            "title": self.title, "body": self.body, "state": self.state, "zone": self.zone,
            "accounts": [account.pk for account in self.accounts],
            "wording": {str(pk): words for pk, words in self.wording.items()},
            "local_time": self.local.isoformat() if self.local else "",
            "campaign": self.campaign,
        }  # fmt: skip


def read_row(cells: Mapping[str, str], formulas: Iterable[str], known: Known) -> Reading:
    """Read one row: cells by the key of their column."""
    reading = Reading(cells)
    for column in formulas:
        reading.fault(column, "formula")
    steps: list[Callable[[Reading, Known], None]] = [
        _read_state, _read_texts, _read_accounts, _read_wording, _read_time, _read_campaign,
        _check_words, _check_day,
    ]  # fmt: skip
    for step in steps:
        step(reading, known)
    return reading


def _read_state(row: Reading, _known: Known) -> None:
    state = read_state(row.cells.get(C.STATE, ""))
    if state is None:
        row.fault(C.STATE, "state")
    row.state = state or "draft"


def _read_texts(row: Reading, _known: Known) -> None:
    row.title = " ".join(storable(row.cells.get(C.TITLE, "")).split())
    row.body = _text(row.cells.get(C.TEXT, ""))
    if row.body in EXAMPLE.values():
        row.fault(C.TEXT, "example")
    if len(row.title) > LONGEST_TITLE:
        row.fault(C.TITLE, "long_title", length=len(row.title), limit=LONGEST_TITLE)
    if len(row.body) > LONGEST_TEXT:
        row.fault(C.TEXT, "long_text", length=len(row.body), limit=LONGEST_TEXT)


def _text(cell: str) -> str:
    text = storable(cell).replace("\r\n", "\n").replace("\r", "\n")
    return text if text.strip() else ""


def _read_accounts(row: Reading, known: Known) -> None:
    given = row.cells.get(C.ACCOUNTS, "").strip()
    whole = bool(given) and len(known.named(given)) == 1
    names = [given] if whole else [part.strip() for part in given.translate(_PARTS).split("\n")]
    for name in filter(None, names):
        _add_account(row, known, C.ACCOUNTS, name)
    if not given:
        row.fault(C.ACCOUNTS, "missing")


def _add_account(row: Reading, known: Known, column: str, name: str) -> None:
    found = known.named(name)
    if not found:
        row.fault(column, "unknown_account", name=name[:120])
    elif len(found) > 1:
        numbers = ", ".join(f"#{one.pk}" for one in found[:5])
        row.fault(column, "several_accounts", name=name[:120], numbers=numbers)
    elif not found[0].may:
        row.fault(column, "may_not_post", name=found[0].name)
    elif found[0] not in row.accounts:
        row.accounts.append(found[0])
        if found[0].is_silent:
            row.warn(column, "silent", name=found[0].name)


def _read_wording(row: Reading, known: Known) -> None:
    """Take own words per channel, then those of single accounts, which go before."""
    for account in row.accounts:
        column = OWN_TEXT.get(account.kind)
        if column and (words := _text(row.cells.get(column, ""))):
            row.wording[account.pk], row.sources[account.pk] = words, str(column)
    for key, cell in row.cells.items():
        if key.startswith(OF_ACCOUNT) and (words := _text(cell)):
            meant = known.named(key.removeprefix(OF_ACCOUNT))
            placed = [one for one in meant if one in row.accounts]
            for one in placed:
                row.wording[one.pk], row.sources[one.pk] = words, key
            if not placed:
                row.fault(key, "words_for_nobody")
    _tell_unused(row)


def _tell_unused(row: Reading) -> None:
    used = {OWN_TEXT.get(account.kind) for account in row.accounts}
    for column in OWN_TEXT.values():
        if row.accounts and column not in used and row.cells.get(column, "").strip():
            row.warn(column, "unused_words")
    if not row.body and any(account.pk not in row.wording for account in row.accounts):
        row.fault(C.TEXT, "missing")


def _read_time(row: Reading, known: Known) -> None:
    zone = read_zone(row.cells.get(C.ZONE, ""))
    if zone is None:
        row.fault(C.ZONE, "zone")
        return
    row.zone = zone
    day, clock = row.cells.get(C.DATE, "").strip(), row.cells.get(C.TIME, "").strip()
    if day and not clock:
        day, clock = split_moment(day)
    if not day and not clock:
        if row.state == "scheduled":
            row.fault(C.DATE, "missing")
        return
    row.local = _moment(row, day, clock)
    if row.local is not None:
        _place_in_time(row, known, row.local)


def _moment(row: Reading, day: str, clock: str) -> datetime | None:
    on, at = read_date(day), read_time(clock)
    if not day or not clock:
        row.fault(C.TIME if day else C.DATE, "missing")
        return None
    if on is None:
        row.fault(C.DATE, "date", typed=day[:60])
    elif on.year not in _YEARS:
        row.fault(C.DATE, "year")
        return None
    if at is None:
        row.fault(C.TIME, "time", typed=clock[:60])
    return datetime.combine(on, at) if on and at else None


def _place_in_time(row: Reading, known: Known, local: datetime) -> None:
    row.at = instant(local, row.zone)
    if row.at <= known.at:
        row.stop(C.TIME if row.at > known.at - timedelta(days=1) else C.DATE, "past")
    if is_skipped(local, row.zone):
        row.warn(C.TIME, "skipped")


def _read_campaign(row: Reading, known: Known) -> None:
    given = row.cells.get(C.CAMPAIGN, "").strip()
    if not given:
        return
    found = known.campaigns_named(given)
    if not found:
        row.fault(C.CAMPAIGN, "campaign", name=given[:120])
    elif len(found) > 1:
        row.fault(C.CAMPAIGN, "several_campaigns", name=given[:120])
    else:
        row.campaign = found[0]


def _check_words(row: Reading, _known: Known) -> None:
    for account in row.accounts:
        limits = capabilities_for(account.kind)
        if limits.needs_title and not row.title:
            row.stop(C.TITLE, "no_title", name=account.name)
        if words := row.words_on(account.pk):
            _check_on(row, account, limits, words)


def _check_on(row: Reading, account: Account, limits: Capabilities, words: str) -> None:
    column = row.sources.get(account.pk, str(C.TEXT))
    for found in run_all(sample(words), counting=limits.counting, max_length=limits.max_length):
        say = row.stop if found.severity == Severity.BLOCKER else row.warn
        params = {**found.params, "finding": found.code, "name": account.name}
        say(column, "finding", **params)


def _check_day(row: Reading, _known: Known) -> None:
    if row.local is None:
        return
    day = row.local.date()
    if day in holidays_of("KR", day.year):
        row.warn(C.DATE, "holiday", day=day.isoformat())
    if memorial_day(day, "ko"):
        row.warn(C.DATE, "memorial", day=day.isoformat())
