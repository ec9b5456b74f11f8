"""Customers' lines for the bench of ingestion, and the ways to store them. Needs a database that runs."""

import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - models exist only after setup
from django.db.models import Model  # noqa: E402

from channels.actions.landing import items_land  # noqa: E402
from channels.lifecycle import ChannelKind  # noqa: E402
from channels.models import ChannelAccount, InboundItem  # noqa: E402
from channels.types import Fetched, ItemKind, Profile  # noqa: E402
from inbox.actions.ingest import items_ingest  # noqa: E402
from inbox.models import Contact, Conversation, Message, SearchPending, Wait  # noqa: E402
from opsconsole.audit.models import Activity  # noqa: E402
from opsconsole.kernel.clock import now  # noqa: E402
from opsconsole.people.models import BusinessUnit  # noqa: E402

#: Items a platform gives at once, more or less, and what one statement stores.
PAGE = 500
_WORDS = [
    "요금제", "로밍", "개통", "통화품질", "데이터", "인터넷", "해지", "이벤트", "배송", "매장", "고객센터",
    "확인", "문의", "답답", "감사", "속도", "느려요", "안돼요",
]  # fmt: skip


def account() -> ChannelAccount:
    """Make a unit with one X account; nothing is ever polled from it."""
    unit = BusinessUnit.objects.create(slug="bench-lines", name_ko="입력", name_en="Lines")
    return ChannelAccount.objects.create(
        kind=ChannelKind.X, unit=unit, name="bench", external_id="bench", is_paused=True,
        poll_due_at=now(), recheck_due_at=now(), created_at=now(),
    )  # fmt: skip


def written(count: int, prefix: str) -> list[Fetched]:
    """Return lines of customers: two in three begin a conversation, as on a launch day."""
    chance = random.Random(prefix)
    began = now() - timedelta(hours=2)
    return [_line(chance, f"{prefix}{number}", began) for number in range(count)]


def _line(chance: random.Random, name: str, began: datetime) -> Fetched:
    author = f"{name[:1]}{chance.randrange(40_000)}"
    return Fetched(
        external_id=name,
        kind=ItemKind.MENTION,
        text=" ".join(chance.choices(_WORDS, k=12)),
        posted_at=began + timedelta(milliseconds=chance.randrange(7_000_000)),
        thread_external_id=f"t{chance.randrange(4)}",
        author=Profile(
            author, name=f"고객 {author}", handle=author, followers=chance.randrange(900)
        ),
        permalink=f"https://example.com/{name}",
        language="ko",
    )


def store_bare(account: ChannelAccount, lines: Sequence[Fetched]) -> float:
    """Store lines as bare messages of one conversation by multi-row INSERT … ON CONFLICT: the floor.

    Returns rows a second. The rows are built before the clock starts and taken away afterwards.
    """
    items_land(account, lines[:1])
    items_ingest()
    sample = Message.objects.get(external_id=lines[0].external_id)
    fields = [field for field in Message._meta.local_fields if not field.primary_key]
    pages = []
    for start in range(1, len(lines), PAGE):
        rows = [_bare_row(sample, line, fields) for line in lines[start : start + PAGE]]
        pages.append([value for row in rows for value in row])
    columns = ", ".join(f'"{field.column}"' for field in fields)
    mark = f"({', '.join(['%s'] * len(fields))})"
    began = time.perf_counter()
    for values in pages:
        marks = ", ".join([mark] * (len(values) // len(fields)))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO inbox_message ({columns}) VALUES {marks} "
                "ON CONFLICT (account_id, external_id) DO NOTHING",
                values,
            )
    return (len(lines) - 1) / (time.perf_counter() - began)


def _bare_row(sample: Message, line: Fetched, fields: Sequence[Any]) -> list[Any]:
    given = {
        "external_id": line.external_id, "text": line.text, "posted_at": line.posted_at,
        "permalink": line.permalink,
    }  # fmt: skip
    values = [given.get(field.name, getattr(sample, field.attname)) for field in fields]
    pairs = zip(fields, values, strict=True)
    return [field.get_db_prep_save(value, connection) for field, value in pairs]


def store_whole(account: ChannelAccount, lines: Sequence[Fetched]) -> float:
    """Land lines and bring them into the inbox, the whole way of a worker. Returns lines a second."""
    began = time.perf_counter()
    for start in range(0, len(lines), PAGE):
        with transaction.atomic():
            items_land(account, lines[start : start + PAGE])
        while items_ingest():
            pass
    return len(lines) / (time.perf_counter() - began)


#: What a line becomes: itself as the platform showed it, who wrote it, where it belongs, and so on.
_TABLES = (InboundItem, Contact, Conversation, Message, Wait, Activity, SearchPending)


def marks() -> list[int]:
    """Return the newest row of each table that lines are stored in."""
    newest = (model._default_manager.order_by("-pk").first() for model in _TABLES)
    return [row.pk if row else 0 for row in newest]


def store_again(since: Sequence[int], count: int) -> float:
    """Take away all rows that `count` lines became, and store the same rows by bare statements: a floor.

    Returns lines a second. As many transactions as the whole way needs, one statement a table.
    """
    with connection.cursor() as cursor:
        kept = [
            _taken_away(cursor, *which) for which in zip(_TABLES[::-1], since[::-1], strict=True)
        ]
    pages = -(-count // PAGE)
    began = time.perf_counter()
    shares = [_share(*table, page, pages) for table in kept[::-1] for page in range(pages)]
    for start in range(0, len(shares), len(_TABLES)):
        with transaction.atomic(), connection.cursor() as cursor:
            for statement, values in filter(None, shares[start : start + len(_TABLES)]):
                cursor.execute(statement, values)
    return count / (time.perf_counter() - began)


def _share(
    statement: str, mark: str, rows: list[tuple[Any, ...]], page: int, pages: int
) -> tuple[str, list[Any]] | None:
    """Return the statement for one page's share of a table's rows, with its values."""
    share = rows[page * len(rows) // pages : (page + 1) * len(rows) // pages]
    if not share:
        return None
    marks = ", ".join([mark] * len(share))
    return f"{statement} {marks} ON CONFLICT (id) DO NOTHING", [v for row in share for v in row]


def _taken_away(
    cursor: Any, model: type[Model], since: int
) -> tuple[str, str, list[tuple[Any, ...]]]:
    """Read a table's newest rows as text and delete them; return the statement that stores them, too.

    From the log of acts nothing can be deleted: its rows are stored a second time.
    """
    is_log = model is Activity
    fields = model._meta.local_concrete_fields
    columns = [field.column for field in fields if not (is_log and field.primary_key)]
    table, texts = model._meta.db_table, ", ".join(f'"{column}"::text' for column in columns)
    cursor.execute(f'SELECT {texts} FROM "{table}" WHERE id > {since} ORDER BY id')
    rows = list(cursor.fetchall())
    if not is_log:
        cursor.execute(f'DELETE FROM "{table}" WHERE id > {since}')
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES', f"({', '.join(['%s'] * len(columns))})", rows


def counts() -> tuple[int, int, int]:
    """Return how many items are pending, and how many messages and conversations there are."""
    pending = InboundItem.objects.filter(is_pending=True).count()
    return pending, Message.objects.count(), Conversation.objects.count()
