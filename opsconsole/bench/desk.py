"""One operator as a program: reads the queue through the API, claims, answers, resolves, in a hurry."""

import json
import random
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

#: Refusals that are right: a colleague was faster, the customer wrote again, an answer is on its way.
RIGHT = {
    "taken",
    "answered",
    "unseen",
    "in_flight",
    "state",
    "cannot_reply",
    "target_gone",
    "leased",
}


#: Ends of an answer after which another may be tried.
_OFF = {"rejected", "failed", "missed", "cancelled"}
#: Digits look like somebody's telephone number.
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass
class Tally:
    """What one operator did and what was refused, by the reason's code."""

    answered: int = 0
    resolved: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def refuse(self, code: str) -> None:
        """Count a refusal; one that should never happen is a failure."""
        self.refused[code] = self.refused.get(code, 0) + 1
        if code not in RIGHT:
            self.failures.append(code)


class Operator:
    """A signed-in operator. Bad habits on purpose: double clicks, stale screens, other people's rows."""

    def __init__(self, url: str, token: str, seed: int) -> None:
        """Speak to a console at an address, with a token."""
        self._url, self._token = url, token
        self._chance = random.Random(seed)
        self.tally = Tally()

    def work(self, seconds: float, pause: float) -> None:
        """Work until the time is up, resting between conversations as people do."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._one()
            time.sleep(self._chance.uniform(0, 2 * pause))

    def _one(self) -> None:
        listed = self._call("GET", "conversations/?view=open&limit=10")
        rows = listed["results"] if listed else []
        if not rows:
            return
        row = self._chance.choice(rows[:4])
        opened = self._call("GET", f"conversations/{row['id']}/")
        if opened is None or _is_answered(opened):
            return
        if self._chance.random() < 0.6:
            self._call("POST", f"conversations/{row['id']}/claim/", {})
        time.sleep(
            self._chance.uniform(0.05, 0.6)
        )  # reads and types; the screen grows old meanwhile
        self._answer(row["id"], opened)

    def _answer(self, pk: int, opened: dict[str, Any]) -> None:
        body = {
            "text": f"안내드립니다 {uuid4().hex[:12].translate(_LETTERS)}",
            "request_key": str(uuid4()),
            "seen_version": opened["conversation"]["version"],
        }
        clicks = 2 if self._chance.random() < 0.2 else 1
        done = [self._call("POST", f"conversations/{pk}/replies/", body) for _ in range(clicks)]
        if not done[0]:
            return
        self.tally.answered += 1
        if self._chance.random() < 0.3:
            seen = {"seen_version": opened["conversation"]["version"]}
            self.tally.resolved += bool(self._call("POST", f"conversations/{pk}/resolve/", seen))

    def _call(self, verb: str, path: str, body: Any = None) -> Any:
        """Call the API; None when it refused, which is counted."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self._url}/api/v1/{path}", data=data, method=verb)
        request.add_header("Authorization", f"Token {self._token}")
        request.add_header("Content-Type", "application/json")
        try:
            with urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"{}")
        except HTTPError as refusal:
            self.tally.refuse(_code(refusal))
        except OSError as error:
            self.tally.failures.append(type(error).__name__)
        return None


def _is_answered(opened: dict[str, Any]) -> bool:
    """Whether whoever reads the screen sees that nobody waits, or that an answer is on its way."""
    on_its_way = any(
        entry["kind"] == "reply" and entry["reply"]["delivery"]["state"] not in _OFF
        for entry in opened["entries"]
    )
    return opened["conversation"]["waiting_since"] is None or on_its_way


def _code(refusal: HTTPError) -> str:
    try:
        return str(json.loads(refusal.read()).get("code", refusal.code))
    except ValueError:
        return str(refusal.code)
