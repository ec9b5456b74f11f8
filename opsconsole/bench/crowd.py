"""A desk of any size in an empty database, by direct SQL: units, people, accounts, customers, what they wrote.

Every third conversation in a thousand is open, the rest is resolved; three messages each; three years.
Needs a database that runs.
"""

import contextlib
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django
import psycopg2
from psycopg2.extras import execute_values

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402 - models exist only after setup
from django.db.models import Model  # noqa: E402

from channels.models import ChannelAccount  # noqa: E402
from inbox.models import (  # noqa: E402
    Contact,
    Conversation,
    ConversationTag,
    Message,
    SearchEntry,
    Tag,
)
from inbox.search.words import SLICE_DAYS, folded, line_grams  # noqa: E402
from opsconsole.bench.wording import RARE, sentences  # noqa: E402
from opsconsole.kernel.clock import now  # noqa: E402
from opsconsole.people.models import BusinessUnit, Membership, User  # noqa: E402
from opsconsole.people.roles import Role  # noqa: E402

KINDS = ("x", "facebook", "blog", "x", "facebook", "blog", "facebook", "x")
TAGS = ("요금", "로밍", "개통", "장애", "이벤트", "칭찬", "해지", "영어")
#: Different lines; one in RARE_EVERY messages is none of them but has the rare word.
LINES, RARE_EVERY = 5_000, 100_000
#: Seconds over which all of it was written.
SPAN = 3 * 365 * 86_400
#: Conversations still on somebody's list.
MOST_OPEN = 4_000

_BIG = (Contact, Conversation, Message, SearchEntry, ConversationTag)


def people() -> None:
    """Make three units, ten operators and one who sees all, eight accounts and a few tags. Once."""
    units = [
        BusinessUnit.objects.create(slug=slug, name_ko=slug, name_en=slug.title())
        for slug in ("mobile", "home", "corporate")
    ]
    for number in range(10):
        user = User.objects.create_user(
            f"operator{number}", password=None, nickname=f"상담{number}"
        )
        Membership.objects.create(user=user, role=Role.OPERATOR, unit=units[number % 3])
    boss = User.objects.create_user("bench", password=None, nickname="Bench", language="ko")
    Membership.objects.create(user=boss, role=Role.MANAGER)
    at = now()
    for number, kind in enumerate(KINDS):
        ChannelAccount.objects.create(
            kind=kind, unit=units[number % 3], name=f"{kind} {number}", external_id=f"page{number}",
            base_url="https://platform.example", poll_due_at=at, recheck_due_at=at, created_at=at,
        )  # fmt: skip
    Tag.objects.bulk_create(Tag(name=name) for name in TAGS)


