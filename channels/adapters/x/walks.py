"""How a timeline of X is walked: newest first, from poll to poll, and whether anything fell out of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.adapters.x import mapping
from channels.coverage import BEGINNING
from channels.types import Reach

MENTIONS, OWN = "mentions", "own"
STREAMS = (MENTIONS, OWN)
#: X keeps this many mentions; older ones are not given out any more.
MENTIONS_KEPT = 800
#: Each poll reads again what was posted in the last moments before the newest known post: a timeline
#: may show an older post after a newer one.
OVERLAP_MS = 30_000
_GAP = f"X gives out only the newest {MENTIONS_KEPT} mentions; older ones are missing."


@dataclass(frozen=True, slots=True)
class Step:
    """Where a walk stands after a page: its state, what it has reached at its end, and what is missing."""

    state: Mapping[str, Any]
    reached: tuple[Reach, ...] = ()
    gap: str = ""


def asked_for(state: Mapping[str, Any]) -> dict[str, str]:
    """Return the question for the next page of a walk."""
    asked = {"max_results": "100"}
    if state.get("since"):
        asked["since_id"] = str(state["since"])
    if state.get("token"):
        asked["pagination_token"] = str(state["token"])
    return asked


def next_of(body: Mapping[str, Any]) -> str:
    """Return the mark of the page after this one; empty on the last."""
    return str((body.get("meta") or {}).get("next_token") or "")


def advance(stream: str, state: Mapping[str, Any], body: Mapping[str, Any]) -> Step:
    """Return where the walk stands after one more page.

    `top` is the newest post of the walk before: one that does not come down to it has lost something on the
    way, unless that post is gone. `low` is the oldest post of this walk.
    """
    numbers = [int(post["id"]) for post in body.get("data") or []]
    since, top = int(state.get("since") or 0), int(state.get("top") or 0)
    newest = max([int(state.get("newest") or 0), *numbers])
    low = min([int(state.get("low") or 0) or newest, *numbers])
    seen = int(state.get("seen") or 0) + len(numbers)
    token = next_of(body)
    if token and (since or stream == MENTIONS):
        here = {"since": str(since or ""), "newest": str(newest), "token": token, "seen": seen,
                "low": str(low), "top": str(top or "")}  # fmt: skip
        return Step(here)
    kept = max(since, newest - (OVERLAP_MS << 22)) if newest else since
    after = {"since": str(kept) if kept > 0 else "", "top": str(max(top, newest) or "")}
    is_full = seen >= MENTIONS_KEPT
    is_long = bool(state.get("token")) or is_full
    fell_short = low > top if top else is_full
    is_cut = stream == MENTIONS and is_long and bool(since) and fell_short
    reach = Reach(stream)
    if is_cut or not since:
        is_whole = not since and not token and not is_full
        oldest = BEGINNING if is_whole else mapping.snowflake_time(str(low))
        reach = Reach(stream, oldest)
    gap = _GAP if is_cut and is_full else ""
    return Step({name: value for name, value in after.items() if value}, (reach,), gap)
