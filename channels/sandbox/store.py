"""The sandbox's memory: tables of rows, and a journal from which they come back after a SIGKILL."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Generic, TypeVar

from channels.sandbox import rows
from channels.sandbox.rows import Row

R = TypeVar("R", bound=Row)


class Journal:
    """Every row as JSON in one SQLite file. Written at once, never flushed to the disk's platter."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS rows (kind TEXT, id TEXT, body TEXT, UNIQUE (kind, id))"
        )

    def write(self, kind: str, row: Row) -> None:
        self._db.execute(
            "INSERT INTO rows VALUES (?, ?, ?) "
            "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, row.id, json.dumps(asdict(row))),
        )

    def read(self, kind: str) -> Iterator[dict[str, Any]]:
        cursor = self._db.execute("SELECT body FROM rows WHERE kind = ? ORDER BY rowid", (kind,))
        return (json.loads(body) for (body,) in cursor)

    def wipe(self) -> None:
        self._db.execute("DELETE FROM rows")

    def close(self) -> None:
        self._db.close()


class Table(Generic[R]):
    """Rows by id, and by the values of its indexes, which must never change for a row."""

    def __init__(
        self,
        row_type: Callable[..., R],
        journal: Journal | None,
        **indexes: Callable[[R], list[str]],
    ) -> None:
        self.kind = getattr(row_type, "__name__", "")
        self._type = row_type
        self._journal = journal
        self._rows: dict[str, R] = {}
        self._key_functions: Mapping[str, Callable[[R], list[str]]] = indexes
        self._indexes: dict[str, dict[str, dict[str, R]]] = {name: {} for name in indexes}

    def load(self) -> None:
        """Read everything back from the journal."""
        for body in self._journal.read(self.kind) if self._journal else ():
            self._remember(self._type(**body))

    def put(self, row: R) -> R:
        """Keep a new or changed row."""
        self._remember(row)
        if self._journal:
            self._journal.write(self.kind, row)
        return row

    def _remember(self, row: R) -> None:
        if row.id not in self._rows:
            for name, keys in self._key_functions.items():
                for key in keys(row):
                    self._indexes[name].setdefault(key, {})[row.id] = row
        self._rows[row.id] = row

    def get(self, row_id: str) -> R | None:
        return self._rows.get(row_id)

    def __getitem__(self, row_id: str) -> R:
        return self._rows[row_id]

    def __len__(self) -> int:
        return len(self._rows)

    def all(self) -> list[R]:
        """Return every row, oldest first."""
        return list(self._rows.values())

    def by(self, index: str, key: str) -> list[R]:
        """Return the rows filed under `key`, in the order they were put."""
        return list(self._indexes[index].get(key, {}).values())

    def forget(self) -> None:
        """Drop every row from memory."""
        self._rows.clear()
        for index in self._indexes.values():
            index.clear()


class Store:
    """All tables of the sandbox."""

    def __init__(self, path: Path | None = None) -> None:
        self._journal = journal = Journal(path) if path else None
        self.accounts = Table(rows.Account, journal, identity=lambda r: [r.identity])
        self.x_users = Table(rows.XUser, journal, handle=lambda r: [r.handle.lower()])
        self.tweets = Table(
            rows.Tweet,
            journal,
            author=lambda r: [r.author_id],
            mention=lambda r: r.mentions,
            conversation=lambda r: [r.conversation_id],
            reply_to=lambda r: [r.reply_to],
            repost=lambda r: [r.repost_of],
        )
        self.media = Table(rows.Media, journal, owner=lambda r: [r.owner])
        self.fb_people = Table(rows.FbPerson, journal, name=lambda r: [r.name])
        self.fb_objects = Table(
            rows.FbObject,
            journal,
            page=lambda r: [r.page_id] if r.kind == "post" else [],
            parent=lambda r: [r.parent_id],
            post=lambda r: [r.post_id] if r.kind == "comment" else [],
            tagged=lambda r: r.tagged,
        )
        self.fb_messages = Table(
            rows.FbMessage,
            journal,
            comment=lambda r: [r.comment_id],
            person=lambda r: [r.person_id],
        )
        self.wp_users = Table(rows.WpUser, journal, blog=lambda r: [r.blog])
        self.wp_posts = Table(rows.WpPost, journal, blog=lambda r: [r.blog])
        self.wp_comments = Table(rows.WpComment, journal, blog=lambda r: [r.blog])
        self.wp_categories = Table(rows.WpCategory, journal, blog=lambda r: [r.blog])
        self.grants = Table(rows.Grant, journal)
        self.tokens = Table(rows.Token, journal, family=lambda r: [r.family])
        self.calls = Table(rows.LoggedCall, journal, text=lambda r: [r.text])
        self.notes = Table(rows.Note, journal)
        for table in self.tables():
            table.load()

    def tables(self) -> list[Table[Any]]:
        """Return every table."""
        return [value for value in vars(self).values() if isinstance(value, Table)]

    def wipe(self) -> None:
        """Forget everything, in memory and in the journal."""
        for table in self.tables():
            table.forget()
        if self._journal:
            self._journal.wipe()

    def close(self) -> None:
        if self._journal:
            self._journal.close()
