"""Holding an inbox against the platforms' own record, item by item, and the ledger against both."""

import re
from datetime import UTC, datetime
from typing import Any

from channels.coverage import Stretch, missing
from channels.lifecycle import PushState
from channels.models import ChannelAccount, CoveredStretch, Hole, PushEvent
from channels.tidings import ONLY_TOLD
from inbox.models import Message
from opsconsole.bench.gapping.day import Day
from opsconsole.bench.gapping.plan import KINDS
from opsconsole.bench.platform import control

#: What may be an id in the body of an event.
_WORDS = re.compile(rb"[0-9_]+")
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
        pushed = _pushed(account, theirs)
        for part in (found, _ledger(account, gone, pushed), _doors(day, kind, account)):
            wrong += [f"{kind}: {what}" for what in part]
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
    rows = rows.exclude(external_id__startswith=ONLY_TOLD)
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


def _pushed(account: ChannelAccount, theirs: dict[str, dict[str, Any]]) -> list[datetime]:
    """Return the times of all items of which an event told."""
    events = PushEvent.objects.filter(account=account)
    told = {
        key
        for body in events.values_list("body", flat=True)
        for key in _WORDS.findall(bytes(body))
    }
    return [
        datetime.fromtimestamp(row["at"], UTC)
        for key, row in theirs.items()
        if key.encode() in told
    ]


def _doors(day: Day, kind: str, account: ChannelAccount) -> list[str]:
    """Check that all that was pushed is taken in, nothing forged is, and pages elsewhere are as we know them."""
    events = PushEvent.objects.filter(account=account).exclude(state=PushState.DONE)
    wrong = [f"{event} is {event.state}: {event.error}" for event in events]
    if kind == "blog":
        return wrong + (day.neighbours.wrong(account) if day.neighbours else [])
    if kind in day.plan.manners:
        counts = control(day.url, f"push?account={day.there[kind]['name']}")["counts"]
        if counts.get("forged_taken"):
            wrong.append(f"{counts['forged_taken']} forged calls were taken")
    return wrong


def _ledger(
    account: ChannelAccount, absent: list[dict[str, Any]], pushed: list[datetime]
) -> list[str]:
    """Check that every loss lies in a lost hole, every lost hole holds a loss, and the rest is covered.

    What only a push has brought was lost to polls: a hole may hold nothing else.
    """
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
        if not any(hole.holds(at) for at in (*times.values(), *pushed))
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
