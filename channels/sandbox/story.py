"""The storyteller: keeps strangers talking, lets them answer back, change their mind, and rage."""

import asyncio
import html
import random
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.sandbox import story_en, story_ko, visitors
from channels.sandbox.clock import now
from channels.sandbox.rows import Account, LoggedCall, Note
from channels.sandbox.story_people import Cast, Person
from channels.sandbox.world import World

UNITS = {"Corporate": "corp", "Mobile": "mobile", "Home": "home"}
#: How often which subject comes up, by platform.
THEMES: Mapping[str, Mapping[str, int]] = {
    "x": {"question": 26, "complaint": 20, "praise": 10, "wrong_unit": 12, "event": 14,
          "rumour": 4, "troll": 6, "influencer": 3, "talk": 6},
    "facebook": {"question": 26, "complaint": 18, "praise": 14, "wrong_unit": 12, "event": 12,
                 "rumour": 3, "troll": 4, "tagged": 5},
    "wordpress": {"blog": 30, "spam": 3, "pingback": 2, "question": 3},
}  # fmt: skip
PLATFORMS = {"x": 55, "facebook": 27, "wordpress": 18}
#: What the first screen shows before anybody has waited: every platform and every kind once.
OPENING = (
    ("x", "complaint"), ("facebook", "question"), ("wordpress", "blog"), ("x", "event"),
    ("x", "wrong_unit"), ("facebook", "complaint"), ("x", "question"), ("wordpress", "blog"),
    ("x", "influencer"), ("facebook", "event"), ("x", "rumour"), ("x", "praise"),
    ("wordpress", "pingback"), ("facebook", "wrong_unit"), ("x", "complaint"), ("x", "question"),
    ("wordpress", "spam"), ("facebook", "praise"), ("x", "troll"), ("x", "event"),
    ("facebook", "question"), ("wordpress", "question"), ("x", "question"), ("x", "complaint"),
    ("facebook", "complaint"), ("wordpress", "blog"), ("x", "talk"), ("facebook", "tagged"),
)  # fmt: skip
#: How the platform calls what is not said to us.
KINDS = {"talk": "post", "tagged": "tagged"}
AFTERTHOUGHTS = (
    " (오타 수정)",
    " + 추가로 캡처도 보낼 수 있어요",
    " 아 방금 문자 왔네요. 그래도 답은 주세요!",
)
#: How people end what they say, by subject; nothing most of the time.
TAILS: Mapping[str, tuple[str, ...]] = {
    "question": ("", "", "", " ㅠㅠ", " ㅎㅎ", " 🙏", "!"),
    "complaint": ("", "", "", " ㅠㅠ", " 하...", "!!", " 😡"),
    "praise": ("", "", " ㅎㅎ", "!!", " 👍", " ^^"),
    "event": ("", "", " ㅋㅋ", "!!", " 🙏"),
    "storm": ("", "", "", " ㅠㅠ", "!!!", " ;;", " ㅡㅡ"),
}


@dataclass
class Promise:
    """Something somebody will say later."""

    due: float
    wish: dict[str, Any]


