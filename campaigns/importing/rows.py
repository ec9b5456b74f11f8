"""From the cells of a row to words, places and time, and what is wrong with them. Reads no tables."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaigns.calendar import instant, is_skipped
from campaigns.contents import Content, Picked, Placing, settings_of
from campaigns.going import goings
from campaigns.importing.cells import names_in
from campaigns.importing.columns import EXAMPLE, FOR_CHANNEL, Aspect, Column, aspect_of
from campaigns.importing.known import Account, Known
from campaigns.importing.moments import (
    SEOUL,
    read_date,
    read_state,
    read_time,
    read_zone,
    split_moment,
)
from campaigns.memorial_days import memorial_day
from campaigns.rules import SILENT, Fault, alike, faults_of
from opsconsole.kernel.public_holidays import holidays_of
from opsconsole.kernel.text import storable

C, A = Column, Aspect
#: What a title and a text may hold at most; years that can be planned for.
LONGEST_TITLE, LONGEST_TEXT = 200, 100_000
_YEARS = range(2000, 2101)
#: Names that one cell may hold.
MOST_NAMES = 200
#: What the form's rules call something -> what files call it.
_CODES = {"title": "no_title"}


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
    parts: dict[int, list[str]] = field(default_factory=dict)
    excerpts: dict[int, str] = field(default_factory=dict)
    categories: dict[int, list[int]] = field(default_factory=dict)
    images: list[Picked] = field(default_factory=list)
    left_out: dict[int, list[int]] = field(default_factory=dict)
    is_announced: bool = False
    link_tag: str = ""
    lateness: str = ""
    #: What goes out on each account, its address and tags in place.
    says: dict[int, str] = field(default_factory=dict)
    #: The column in which something was typed for an account.
    sources: dict[tuple[Aspect, int], str] = field(default_factory=dict)
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
        return self.says.get(account) or self.wording.get(account) or self.body

    def column_of(self, aspect: Aspect, account: int) -> str:
        """Return the column in which something was typed for an account."""
        return self.sources.get((aspect, account), str(C.TEXT))

    def content(self) -> Content:
        """Return it as a writer would type it into the form."""
        return Content(
            title=self.title, body=self.body, account_ids=[one.pk for one in self.accounts],
            wording=self.wording, local_time=self.local, time_zone=self.zone, campaign=self.campaign,
            placing={one.pk: self._placing(one.pk) for one in self.accounts},
            images=self.images, is_announced=self.is_announced, link_tag=self.link_tag,
            lateness=self.lateness,
        )  # fmt: skip

    def _placing(self, account: int) -> Placing:
        return Placing(
            tuple(self.parts.get(account, ())), self.excerpts.get(account, ""),
            tuple(self.categories.get(account, ())), tuple(self.left_out.get(account, ())),
        )  # fmt: skip

    def plan(self) -> dict[str, Any]:
        """Return what will be made, as JSON can hold it."""
        return {
            "title": self.title, "body": self.body, "state": self.state, "zone": self.zone,
            "accounts": [account.pk for account in self.accounts],
            "wording": {str(pk): words for pk, words in self.wording.items()},
            "local_time": self.local.isoformat() if self.local else "",
            "campaign": self.campaign, "lateness": self.lateness,
            "settings": settings_of(self.content()),
            "says": {str(pk): words for pk, words in self.says.items()},
        }  # fmt: skip


Step = Callable[[Reading, Known], None]


def read_with(
    steps: Iterable[Step], cells: Mapping[str, str], formulas: Iterable[str], known: Known
) -> Reading:
    """Read one row, cells by the key of their column, by steps of which each may rely on those before."""
    reading = Reading(cells)
    for column in formulas:
        reading.fault(column, "formula")
    for step in steps:
        step(reading, known)
    return reading


def take_state(row: Reading, _known: Known) -> None:
    """Take what the post shall be, draft or scheduled."""
    state = read_state(row.cells.get(C.STATE, ""))
    if state is None:
        row.fault(C.STATE, "state")
    row.state = state or "draft"


def take_texts(row: Reading, _known: Known) -> None:
    """Take the title and the common text."""
    row.title = " ".join(storable(row.cells.get(C.TITLE, "")).split())
    row.body = text_of(row.cells.get(C.TEXT, ""))
    if row.body in EXAMPLE.values():
        row.fault(C.TEXT, "example")
    if len(row.title) > LONGEST_TITLE:
        row.fault(C.TITLE, "long_title", length=len(row.title), limit=LONGEST_TITLE)
    if len(row.body) > LONGEST_TEXT:
        row.fault(C.TEXT, "long_text", length=len(row.body), limit=LONGEST_TEXT)


def text_of(cell: str) -> str:
    """Return a text as it is kept; one of blanks alone is none."""
    text = storable(cell).replace("\r\n", "\n").replace("\r", "\n")
    return text if text.strip() else ""


def take_names(row: Reading, column: str, cell: str, is_known: Callable[[str], bool]) -> list[str]:
    """Return the names in a cell; far too many are one fault, not thousands."""
    names = names_in(cell, is_known)
    if len(names) <= MOST_NAMES:
        return names
    row.fault(column, "many_names", count=len(names), limit=MOST_NAMES)
    return []


def take_accounts(row: Reading, known: Known) -> None:
    """Take the accounts that are named."""
    given = row.cells.get(C.ACCOUNTS, "")
    for name in take_names(row, C.ACCOUNTS, given, lambda name: len(known.named(name)) == 1):
        _add_account(row, known, C.ACCOUNTS, name)
    if not given.strip():
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


def cells_for(row: Reading, known: Known, aspect: Aspect) -> list[tuple[Account, str, str]]:
    """Return account, column and cell of what is typed about the row's accounts.

    What is for a channel comes first, so that what is for one account goes before it. A cell for an account that
    the row does not name is a fault; one for a channel it has no account on is pointed out.
    """
    found = []
    for kind, column in FOR_CHANNEL[aspect].items():
        cell = row.cells.get(column, "")
        here = [one for one in row.accounts if one.kind == kind]
        if cell.strip():
            found += [(one, str(column), cell) for one in here]
            if row.accounts and not here:
                row.warn(column, "unused_words")
    for key, cell in row.cells.items():
        about, reference = aspect_of(key)
        if about == aspect and cell.strip():
            placed = [one for one in known.named(reference) if one in row.accounts]
            found += [(one, key, cell) for one in placed]
            if not placed:
                row.fault(key, "words_for_nobody")
    return found


def take_wording(row: Reading, known: Known) -> None:
    """Take own words per channel, then those of single accounts."""
    for account, column, cell in cells_for(row, known, A.TEXT):
        row.wording[account.pk] = text_of(cell)
        row.sources[A.TEXT, account.pk] = column
    if not row.body and any(account.pk not in row.wording for account in row.accounts):
        row.fault(C.TEXT, "missing")


def take_time(row: Reading, known: Known) -> None:
    """Take date, time and zone, and see whether they lie ahead."""
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


def take_campaign(row: Reading, known: Known) -> None:
    """Take the campaign that is named."""
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


def check_goings(row: Reading, known: Known) -> None:
    """Look at what would go out on each account, as the form and scheduling do."""
    row.zone = row.zone or SEOUL
    made = goings(row.content(), [one.row for one in row.accounts], known.images)
    same = alike(made)
    for account, fault in list(same.items())[:1]:
        _say(row, account, fault)
    for going in made:
        account = going.account.pk
        if row.words_on(account):
            row.says[account] = going.words
            faults = faults_of(going, at=row.at, zone=row.zone)
            # Which accounts are silent now was said beside their names.
            for fault in (one for one in faults if one.code != SILENT):
                _say(row, account, fault)


def _say(row: Reading, account: int, fault: Fault) -> None:
    column = {
        "title": str(C.TITLE), "images": str(C.IMAGES),
        f"part_{account}": row.column_of(A.PARTS, account),
    }.get(fault.field, row.column_of(A.TEXT, account))  # fmt: skip
    code = "finding" if "finding" in fault.params else _CODES.get(fault.code, fault.code)
    (row.stop if fault.is_blocker else row.warn)(column, code, **fault.params)


def check_day(row: Reading, _known: Known) -> None:
    """Point out holidays and memorial days."""
    if row.local is None:
        return
    day = row.local.date()
    if day in holidays_of("KR", day.year):
        row.warn(C.DATE, "holiday", day=day.isoformat())
    if memorial_day(day, "ko"):
        row.warn(C.DATE, "memorial", day=day.isoformat())
