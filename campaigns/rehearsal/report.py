"""The report of a rehearsal: what is kept of it, as JSON. Codes only; screens and the API say them in words."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from campaigns.actions.arranging import goings_of, must_be_sound
from campaigns.models import PostTarget
from campaigns.rehearsal.misfortunes import Misfortune
from campaigns.rehearsal.outcome import Outcome, obstacle_of
from campaigns.rehearsal.script import Line, clashes_of, limits_of, planned_of
from channels.lifecycle import DeliveryState
from channels.models import Delivery
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid

D = DeliveryState
#: The last part of a number as a platform gives it: ours may have the page or the kind before it.
_LAST = re.compile(r"[^:_]*$")


def report_of(actor: Actor, outcome: Outcome) -> dict[str, Any]:
    """Return the report. It reads the real rows and the scratch database, and writes nothing."""
    stood = {
        account: {_number(str(row["external_id"])): float(row["at"]) for row in rows}
        for account, rows in outcome.creates.items()
    }
    rows = [_row(line, outcome, stood) for line in outcome.script.lines]
    rows += [_idle(target) for target in outcome.script.idle]
    rows.sort(
        key=lambda row: (
            row["planned"] is None,
            row["planned"] or "",
            row["post"],
            row["account"],
            row["part"],
        )
    )
    return {
        "rows": rows,
        "clashes": clashes_of(actor, outcome.script),
        "limits": limits_of(actor, outcome.script),
        "duplicates": _duplicates(outcome),
        "injected": dict(Counter(str(kind) for kind in outcome.injected.values())),
        "seconds": round(outcome.seconds, 1),
        "is_cut": outcome.is_cut,
    }


def _row(line: Line, outcome: Outcome, stood: Mapping[int, Mapping[str, float]]) -> dict[str, Any]:
    pk = line.delivery.pk
    ended, planned = outcome.ended[pk], outcome.planned[pk]
    lateness = _lateness(ended, outcome.moments[pk], stood)
    injected = outcome.injected.get(pk)
    reason = "" if ended.state == D.SENT else _reason(ended, outcome)
    return _head(line.target, planned, line.part) | {
        "state": ended.state,
        "goes": ended.state == D.SENT,
        "went": None if lateness is None else (planned + timedelta(seconds=lateness)).isoformat(),
        "late": lateness,
        "attempts": ended.attempts_made,
        "injected": str(injected) if injected else "",
        "reason": reason,
        "detail": ended.reason if reason in {D.REJECTED, D.FAILED} else "",
        "awaits_host": ended.is_held_by_host,
        "troubles": [],
    }


def _idle(target: PostTarget) -> dict[str, Any]:
    """A draft does not go out; say what would be refused on the day."""
    planned = planned_of(target)
    return _head(target, planned) | {
        "state": "", "goes": False, "went": None, "late": None, "attempts": 0, "injected": "",
        "reason": "draft" if planned else "no_time", "detail": "", "awaits_host": False,
        "troubles": _troubles(target, planned or now()),
    }  # fmt: skip


def _troubles(target: PostTarget, at: datetime) -> list[str]:
    """Return the code of what would be refused when a draft were scheduled."""
    try:
        for going in goings_of(target.post, [target]):
            must_be_sound(going, target, at)
    except Invalid as refusal:
        return [refusal.code]
    return []


def _head(target: PostTarget, planned: datetime | None, part: int = 0) -> dict[str, Any]:
    return {
        "post": target.post_id,
        "part": part,
        "title": target.post.title or target.post.body[:60],
        "unit": target.post.unit_id,
        "account": target.account_id,
        "name": target.account.name,
        "kind": target.account.kind,
        "planned": planned.isoformat() if planned else None,
    }


def _lateness(
    ended: Delivery, moment: datetime, stood: Mapping[int, Mapping[str, float]]
) -> float | None:
    """Return how many seconds after its time it stood there, by the platform's clock; None when it does not."""
    if ended.state != D.SENT:
        return None
    at = stood.get(ended.account_id, {}).get(_number(ended.external_id))
    if at is None:
        return None
    # Rounded up: nothing looks more punctual than it was.
    return math.ceil(max(at - moment.timestamp(), 0) * 10) / 10


def _reason(ended: Delivery, outcome: Outcome) -> str:
    """Return why it does not go out, in a word."""
    if ended.state in {D.REJECTED, D.FAILED}:
        return str(ended.state)
    if ended.state == D.NEEDS_HUMAN:
        return "unclear"
    if ended.is_settled:
        return ended.reason_code or str(ended.state)
    why = obstacle_of(ended)
    if why == "account_disconnected" and _is_revoked(ended.account_id, outcome):
        return str(Misfortune.REVOKED)
    return why or "time_up"


def _is_revoked(account: int, outcome: Outcome) -> bool:
    """Tell whether the rehearsal itself has taken an account its access."""
    return any(
        kind == Misfortune.REVOKED and outcome.ended[pk].account_id == account
        for pk, kind in outcome.injected.items()
    )


def _duplicates(outcome: Outcome) -> int:
    """Count what stands on the platforms and belongs to no delivery, less what is still unclear."""
    found = 0
    for account, rows in outcome.creates.items():
        ours = [one for one in outcome.ended.values() if one.account_id == account]
        known = {_number(one.external_id) for one in ours if one.external_id}
        stray = sum(_number(str(row["external_id"])) not in known for row in rows)
        unclear = sum(
            one.state in {D.AMBIGUOUS, D.RECONCILING, D.NEEDS_HUMAN, D.ARMED} for one in ours
        )
        found += max(stray - unclear, 0)
    return found


def _number(external_id: str) -> str:
    found = _LAST.search(external_id)
    return found[0] if found else external_id
