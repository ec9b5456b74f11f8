"""Reading back what a Page has published: is it there? Complete, or an error."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from channels.adapters.facebook import mapping, private
from channels.adapters.facebook.calls import Calls
from channels.adapters.facebook.paging import following, reaches
from channels.errors import Rejected, RejectionCode, Unreachable
from channels.types import Outgoing, OutgoingKind, Receipt

#: Pages that reading back goes through before it gives up.
READ_BACK_PAGES = 100


class Finding:
    """What of ours stands on one Page."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def find(self, out: Outgoing, *, since: datetime, until: datetime) -> list[Receipt]:
        """Read the thread, or our posts, back over the time in question."""
        wanted = mapping.fingerprint(out.text)
        out = replace(out, reply_to=mapping.bare(out.reply_to), thread=mapping.bare(out.thread))
        try:
            if out.kind == OutgoingKind.PRIVATE:
                rows = self._messages_about(out.reply_to)
                return [private.found(row) for row in rows if self._is_ours(row, wanted)]
            if out.kind == OutgoingKind.REPLY:
                parents = self._parents(out)
                rows = self._read_back(f"{out.thread}/comments", since)
            else:
                parents = {""}
                rows = self._read_back(f"{self._calls.page}/published_posts", since)
        except Rejected as error:
            if error.code != RejectionCode.TARGET_GONE:
                raise
            return []  # what is gone took every answer under it along
        return [
            mapping.receipt(row)
            for row in rows
            if self._is_ours(row, wanted)
            and str((row.get("parent") or {}).get("id") or "") in parents
            and since <= mapping.moment(row["created_time"]) <= until
        ]

    def _is_ours(self, row: Mapping[str, Any], wanted: str) -> bool:
        author = str((row.get("from") or {}).get("id") or self._calls.page)
        return (
            author == self._calls.page
            and mapping.fingerprint(str(row.get("message") or "")) == wanted
        )

    def _messages_about(self, comment_id: str) -> list[dict[str, Any]]:
        """Return what was said in the conversation that a comment's only private answer has begun."""
        begun = self._calls.node(comment_id, f"id,{private.CONVERSATION}{{id}}").get(
            private.CONVERSATION
        )
        if not begun:
            return []
        asked = {"fields": "id,message,from{id},created_time", "limit": "100"}
        rows: list[dict[str, Any]] = self._calls.edge(f"{begun['id']}/messages", **asked)["data"]
        return rows

    def _parents(self, out: Outgoing) -> set[str]:
        """Return under what our reply can hang: the comment, or the comment that one answers."""
        if out.reply_to == out.thread:
            return {"", out.thread}
        try:
            target = self._calls.node(out.reply_to, "id,parent{id}")
        except Rejected as error:
            if error.code != RejectionCode.TARGET_GONE:
                raise
            target = {}  # the thread itself is read all the same, and tells
        above = str((target.get("parent") or {}).get("id") or "")
        return {out.reply_to, above} - {""}

    def _read_back(self, edge: str, since: datetime) -> list[dict[str, Any]]:
        is_thread = edge.endswith("/comments")
        asked = {"fields": "id,message,from{id},created_time,permalink_url", "limit": "100"}
        if is_thread:
            asked["fields"] += ",parent{id}"
            asked |= {"filter": "stream", "order": "reverse_chronological"}
        rows: list[dict[str, Any]] = []
        place: dict[str, str] = {}
        for _ in range(READ_BACK_PAGES):
            body = self._calls.edge(edge, **asked, **place)
            rows += body["data"]
            place = following(body)
            if not place or reaches(body["data"], since):
                return rows
        raise Unreachable("There is more on Facebook than can be read back.")