def session(username: str) -> str:
    """Return the key of a session in which this person is signed in."""
    user = User.objects.get(username=username)
    kept = SessionStore()
    kept[SESSION_KEY] = str(user.pk)
    kept[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    kept[HASH_SESSION_KEY] = user.get_session_auth_hash()
    kept.create()
    return str(kept.session_key)


def fill(count: int, database_url: str, *, span: int = SPAN, is_said: bool = True) -> None:
    """Throw all conversations away and write `count` new ones, with three messages each if anything `is_said`."""
    with connection.cursor() as cursor:
        tables = ", ".join(f'"{model._meta.db_table}"' for model in _BIG)
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    indexes = list(_taken_off())
    _write(count, span, is_said)
    _put_back(indexes, database_url)


def _write(count: int, span: int, is_said: bool) -> None:
    with connection.cursor() as cursor:
        _lines(cursor)
        for statement, values in _statements(count, span, is_said):
            cursor.execute(statement, values)
        cursor.execute("DROP TABLE bench_line")


def _lines(cursor: Any) -> None:
    """Put the wording into a table: text, its folded form, its grams."""
    cursor.execute(
        "CREATE UNLOGGED TABLE bench_line (id int PRIMARY KEY, text text, words text, grams bigint[])"
    )
    texts = [*sentences(random.Random(1), LINES), f"{RARE} 일정이 궁금합니다"]
    rows = [
        (n, text, folded(text), sorted(line_grams(folded(text)))) for n, text in enumerate(texts)
    ]
    execute_values(cursor, "INSERT INTO bench_line VALUES %s", rows, "(%s, %s, %s, %s::bigint[])")


def _statements(count: int, span: int, is_said: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what writes each table, in order. `n` is the conversation, `k` 0 to 2 its message."""
    values = {
        "count": count, "contacts": max(2, count * 2 // 5), "newest": now(), "span": span,
        "open": min(MOST_OPEN, max(1, count * 2 // 5)), "lines": LINES, "rare": RARE_EVERY,
        "days": SLICE_DAYS,
    }  # fmt: skip
    yield insert_from(Contact, _CONTACT, "generate_series(1, %(contacts)s) n"), values
    yield insert_from(Conversation, _CONVERSATION, _CONVERSATIONS), values
    if is_said:
        yield insert_from(Message, _MESSAGE, _MESSAGES), values
        yield insert_from(SearchEntry, _ENTRY, _ENTRIES), values
        yield insert_from(SearchEntry, _NAME, "inbox_contact c"), values
    yield insert_from(ConversationTag, _TAGGING, "generate_series(1, %(count)s, 4) n"), values


def insert_from(model: type[Model], given: dict[str, str], source: str) -> str:
    """Make an INSERT … SELECT that leaves columns it does not name at their default."""
    names, values = [], []
    for field in model._meta.local_fields:
        if field.primary_key and field.name not in given:
            continue
        names.append(f'"{field.column}"')
        values.append(given.get(field.name) or _default(field))
    return (
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(names)}) '
        f"SELECT {', '.join(values)} FROM {source}"
    )


def _default(field: Any) -> str:
    value = field.get_db_prep_save(field.get_default(), connection)
    with connection.cursor() as cursor:
        literal: bytes = cursor.cursor.mogrify("%s", [value])
    return literal.decode().replace("%", "%%")


#: When conversation `n` began: evenly over the span, the last one just now.
_AT = "%(newest)s::timestamptz - make_interval(secs => (%(count)s - n) * (%(span)s::float / %(count)s) + 3600)"
_UNIT = "(SELECT unit_id FROM channels_channelaccount a WHERE a.id = {account})"
_CONVERSATIONS = (
    "(SELECT n, at, is_open, account.id AS account, account.unit_id AS unit, account.kind AS kind, "
    "CASE WHEN NOT is_open THEN 'resolved' WHEN n %% 4 = 0 THEN 'waiting' WHEN n %% 4 = 1 THEN 'open' "
    "ELSE 'new' END AS state FROM (SELECT n, "
    + _AT
    + " AS at, n > %(count)s - %(open)s AS is_open "
    "FROM generate_series(1, %(count)s) n) m JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place "
    "FROM channels_channelaccount) account ON account.place = n %% 8 + 1) c"
)
_WAITS = "state IN ('new', 'open')"
_CONTACT = {
    "id": "n",
    "network": "'x'",
    "external_id": "'c' || n",
    "name": "(ARRAY['김','이','박','최','정','강','조','윤'])[n %% 8 + 1] || (ARRAY['민준','서연','하은','도윤',"
    "'지우','수아','예준','시우','채원','은우'])[n / 8 %% 10 + 1] || n %% 997",
    "handle": "'user_' || n",
    "followers": "CASE WHEN n %% 500 = 0 THEN 50000 ELSE n %% 900 END",
    "first_seen_at": "%(newest)s",
    "last_seen_at": "%(newest)s::timestamptz - make_interval(mins => n %% 500000)",
}
_CONVERSATION = {
    "id": "n",
    "account": "account",
    "channel": "kind",
    "unit": "unit",
    "contact": "(n * 7919::bigint) %% %(contacts)s + 1",
    "thread_key": "'t' || n",
    "state": "state",
    "assignee": "CASE WHEN state = 'new' THEN NULL ELSE "
    "(SELECT min(id) FROM people_user) + n %% 10 END",
    "preview": "(SELECT left(text, 200) FROM bench_line WHERE id = (n * 31) %% %(lines)s)",
    "message_count": "3",
    "opened_at": "at",
    "waiting_since": f"CASE WHEN {_WAITS} THEN at + interval '40 min' END",
    "due_at": f"CASE WHEN {_WAITS} THEN at + interval '3 h' END",
    "queue_at": f"CASE WHEN {_WAITS} THEN at + interval '3 h' ELSE '9999-01-01Z' END",
    "answered_up_to": "at + interval '20 min'",
    "last_message_at": "at + interval '40 min'",
    "last_inbound_at": "at + interval '40 min'",
    "resolved_at": "CASE WHEN state = 'resolved' THEN at + interval '1 h' END",
    "language": "CASE WHEN n %% 10 = 0 THEN 'en' ELSE 'ko' END",
    "topic": "CASE WHEN n %% 50 = 0 THEN 'roaming' WHEN n %% 50 = 1 THEN 'bill' ELSE '' END",
    "contact_followers": "CASE WHEN n %% 500 = 0 THEN 50000 ELSE n %% 900 END",
    "is_vip": "n %% 300 = 0",
    "version": "5",
    "inbound_version": "3",
}
_MESSAGES = (
    "(SELECT c.id AS n, k, c.account_id, c.contact_id, c.opened_at + k * interval '20 min' AS at, "
    "(c.id - 1) * 3 + k + 1 AS m, k = 1 OR (k = 2 AND c.state = 'waiting') AS is_ours "
    "FROM inbox_conversation c CROSS JOIN generate_series(0, 2) k) s JOIN bench_line l "
    "ON l.id = CASE WHEN s.m %% %(rare)s = 7 THEN %(lines)s ELSE (s.m * 7919::bigint) %% %(lines)s END "
    "ORDER BY s.m"
)
_MESSAGE = {
    "id": "s.m",
    "conversation": "s.n",
    "account": "s.account_id",
    "external_id": "'m' || s.m",
    "direction": "CASE WHEN is_ours THEN 'outbound' ELSE 'inbound' END",
    "kind": "CASE WHEN is_ours THEN 'reply' ELSE 'comment' END",
    "contact": "CASE WHEN is_ours THEN NULL ELSE s.contact_id END",
    "thread_external_id": "'t' || s.n",
    "parent_external_id": "CASE WHEN k = 0 THEN '' ELSE 'm' || s.m - 1 END",
    "text": "l.text",
    "posted_at": "s.at",
    "landed_at": "s.at",
}
_SLICE = "(extract(epoch FROM m.posted_at)::bigint / (%(days)s * 86400))"
_ENTRIES = (
    "inbox_message m JOIN bench_line l ON l.id = CASE WHEN m.id %% %(rare)s = 7 THEN %(lines)s "
    "ELSE (m.id * 7919::bigint) %% %(lines)s END"
)
_ENTRY = {
    "conversation": "m.conversation_id",
    "kind": "'message'",
    "row": "m.id",
    "at": "m.posted_at",
    "words": "l.words",
    "grams": f"(SELECT array_agg(({_SLICE} << 32) | g) FROM unnest(l.grams) g)",
}
#: As `inbox.search.words` would have it: every three letters of the handle, every two of the name.
_NAME = {
    "kind": "'contact'",
    "row": "c.id",
    "at": "'1970-01-01Z'",
    "words": "lower(c.name || ' @' || c.handle)",
    "grams": "(SELECT array_agg(DISTINCT crc32(convert_to(letters, 'UTF8'))) FROM (SELECT substr(c.handle, i, 3) "
    "AS letters FROM generate_series(1, length(c.handle) - 2) i UNION ALL SELECT substr(c.name, i, 2) "
    "FROM generate_series(1, 2) i) grams)",
}
_TAGGING = {
    "conversation": "n",
    "tag": "(SELECT min(id) FROM inbox_tag) + n / 4 %% 8",
    "added_at": "%(newest)s",
}


def _taken_off() -> Iterator[tuple[str, str]]:
    """Take indexes and constraints off the big tables; yield each table with the statement that puts it back."""
    with connection.cursor() as cursor:
        for model in _BIG:
            table = model._meta.db_table
            cursor.execute(_CONSTRAINTS, [table])
            for name, kind, definition in cursor.fetchall():
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}" CASCADE')
                trusted = " NOT VALID" if kind == "f" else ""
                yield table, f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}{trusted}'
            cursor.execute(_INDEXES, [table])
            for name, definition in cursor.fetchall():
                cursor.execute(f'DROP INDEX "{name}"')
                yield table, definition


_CONSTRAINTS = (
    "SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE conrelid = %s::regclass AND contype IN ('f', 'u') ORDER BY contype DESC"
)
_INDEXES = (
    "SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x JOIN pg_class i "
    "ON i.oid = x.indexrelid WHERE x.indrelid = %s::regclass AND NOT x.indisprimary"
)


def _put_back(made: Sequence[tuple[str, str]], database_url: str) -> None:
    """Make everything again, each table's in a thread of its own, and let the planner look."""
    tables = sorted({table for table, _statement in made}, key=lambda name: "message" in name)
    work = [
        [s for table, s in made if table == name] + [f'VACUUM ANALYZE "{name}"'] for name in tables
    ]
    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(_run, database_url, statements) for statements in work]:
            done.result()


def _run(database_url: str, statements: Sequence[str]) -> None:
    with contextlib.closing(psycopg2.connect(database_url)) as own:
        own.autocommit = True
        with own.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '600MB'")
            for statement in statements:
                cursor.execute(statement)