class Storyteller:
    """One story; `on` and `pace` may change while it is told."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dice = random.Random(world.settings.seed)
        self.cast = Cast(self.dice)
        self.on = world.settings.story
        self.pace = world.settings.pace
        self._promises: list[Promise] = []
        self._told: deque[str] = deque(maxlen=80)
        self._said: deque[str] = deque(maxlen=40)
        self._read_calls = len(world.store.calls)
        self._storms: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Tell until the program ends."""
        if self.on:
            self.open()
        next_at = now() + self.pace
        while not self.world.closing.is_set():
            await self.world.pause(min(1.0, self.pace))
            if not self.on:
                next_at = now() + self.pace
                continue
            self.listen()
            self.keep_promises()
            if now() >= next_at:
                self.tell()
                next_at = now() + self.pace * self.dice.uniform(0.6, 1.4)

    def open(self) -> None:
        """Fill the first screen, once in the life of a world."""
        if self.world.store.notes.get("story"):
            return
        self.world.store.notes.put(Note("story", {"opened_at": now()}))
        step = 5 * 3600 / len(OPENING)
        for number, (platform, theme) in enumerate(OPENING, 1):
            ago = (len(OPENING) - number) * step + self.dice.uniform(30, step)
            self.tell(platform, theme, at=now() - ago)

    def _accounts(self, platform: str) -> list[Account]:
        rows = self.world.store.accounts.all()
        return [a for a in rows if a.platform == platform and a.settings.get("story")]

    def tell(self, platform: str = "", theme: str = "", at: float | None = None) -> str:
        """Let one stranger say one thing, or now and then change what was said."""
        if at is None and self._said and self.dice.random() < 0.06:
            self._change_mind()
            return ""
        if at is None and self._said and self.dice.random() < 0.15:
            self._cheer()
        platform = platform or self._weighted(PLATFORMS)
        theme = theme or self._weighted(THEMES[platform])
        texts = self._texts("ko", theme)
        accounts = [a for a in self._accounts(platform) if UNITS.get(a.unit) in texts]
        accounts = accounts or self._accounts(platform)
        if not accounts:
            return ""
        account = self.dice.choice(accounts)
        language = "en" if self._is_foreign(theme) else "ko"
        person = self.cast.pick(theme, language)
        text = self.line(language, theme, account)
        return self._say(self._wish(account, person, theme, text, at))

    def _is_foreign(self, theme: str) -> bool:
        return theme in story_en.TEXTS and self.dice.random() < 0.13

    def _weighted(self, weights: Mapping[str, int]) -> str:
        return self.dice.choices(list(weights), list(weights.values()))[0]

    @staticmethod
    def _texts(language: str, theme: str) -> Mapping[str, tuple[str, ...]]:
        source = story_en.TEXTS if language == "en" else story_ko.TEXTS
        return source.get(theme, {})

    def line(self, language: str, theme: str, account: Account) -> str:
        """Choose a text that was not heard lately, and fill its braces."""
        texts = self._texts(language, theme)
        unit = UNITS.get(account.unit, "corp")
        choices = texts.get(unit) or texts.get("") or self.dice.choice(list(texts.values()))
        if theme == "storm":
            choices = choices + texts["mobile"]
        fresh = [text for text in choices if text not in self._told] or list(choices)
        template = self.dice.choice(fresh)
        self._told.append(template)
        slots = story_en.SLOTS if language == "en" else story_ko.SLOTS
        handle = f"@{account.handle}" if account.platform == "x" else account.title

        def fill(match: re.Match[str]) -> str:
            return handle if match[1] == "at" else self.dice.choice(slots[match[1]])

        text = re.sub(r"\{(\w+)\}", fill, template)
        tails = TAILS.get(theme, ("",)) if language == "ko" and text[-1].isalpha() else ("",)
        return text + self.dice.choice(tails)

    def _wish(
        self, account: Account, person: Person, theme: str, text: str, at: float | None
    ) -> dict[str, Any]:
        wish: dict[str, Any] = {
            "platform": account.platform,
            "account": account.id,
            "author": person.facts(),
            "text": text,
            "at": at,
        }
        if theme == "complaint" and self.dice.random() < 0.15:
            wish["media"] = True
        if account.platform == "facebook":
            wish["kind"] = "visitor_post" if self.dice.random() < 0.35 else "comment"
            wish["author"]["withheld"] = self.dice.random() < 0.1
        if theme in KINDS:
            wish["kind"] = KINDS[theme]
        if account.platform == "wordpress":
            posts = self.world.store.wp_posts.by("blog", account.identity)
            wish["post"] = self.dice.choice([p.number for p in posts if p.status == "publish"])
            kinds = {"spam": "held_comment", "pingback": "pingback"}
            wish["kind"] = kinds.get(theme, "comment")
            if theme == "pingback":
                wish["author"] = {"name": "동네 IT 기록장", "url": "http://blog.example/2026/11"}
        return wish

    def _say(self, wish: dict[str, Any]) -> str:
        try:
            item_id = visitors.say(self.world, wish)["id"]
        except visitors.Refusal:
            return ""
        self._said.append(item_id)
        return item_id

    def _change_mind(self) -> None:
        """Edit or delete something said lately."""
        item_id = self._said.pop()
        try:
            if self.dice.random() < 0.45:
                visitors.delete(self.world, item_id)
            else:
                visitors.edit(
                    self.world, item_id, self._text_of(item_id) + self.dice.choice(AFTERTHOUGHTS)
                )
        except visitors.Refusal:
            return

    def _cheer(self) -> None:
        """Let people like something said lately, or a post of the page."""
        store = self.world.store
        rows = [row for name in self._said if (row := store.fb_objects.get(name))]
        rows += [row for row in store.fb_objects.all() if row.kind == "post"][-6:]
        if rows:
            row = self.dice.choice(rows)
            visitors.react(self.world, row.id, row.reactions + self.dice.randint(1, 9))

    def _text_of(self, item_id: str) -> str:
        store = self.world.store
        if tweet := store.tweets.get(item_id):
            return tweet.text
        if row := store.fb_objects.get(item_id):
            return row.message
        comment = store.wp_comments.get(item_id)
        return html.unescape(comment.content) if comment else ""

    def listen(self) -> None:
        """Notice our answers; some people thank for them, some ask again."""
        calls = self.world.store.calls
        if len(calls) == self._read_calls:
            return
        fresh = calls.all()[self._read_calls :]
        self._read_calls = len(calls)
        for call in fresh:
            account = self.world.store.accounts.get(call.account)
            if call.stored and account and account.settings.get("story"):
                self._maybe_answer(call, account)

    def _maybe_answer(self, call: LoggedCall, account: Account) -> None:
        author = self._who_was_answered(call.created_id)
        if author is None or self.dice.random() > 0.6:
            return
        theme = "thanks" if self.dice.random() < 0.65 else "ask_back"
        language = "ko" if re.search(r"[가-힣]", call.text) else "en"
        wish = {
            "platform": account.platform,
            "account": account.id,
            "author": author,
            "text": self.line(language, theme, account),
            "in_reply_to": call.created_id,
            "kind": "reply" if account.platform == "x" else "comment",
        }
        delay = self.dice.uniform(1.0, 4.0) * self.pace
        self._promises.append(Promise(now() + delay, wish))

    def _who_was_answered(self, item_id: str) -> dict[str, Any] | None:
        """Return the stranger whom one of our items answers."""
        store = self.world.store
        if tweet := store.tweets.get(item_id):
            user = store.x_users.get(tweet.reply_to_user)
            return {"name": user.name, "handle": user.handle} if user else None
        if row := store.fb_objects.get(item_id):
            parent = store.fb_objects.get(row.parent_id)
            person = store.fb_people.get(parent.author_id) if parent else None
            return {"name": person.name} if person else None
        comment = store.wp_comments.get(item_id)
        above = store.wp_comments.get(f"{comment.blog}:{comment.parent}") if comment else None
        if above is None or above.author or above.type != "comment":
            return None
        return {"name": html.unescape(above.author_name), "email": above.author_email}

    def keep_promises(self) -> None:
        """Say what is due."""
        at = now()
        for promise in [p for p in self._promises if p.due <= at]:
            self._promises.remove(promise)
            self._say(promise.wish)

    def start_storm(
        self, count: int, seconds: float, account: Account | None = None
    ) -> asyncio.Task[None]:
        """Let `count` strangers complain within `seconds`, about everywhere or at one account."""
        task = asyncio.get_running_loop().create_task(self._storm(count, seconds, account))
        self._storms.add(task)
        task.add_done_callback(self._storms.discard)
        return task

    async def _storm(self, count: int, seconds: float, account: Account | None) -> None:
        begin = now()
        for number in range(count):
            wait = begin + seconds * number / max(count, 1) - now()
            if wait > 0:
                await self.world.pause(wait)
            elif number % 20 == 0:
                await asyncio.sleep(0)
            if self.world.closing.is_set():
                return
            self._rage(account)

    def _rage(self, account: Account | None) -> None:
        if account is None:
            choices = self._accounts(self._weighted({"x": 80, "facebook": 20}))
            account = self.dice.choice(choices) if choices else None
        if account is None:
            return
        language = "en" if self.dice.random() < 0.06 else "ko"
        text = self.line(language, "storm", account)
        self._say(self._wish(account, self.cast.stranger(), "storm", text, None))
