"""Strangers' pages that link to an article of the day's blog, and the pings about them."""

import random
from dataclasses import dataclass
from itertools import count
from typing import Any

import django

django.setup()

from channels.models import ChannelAccount  # noqa: E402 - models exist only after setup
from channels.tidings import ONLY_TOLD  # noqa: E402
from inbox.models import Message  # noqa: E402
from opsconsole.bench.platform import control  # noqa: E402

#: The kinds whose item says what stands on the page now; a trackback brings its own words along.
KINDS = ("webmention", "pingback")
_numbers = count(1)


@dataclass
class Page:
    """One stranger's page as it stands; it is certain what we know of it when its last ping was taken."""

    number: str
    kind: str
    source: str
    text: str
    is_linking: bool = True
    is_certain: bool = False


class Neighbours:
    """Those who link to an account's articles."""

    def __init__(self, sandbox_url: str, account: str, door_url: str, dice: random.Random) -> None:
        """Know where the account's doors for pings are; `door_url` ends before the kind."""
        self.sandbox_url, self.account, self.door_url = sandbox_url, account, door_url
        self.dice = dice
        self.pages: list[Page] = []

    def write(self) -> None:
        """Let somebody write a page and ping about it."""
        kind, text = self.dice.choice(KINDS), f"이웃 글 {next(_numbers)}"
        told = self._ping({"account": self.account, "kind": kind, "text": text})
        page = Page(told["id"], kind, told["source"], text)
        self.pages.append(page)
        self._note(page, told)

    def change(self, which: int) -> None:
        """Let somebody change a page, or take the link or all of it away, and ping again."""
        page = self.pages[-1 - which % len(self.pages)] if self.pages else None
        if page is None:
            return
        page.text = f"이웃 글 {next(_numbers)}"
        page.is_linking = self.dice.random() < 0.6
        how = {} if page.is_linking else self.dice.choice([{"links": False}, {"gone": True}])
        wish: dict[str, Any] = {"links": True, "gone": False, **how}
        told = self._ping({"id": page.number, "kind": page.kind, "text": page.text, **wish})
        self._note(page, told)

    def _ping(self, body: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = control(
            self.sandbox_url, "ping", {**body, "url": f"{self.door_url}/{body['kind']}"}
        )
        return told

    @staticmethod
    def _note(page: Page, told: dict[str, Any]) -> None:
        page.is_certain = told["status"] < 300

    def wrong(self, account: ChannelAccount) -> list[str]:
        """Hold the inbox against the pages; a page whose last ping met a dead door proves nothing."""
        rows = Message.objects.filter(account=account, external_id__startswith=ONLY_TOLD)
        ours = {row.permalink: row for row in rows}
        known = {page.source for page in self.pages}
        found = [f"{source} was never written" for source in ours.keys() - known]
        for page in self.pages:
            mine = ours.get(page.source)
            stands = mine is not None and mine.visibility != "removed"
            if not page.is_certain:
                continue
            if stands != page.is_linking:
                found.append(f"{page.source} stands here: {stands}, there: {page.is_linking}")
            elif stands and mine is not None and page.text not in mine.text:
                found.append(f"{page.source} reads {mine.text!r} here and {page.text!r} there")
        return found
