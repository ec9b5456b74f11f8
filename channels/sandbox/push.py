"""Pushing to whoever listens: signed calls with what strangers write, delivered as badly as one wishes."""

import asyncio
import base64
import hashlib
import heapq
import hmac
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

from channels.sandbox.clock import now
from channels.sandbox.graph_apps import fields_told
from channels.sandbox.push_bodies import Body, concerned, events_of, reaction
from channels.sandbox.rows import Account, FbObject, Note, Row
from channels.sandbox.world import World

#: How the deliveries to a listener may be spoilt: shares from 0 to 1, milliseconds, and changes in one call.
BEHAVIOUR: dict[str, float] = {
    "loss": 0.0,
    "repeat": 0.0,
    "delay_ms": 0,
    "spread_ms": 0,
    "forged": 0.0,
    "noise": 0.0,
    "batch": 1,
    "batch_ms": 50,
}
#: Seconds to wait for an answer, tries of one call, and the longest pause between two of them (seconds).
PATIENCE, TRIES, LONGEST_PAUSE = 10, 40, 5.0
#: Calls under way at once.
LINES = 8
#: Changes that Facebook puts into one call at most.
LARGEST_BATCH = 1000


@dataclass(order=True)
class Parcel:
    """One call on its way to a listener."""

    due: float
    number: int
    account: str = field(compare=False)
    body: bytes = field(compare=False)
    events: int = field(compare=False, default=1)
    tries: int = field(compare=False, default=0)
    is_forged: bool = field(compare=False, default=False)
    is_repeat: bool = field(compare=False, default=False)


class Listener:
    """One account's subscriber: where it is called, how badly, and how that went."""

    def __init__(self, note: Note, seed: int) -> None:
        self.note = note
        self.dice = random.Random(f"{seed}:{note.id}")
        self.counts: Counter[str] = Counter()
        self.gathered: list[Body] = []
        self.gathered_at = 0.0

    def __getitem__(self, name: str) -> Any:
        return self.note.value[name]

    def strikes(self, name: str) -> bool:
        """Throw the dice for a misfortune."""
        share = float(self[name])
        return share > 0 and self.dice.random() < share

    def pause(self) -> float:
        """Return the seconds until a call leaves: those of two differ, so they overtake each other."""
        return (float(self["delay_ms"]) + self.dice.random() * float(self["spread_ms"])) / 1000


