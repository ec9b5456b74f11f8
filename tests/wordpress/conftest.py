"""The real WordPress that `dev.py test --wordpress` starts, and the hands to write in it."""

import json
import os
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from channels.actions.accounts import account_connect
from channels.adapters.blog.adapter import BlogAdapter
from channels.port import Connection
from opsconsole.kernel.clock import now
from opsconsole.people.models import BusinessUnit, Membership, User
from opsconsole.people.roles import Role
from opsconsole.people.selectors import actor_for


@dataclass
class Site:
    """One blog: its address, its people, and a session as its administrator."""

    url: str
    users: dict[str, str]

    def session(self, user: str = "admin") -> requests.Session:
        session = requests.Session()
        session.auth = (user, self.users[user])
        return session

    def post(self, route: str, user: str = "admin", **body: Any) -> dict[str, Any]:
        answer = self.session(user).post(
            f"{self.url}/wp-json/wp/v2/{route}", json=body, timeout=30
        )
        assert answer.ok, answer.text
        return answer.json()

    def get(self, route: str, **asked: Any) -> Any:
        answer = self.session().get(f"{self.url}/wp-json/wp/v2/{route}", params=asked, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def article(self, title: str = "오늘의 소식") -> dict[str, Any]:
        return self.post("posts", title=title, content="본문", status="publish")

    def comment(self, article: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
        visitor = {"author_name": "김민수", "author_email": "minsu@example.com"}
        return self.post("comments", post=article["id"], content=text, **visitor, **more)

    def adapter(self, user: str = "editor", password: str = "") -> BlogAdapter:
        own = self.get(f"users?slug={user}")[0]["id"]
        secrets = {"username": user, "application_password": password or self.users[user]}
        return BlogAdapter(Connection(self.url, str(own), secrets, allow_private_hosts=True))

    def walk(self, adapter: BlogAdapter, cursor: Any = None) -> tuple[list[Any], Any]:
        """Read to the end, as a poll does."""
        items: list[Any] = []
        cursor, more = cursor or {}, True
        while more:
            page = adapter.fetch(cursor)
            items += page.items
            cursor, more = page.next_cursor, page.has_more
        return items, cursor


@pytest.fixture(scope="session")
def site() -> Site:
    """The blog; the tests are skipped, visibly, where there is none."""
    found = os.environ.get("OPSCONSOLE_WORDPRESS")
    if not found:
        pytest.skip("needs a real WordPress: python3 dev.py test --wordpress")
    access = json.loads(found)
    return Site(access["url"], access["users"])


@pytest.fixture
def actor(db):
    user = User.objects.create_user("admin", password=None, nickname="Admin")
    Membership.objects.create(user=user, role=Role.ADMINISTRATOR)
    return actor_for(user)


@pytest.fixture
def account(site, actor, settings):
    """The blog connected to the console, as its editor."""
    settings.ALLOW_PRIVATE_HOSTS = True
    unit = BusinessUnit.objects.create(slug="pr", name_ko="홍보", name_en="PR")
    secrets = {"username": "editor", "application_password": site.users["editor"]}
    made = account_connect(
        actor,
        kind="blog",
        unit_id=unit.pk,
        name="블로그",
        base_url=site.url,
        secrets=secrets,
        history_days=None,
    )
    assert made.poll_due_at <= now()
    return made
