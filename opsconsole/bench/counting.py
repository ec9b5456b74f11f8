"""What the bench of the inbox asks the database itself: queries of a screen, rows to act on. Needs a database."""

from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connection  # noqa: E402 - models exist only after setup
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from inbox.actions.saved_views import view_save  # noqa: E402
from inbox.models import Conversation  # noqa: E402
from inbox.selectors.filters import QueueFilter  # noqa: E402
from inbox.selectors.queue import queue_page  # noqa: E402
from opsconsole.kernel.actor import Actor  # noqa: E402
from opsconsole.people.models import User  # noqa: E402
from opsconsole.people.selectors import actor_for  # noqa: E402


def _boss() -> Actor:
    return actor_for(User.objects.get(username="bench"))


def count(counted: dict[str, list[int]], pages: dict[str, str]) -> None:
    """Add how many queries each page takes now."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(
        User.objects.get(username="bench"), "django.contrib.auth.backends.ModelBackend"
    )
    for name, path in pages.items():
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} gave {answer.status_code}")
        counted.setdefault(name, []).append(len(queries))


def newest_open(count: int, state: str = "open") -> list[int]:
    """Return so many conversations that somebody has, or nobody."""
    rows = Conversation.objects.filter(state=state).order_by("-pk")
    return list(rows.values_list("pk", flat=True)[:count]) or [
        Conversation.objects.latest("pk").pk
    ]


def oldest() -> int:
    """Return the first conversation of all."""
    return Conversation.objects.earliest("pk").pk


def saved_view() -> int:
    """Save a view and return its number."""
    return view_save(_boss(), name="Bench", query="view=open&channel=x&tag=1").pk


def deep_page(view: str, pages: int = 30) -> str:
    """Return the address of a page far down."""
    cursor, actor = "", _boss()
    for _page in range(pages):
        found = queue_page(actor, QueueFilter(view=view), cursor=cursor, size=100)
        cursor = found.next_cursor or cursor
    return f"/?view={view}&cursor={cursor}"


def queue_statement() -> str:
    """Return the statement of the queue's first page as the database gets it."""
    kept = connection.settings_dict.get("KEEP_PLANS", True)
    connection.settings_dict["KEEP_PLANS"] = False  # else it would be called by a name
    try:
        with CaptureQueriesContext(connection) as queries:
            queue_page(_boss(), QueueFilter(), size=40)
    finally:
        connection.settings_dict["KEEP_PLANS"] = kept
    return next(query["sql"] for query in queries if "queue_at" in query["sql"])


def reply_form(conversation: int, key: UUID) -> dict[str, Any]:
    """Return what the composer would send for the newest line of a conversation."""
    row = Conversation.objects.get(pk=conversation)
    target = row.messages.filter(direction="inbound").order_by("-posted_at", "-id")[0]
    return {
        "text": "확인해 보겠습니다.", "answers": target.pk, "request_key": str(key),
        "seen_version": row.version,
    }  # fmt: skip