class Pusher:
    """Everybody who listens to one world, and the calls on their way."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.listeners: dict[str, Listener] = {}
        self.parcels: list[Parcel] = []
        self.under_way = 0
        self._session = requests.Session()
        self._numbers = 0
        self._running: set[asyncio.Task[None]] = set()
        for note in world.store.notes.all():
            if note.id.startswith("push:") and note.value:
                self.listeners[note.id.removeprefix("push:")] = Listener(note, world.settings.seed)
        world.listeners.append(self.hear)

    # --- who listens

    def subscribe(self, account: Account, wish: dict[str, Any], origin: str) -> Listener:
        """Note a listener that has proved itself."""
        value = {**BEHAVIOUR, "url": wish["url"], "origin": origin}
        note = self.world.store.notes.put(Note(f"push:{account.id}", value))
        self.listeners[account.id] = Listener(note, self.world.settings.seed)
        self.behave(account, wish)
        return self.listeners[account.id]

    def behave(self, account: Account, wish: dict[str, Any]) -> Listener:
        """Change how an account's calls are spoilt; KeyError when nobody listens."""
        listener = self.listeners[account.id]
        for name in BEHAVIOUR.keys() & wish.keys():
            listener.note.value[name] = float(wish[name])
        self.world.store.notes.put(listener.note)
        return listener

    def forget(self, account: Account) -> None:
        """End a subscription, with all that is on its way."""
        if self.listeners.pop(account.id, None):
            self.world.store.notes.put(Note(f"push:{account.id}"))
        self.parcels = [one for one in self.parcels if one.account != account.id]
        heapq.heapify(self.parcels)

    def reset(self) -> None:
        """Forget everybody, as the world itself was forgotten."""
        self.listeners.clear()
        self.parcels.clear()

    def state(self, account: Account) -> dict[str, Any]:
        """Describe a subscription and how it went; `waiting` counts events that have not arrived."""
        listener = self.listeners[account.id]
        mine = [one for one in self.parcels if one.account == account.id and not one.is_forged]
        waiting = sum(one.events for one in mine if not one.is_repeat) + len(listener.gathered)
        return {
            "account": account.id,
            **listener.note.value,
            "counts": dict(listener.counts),
            "waiting": waiting,
            "idle": not mine and not listener.gathered and not self.under_way,
        }

    async def prove(self, account: Account, url: str, verify_token: str) -> str:
        """Ask a listener to prove itself, as the platform does; returns what is wrong, empty when nothing is."""
        return await asyncio.to_thread(self._prove, account, url, verify_token)

    def _prove(self, account: Account, url: str, verify_token: str) -> str:
        challenge = hashlib.sha256(f"{url}{now()}".encode()).hexdigest()[:20]
        if account.platform == "x":
            asked = {"crc_token": challenge}
        else:
            asked = {"hub.mode": "subscribe", "hub.challenge": challenge,
                     "hub.verify_token": verify_token}  # fmt: skip
        try:
            answer = requests.get(url, params=asked, timeout=PATIENCE, allow_redirects=False)
            told = answer.json() if account.platform == "x" else answer.text
        except (requests.RequestException, ValueError) as error:
            return f"no proper answer: {type(error).__name__}"
        if answer.status_code != 200:
            return f"status {answer.status_code}"
        if account.platform == "facebook":
            return "" if told == challenge else "the challenge was not echoed"
        is_right = isinstance(told, dict) and told.get("response_token") == signature(
            account, challenge.encode()
        )
        return "" if is_right else "the response_token is wrong"

    # --- what happens

    def hear(self, what: str, row: Row) -> None:
        """Put what has just happened on its way to everybody who listens for it."""
        for account in concerned(self.world, row) if self.listeners else ():
            listener = self.listeners.get(account.id)
            if listener is None:
                continue
            for body in events_of(self.world, account, what, row, listener["origin"]):
                self._gather(account, listener, body)
            if isinstance(row, FbObject) and listener.strikes("noise"):
                listener.counts["noise"] += 1
                self._gather(account, listener, reaction(row))

    def _gather(self, account: Account, listener: Listener, body: Body) -> None:
        if account.platform == "facebook" and body["field"] not in fields_told(
            self.world, account
        ):
            return  # subscribed at the app alone: Meta wants both
        listener.counts["events"] += 1
        if listener.strikes("loss"):
            listener.counts["lost"] += 1
            return
        if not listener.gathered:
            listener.gathered_at = now()
        listener.gathered.append(body)
        size = 1 if account.platform == "x" else min(int(listener["batch"]), LARGEST_BATCH)
        if len(listener.gathered) >= size:
            self._pack(account, listener)

    def _pack(self, account: Account, listener: Listener) -> None:
        bodies, listener.gathered = listener.gathered, []
        if account.platform == "x":
            whole: Body = bodies[0]
        else:
            entry = {"id": account.identity, "time": int(now()), "changes": bodies}
            whole = {"object": "page", "entry": [entry]}
        # Meta escapes everything beyond ASCII before it signs.
        raw = json.dumps(whole, ensure_ascii=True, separators=(",", ":")).encode()
        self._send_later(account, listener, raw, len(bodies))
        if listener.strikes("repeat"):
            listener.counts["repeated"] += 1
            self._send_later(account, listener, raw, len(bodies), is_repeat=True)
        if listener.strikes("forged"):
            listener.counts["forged"] += 1
            self._send_later(account, listener, raw, len(bodies), is_forged=True)

    def _send_later(
        self, account: Account, listener: Listener, raw: bytes, events: int, **marks: bool
    ) -> None:
        self._numbers += 1
        due = now() + listener.pause()
        parcel = Parcel(due, self._numbers, account.id, raw, events, **marks)
        heapq.heappush(self.parcels, parcel)

    # --- on its way

    async def run(self) -> None:
        """Deliver until the program ends."""
        while not self.world.closing.is_set():
            self._pack_what_waits()
            self._begin(self._due())
            busy = self.under_way or (self.parcels and self.parcels[0].due <= now() + 0.01)
            await self.world.pause(0.005 if busy else 0.02)

    def _pack_what_waits(self, *, at_once: bool = False) -> None:
        for name, listener in self.listeners.items():
            age = (now() - listener.gathered_at) * 1000
            if listener.gathered and (at_once or age >= float(listener["batch_ms"])):
                self._pack(self.world.store.accounts[name], listener)

    def _due(self) -> list[Parcel]:
        free = LINES - self.under_way
        found: list[Parcel] = []
        while self.parcels and self.parcels[0].due <= now() and len(found) < free:
            found.append(heapq.heappop(self.parcels))
        return found

    def _begin(self, parcels: list[Parcel]) -> None:
        for parcel in parcels:
            self.under_way += 1
            task = asyncio.create_task(self._deliver(parcel))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _deliver(self, parcel: Parcel) -> None:
        account = self.world.store.accounts.get(parcel.account)
        listener = self.listeners.get(parcel.account)
        try:
            if account is None or listener is None:
                return
            status = await asyncio.to_thread(self._call, account, listener["url"], parcel)
            self._note(listener, parcel, status)
        finally:
            self.under_way -= 1

    def _call(self, account: Account, url: str, parcel: Parcel) -> int:
        """Make one call; 0 when nobody answers."""
        sign = signature(account, parcel.body)
        if parcel.is_forged:
            sign = sign[:-4] + ("AAA=" if sign[-4:] != "AAA=" else "BBB=")
        name = "x-twitter-webhooks-signature" if account.platform == "x" else "X-Hub-Signature-256"
        headers = {"Content-Type": "application/json", name: sign}
        try:
            answer = self._session.post(
                url, data=parcel.body, headers=headers, timeout=PATIENCE, allow_redirects=False
            )
        except requests.RequestException:
            return 0
        return answer.status_code

    def _note(self, listener: Listener, parcel: Parcel, status: int) -> None:
        is_taken = 200 <= status < 300
        if parcel.is_forged:
            listener.counts["forged_taken" if is_taken else "forged_refused"] += 1
            return
        listener.counts["calls"] += 1
        if is_taken:
            listener.counts["delivered"] += 0 if parcel.is_repeat else parcel.events
            return
        listener.counts["refused"] += 1
        parcel.tries += 1
        if parcel.tries >= TRIES:
            listener.counts["given_up"] += parcel.events
            return
        parcel.due = now() + min(0.1 * 2**parcel.tries, LONGEST_PAUSE)
        heapq.heappush(self.parcels, parcel)

    async def flush(self, seconds: float, *, only_due: bool = False) -> bool:
        """Send everything at once that still waits, or only what is due by now; False when time was too short."""
        began, end = now(), now() + seconds
        self._pack_what_waits(at_once=True)
        while now() < end and not self.world.closing.is_set():
            if not only_due:
                self._pack_what_waits(at_once=True)
                self._hurry()
            latest = began if only_due else float("inf")
            if not self.under_way and not any(one.due <= latest for one in self.parcels):
                return True
            await self.world.pause(0.005)
        return False

    def _hurry(self) -> None:
        for parcel in self.parcels:
            parcel.due = min(parcel.due, now())
        heapq.heapify(self.parcels)


def signature(account: Account, raw: bytes) -> str:
    """Sign a body, or a challenge, as the account's platform does."""
    if account.platform == "x":
        secret = account.credentials["consumer_secret"]
        digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
        return "sha256=" + base64.b64encode(digest).decode()
    secret = account.credentials["app_secret"]
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
