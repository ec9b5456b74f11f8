"""Holding an inbox against the platforms' own record, item by item, and the ledger against both."""

import re
from datetime import UTC, datetime
from typing import Any

from channels.coverage import Stretch, missing
from channels.models import ChannelAccount, CoveredStretch, Hole
from inbox.models import Message
from opsconsole.bench.gapping.day import Day
from opsconsole.bench.gapping.plan import KINDS
from opsconsole.bench.platform import control

_TAGS = re.compile(r"<[^>]+>")


def verdict(day: Day) -> tuple[list[str], int, int]:
    """Return what is wrong after a day, how many items were compared, and how many no platform gave out any more."""
    wrong: list[str] = []
    lost = compared = 0
    for kind in KINDS:
        account = ChannelAccount.objects.get(pk=day.accounts[kind].pk)
        record = control(day.url, f"record?account={day.there[kind]['name']}")
        theirs = {row["id"]: row for row in record if not row["is_own"]}
        found, gone = _items(account, theirs)
        wrong += [f"{kind}: {what}" for what in found]
        wrong += [f"{kind}: {what}" for what in _ledger(account, gone)]
        if account.failures or account.needs_reconnect:
            wrong.append(f"{kind}: does not come to rest: {account.last_error}")
        if len(theirs) < len(day.said[kind]):
            wrong.append(
                f"{kind}: the record has {len(theirs)} of {len(day.said[kind])} things said"
            )
        lost, compared = lost + len(gone), compared + len(theirs)
    return wrong, compared, lost


def _items(
    account: ChannelAccount, theirs: dict[str, dict[str, Any]]
) -> tuple[list[str], list[dict[str, Any]]]:
    """Compare items; return what is wrong, and what is missing here."""
    rows = Message.objects.filter(account=account, direction="inbound")
    ours = {row.external_id: row for row in rows}
    wrong = [f"{key} stands in the inbox and nowhere else" for key in ours.keys() - theirs.keys()]
    absent = []
    for key, row in theirs.items():
        mine = ours.get(key)
        if mine is None:
            if not row["is_gone"] and not row.get("is_spam"):
                absent.append(row)
            continue
        if row["is_gone"] != (mine.visibility == "removed"):
            wrong.append(f"{key} is {mine.visibility} here, gone there: {row['is_gone']}")
        if not row["is_gone"] and mine.text != _TAGS.sub("", row["text"]).strip():
            wrong.append(f"{key} reads {mine.text!r} here and {row['text']!r} there")
    return wrong, absent


def _ledger(account: ChannelAccount, absent: list[dict[str, Any]]) -> list[str]:
    """Check that every loss lies in a lost hole, every lost hole holds a loss, and the rest is covered."""
    holes = list(Hole.objects.filter(account=account))
    lost = [Stretch(hole.since, hole.until) for hole in holes if hole.state == "lost"]
    times = {row["id"]: datetime.fromtimestamp(row["at"], UTC) for row in absent}
    wrong = [
        f"{key} of {at:%H:%M:%S} is missing, and no hole tells of it"
        for key, at in times.items()
        if not any(hole.holds(at) for hole in lost)
    ]
    wrong += [
        f"a hole {hole.since:%H:%M:%S} to {hole.until:%H:%M:%S} is named that is none"
        for hole in lost
        if not any(hole.holds(at) for at in times.values())
    ]
    wrong += [f"{hole} is still open" for hole in holes if hole.state == "open"]
    rows = CoveredStretch.objects.filter(account=account)
    for stream in {row.stream for row in rows}:
        own = [Stretch(row.since, row.until) for row in rows if row.stream == stream]
        whole = Stretch(min(one.since for one in own), max(one.until for one in own))
        wrong += [
            f"{stream} {gap.since:%H:%M:%S} to {gap.until:%H:%M:%S} is neither covered nor a hole"
            for gap in missing([*own, *lost], whole)
        ]
    return wrong
