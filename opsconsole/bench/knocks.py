"""Who pushes in the bench of the doors: signed calls at a steady rate over kept connections, and what became of them.

Needs a database that runs.
"""

import http.client
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import django

django.setup()

from channels.actions.doors import door_open  # noqa: E402 - models exist only after setup
from channels.lifecycle import ChannelKind  # noqa: E402
from channels.models import ChannelAccount, InboundItem, PushEvent  # noqa: E402
from channels.selectors.push import signing_secret  # noqa: E402
from channels.signatures import facebook_signature  # noqa: E402
from inbox.models import Message  # noqa: E402
from opsconsole.kernel.actor import SYSTEM  # noqa: E402

#: Connections over which a platform calls at once.
LINES = 24


@dataclass
class Target:
    """A Page with an open door, and a post under which people comment."""

    account: ChannelAccount
    post: str
    path: str
    secret: str

    def call(self, numbers: Sequence[int]) -> bytes:
        """Return a call with one new comment for each number."""
        at = int(time.time())
        changes = [{"field": "feed", "value": self._comment(number, at)} for number in numbers]
        entry = {"id": self.account.external_id, "time": at, "changes": changes}
        return json.dumps({"object": "page", "entry": [entry]}).encode()

    def _comment(self, number: int, at: int) -> dict[str, object]:
        key = f"{self.post.rpartition('_')[2]}_9{number:09d}"
        who = {"id": f"4{number % 4000:09d}", "name": f"고객 {number % 4000}"}
        return {"item": "comment", "verb": "add", "comment_id": key, "post_id": self.post,
                "parent_id": self.post, "created_time": at, "from": who,
                "message": f"질문 {number}: 로밍 요금이 궁금합니다"}  # fmt: skip


@dataclass
class Knocking:
    """What the calls of a burst met: answers by status, and how long each took (milliseconds)."""

    statuses: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    #: By how much the callers themselves were behind their plan at worst (seconds).
    behind: float = 0.0

    def share(self, percent: float) -> float:
        """Return the time within which so many percent were answered."""
        return sorted(self.times)[min(int(len(self.times) * percent / 100), len(self.times) - 1)]


def target() -> Target:
    """Open the door of a Page that has been read."""
    account = ChannelAccount.objects.filter(kind=ChannelKind.FACEBOOK).order_by("id")[0]
    post = InboundItem.objects.filter(account=account, kind="own_post").latest("posted_at")
    door = door_open(SYSTEM, account_id=account.pk)
    return Target(
        account, post.external_id, f"/hooks/facebook/{door.token}", signing_secret(account)
    )


def burst(url: str, whom: Target, calls: Sequence[bytes], seconds: float) -> Knocking:
    """Make all calls, spread evenly over so many seconds, whatever the answers take."""
    result, lock = Knocking(), threading.Lock()
    began = time.monotonic() + 0.2
    waiting = iter(enumerate(calls))

    def speak() -> None:
        line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        while True:
            with lock:
                number, raw = next(waiting, (0, b""))
            if not raw:
                line.close()
                return
            due = began + number * seconds / len(calls)
            time.sleep(max(0.0, due - time.monotonic()))
            started = time.monotonic()
            status = _post(line, whom, raw)
            took = (time.monotonic() - started) * 1000
            with lock:
                result.statuses.append(status)
                result.times.append(took)
                result.behind = max(result.behind, started - due)

    threads = [threading.Thread(target=speak) for _ in range(LINES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return result


def _post(line: http.client.HTTPConnection, whom: Target, raw: bytes) -> int:
    headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature-256": facebook_signature(whom.secret, raw),
    }
    try:
        line.request("POST", whom.path, raw, headers)
        answer = line.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        line.close()
        return 0


def arrived(whom: Target, count: int, seconds: float) -> tuple[int, int]:
    """Wait until so many comments have landed and are in the inbox; return how many of each there are."""
    number = whom.post.rpartition("_")[2]
    items = InboundItem.objects.filter(
        account=whom.account, external_id__startswith=f"{number}_9", is_own=False
    )
    messages = Message.objects.filter(
        account=whom.account, external_id__startswith=f"{number}_9", direction="inbound"
    )
    end = time.monotonic() + seconds
    while messages.count() < count and time.monotonic() < end:
        time.sleep(0.2)
    return items.count(), messages.count()


def undone() -> int:
    """Count the events that are not done."""
    return PushEvent.objects.exclude(state="done").count()
