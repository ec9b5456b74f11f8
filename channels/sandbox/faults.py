"""Scripted misfortune: which call goes wrong, how, and how often. Not what the answers look like."""

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.sandbox.clock import now
from channels.sandbox.wire import Call

#: Every kind of fault, and whether the platform has done the work before it strikes. Those that store
#: take `visible_after` as well: seconds until reads see it.
KINDS: Mapping[str, str] = {
    "status": "answer with `status` instead of working; `after: true` works first",
    "timeout_before": "stall `seconds`, then hang up; nothing is stored",
    "timeout_after": "store, stall `seconds`, then hang up",
    "drop_before": "reset the connection; nothing is stored",
    "drop_after": "store, then reset the connection",
    "garbage": "store, then answer 200 with a page of HTML; `before: true` stores nothing",
    "canned": "answer `status`, `headers` and `body` as given; `after: true` works first",
    "half": "work, then break off in the middle of the answer",
    "drip": "work, then send the answer a byte at a time, `ms` apart",
    "slow": "wait `ms`, then work",
    "out_of_order": "shuffle the items of a listing",
    "duplicate": "give the items of a listing twice",
    "visible_after": "store, but let reads see it only after `seconds`",
    "random": "draw one of the above per call, by `probabilities`",
}


def spoken(value: Any) -> Iterator[str]:
    """Yield every text that a call says, however deep it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from spoken(inner)


@dataclass
class Fault:
    """One script. `left` is None when it lasts until `until` or for ever."""

    id: str
    kind: str
    platform: str = ""
    method: str = ""
    path: re.Pattern[str] | None = None
    account: str = ""
    text: str = ""
    left: int | None = None
    until: float = 0.0
    options: dict[str, Any] = field(default_factory=dict)
    used: int = 0
    dice: random.Random = field(default_factory=random.Random)

    def matches(self, call: Call) -> bool:
        """Say whether this call is meant, and the script not used up."""
        return (
            self.left != 0
            and (not self.until or now() < self.until)
            and self.platform in {"", call.platform}
            and self.method in {"", call.method}
            and (not self.path or self.path.search(call.path) is not None)
            and (
                not self.account or (call.account is not None and call.account.id == self.account)
            )
            and (not self.text or any(self.text in said for said in spoken(call.fields())))
        )

    def draw(self) -> "Fault | None":
        """Return what strikes this time: itself, or for `random` one of its kinds or nothing."""
        if self.kind != "random":
            return self
        point = self.dice.random()
        for kind, chance in self.options.get("probabilities", {}).items():
            point -= float(chance)
            if point < 0:
                base, _, detail = kind.partition(":")
                options = dict(self.options)
                if detail:
                    options |= {"status": int(detail)}
                return Fault(id=self.id, kind=base, options=options)
        return None

    def shown(self) -> dict[str, Any]:
        """Describe the script for the control API."""
        return {
            "id": self.id,
            "kind": self.kind,
            "platform": self.platform,
            "match": {
                "method": self.method,
                "path_regex": self.path.pattern if self.path else "",
                "account": self.account,
                "text": self.text,
            },
            "times_left": self.left,
            "until": self.until or None,
            "used": self.used,
            **self.options,
        }


class Faults:
    """All scripts in force, oldest first."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._faults: list[Fault] = []
        self._count = 0

    def add(self, wish: Mapping[str, Any]) -> Fault:
        """Add a script from its JSON; ValueError says what is wrong with it."""
        rest = dict(wish)
        kind = str(rest.pop("kind", ""))
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        match = rest.pop("match", None) or {}
        times, seconds = rest.pop("times", None), rest.pop("for_seconds", None)
        if times is None and seconds is None and kind != "random":
            times = 1
        self._count += 1
        fault = Fault(
            id=str(self._count),
            kind=kind,
            platform=str(rest.pop("platform", "")),
            method=str(match.get("method", "")).upper(),
            path=re.compile(match["path_regex"]) if match.get("path_regex") else None,
            account=str(match.get("account", "")),
            text=str(match.get("text", "")),
            left=None if times is None else int(times),
            until=now() + float(seconds) if seconds is not None else 0.0,
            dice=random.Random(rest.pop("seed", self._seed)),
            options=rest,
        )
        self._faults.append(fault)
        return fault

    def pick(self, call: Call) -> Fault | None:
        """Return what strikes this call, and use it up by one."""
        for fault in self._faults:
            if not fault.matches(call):
                continue
            drawn = fault.draw()
            if drawn is None:
                continue
            fault.used += 1
            if fault.left is not None:
                fault.left -= 1
            return drawn
        return None

    def all(self) -> list[Fault]:
        return list(self._faults)

    def clear(self, ids: Iterable[str] = ()) -> int:
        """Remove the named scripts, or all; returns how many went."""
        wanted = set(ids)
        kept = [f for f in self._faults if wanted and f.id not in wanted]
        gone = len(self._faults) - len(kept)
        self._faults = kept
        return gone

    def clear_account(self, account: str) -> int:
        """Remove the scripts of one account; returns how many went."""
        return self.clear([f.id for f in self._faults if f.account == account] or ["none"])
