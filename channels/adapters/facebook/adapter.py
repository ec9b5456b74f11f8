"""Facebook Pages through facebook-sdk. One adapter per task; no retry of a write happens here."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from channels.adapters.facebook import mapping, paging, private
from channels.adapters.facebook.errors import translate
from channels.adapters.facebook.graph import RECEIPT, VERSION, Graph, created_unread
from channels.adapters.facebook.paging import following, hides_news, reaches, slim
from channels.errors import (
    Ambiguous,
    AuthExpired,
    ChannelError,
    Rejected,
    RejectionCode,
    Unreachable,
)
from channels.port import Connection, moderated, must_moderate, readable, rechecked
from channels.types import (
    Capabilities,
    Counting,
    Cursor,
    Fetched,
    ModerationVerb,
    Outgoing,
    OutgoingKind,
    Page,
    Profile,
    Receipt,
    Recheck,
    Threading,
)

#: Posts whose comments every poll reads, and how often it looks further back (polls, pages).
POSTS, DEEP_EVERY, DEEP_PAGES = 25, 10, 4
#: Comments per post in the listing itself; busier posts are read on their own.
COMMENTS = 50
#: Pages that reading back goes through before it gives up.
READ_BACK_PAGES = 100
_UNKNOWN_FORM = "Facebook answered in an unknown form."
_ID = re.compile(r"\d+(?:_\d+)*")


class FacebookAdapter:
    """One Page: visitor posts, comments and replies in, posts and replies out."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        can_reply=True,
        can_post=True,
        counting=Counting.CHARACTERS,
        max_length=8000,
        max_media=10,
        max_reply_media=1,
        media_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
        recheck_batch=50,
        private_days=7,
        private_length=2000,
        moderation=frozenset(
            {ModerationVerb.HIDE, ModerationVerb.UNHIDE, ModerationVerb.DELETE_OWN}
        ),
        largest_media=10_000_000,
        threading=Threading.FLAT,
    )

    def __init__(self, connection: Connection) -> None:
        self._page = connection.external_id
        self._secrets = connection.secrets
        self._graph = Graph(connection)

    def whoami(self) -> Profile:
        """Return the Page of the token; AuthExpired when it is a person's, who has no category.

        https://developers.facebook.com/docs/graph-api/reference/page
        """
        try:
            page = self._node("me", "id,name,link,username,category")
        except Rejected as error:
            if error.code != RejectionCode.INVALID:
                raise
            raise AuthExpired(f"This is not a Page's token. {error.detail}") from None
        return Profile(
            external_id=str(page["id"]),
            name=str(page.get("name") or ""),
            handle=str(page.get("username") or ""),
            url=str(page.get("link") or f"https://www.facebook.com/{page['id']}"),
        )

    def fetch(self, cursor: Cursor) -> Page:
        """Return the newest posts with their newest comments; then what busy posts still hide.

        https://developers.facebook.com/docs/graph-api/reference/page/feed
        """
        busy = list(cursor.get("busy") or [])
        if busy:
            return self._more_comments(cursor, busy)
        return self._posts(cursor)

    def _posts(self, cursor: Cursor) -> Page:
        nested = f"comments.filter(stream).order(reverse_chronological).limit({COMMENTS})"
        fields = f"{mapping.POST_FIELDS},{nested}{{{mapping.COMMENT_FIELDS}}}"
        place = dict(cursor.get("next") or {})
        try:
            body = self._feed(fields, place)
        except Rejected as error:
            if not place or error.code != RejectionCode.INVALID:
                raise
            # Graph's cursors do not keep for long; the next poll reads from the top again.
            return Page((), {**cursor, "next": {}, "page": 0})
        known = dict(cursor.get("known") or {})
        items: list[Fetched] = []
        busy = []
        for post in body["data"]:
            comments = post.get("comments") or {}
            found = self._comments_of(post, comments.get("data") or [])
            items += [*self._posts_of([post]), *found]
            if hides_news(comments, found, known.get(str(post["id"]))):
                busy.append({"post": slim(post), "next": following(comments)})
            if found:
                known[str(post["id"])] = max(item.posted_at for item in found).isoformat()
        return self._next_of_feed(cursor, body, items, busy, known)

    def _feed(self, fields: str, place: Mapping[str, str]) -> dict[str, Any]:
        """Read a page of posts, a smaller one when Graph finds this one too much."""
        limit = POSTS
        while True:
            try:
                return self._edge(f"{self._page}/feed", fields=fields, limit=str(limit), **place)
            except Unreachable as error:
                if "reduce the amount of data" not in error.detail or limit == 1:
                    raise
            limit //= 2

    def _next_of_feed(
        self,
        cursor: Cursor,
        body: Mapping[str, Any],
        items: list[Fetched],
        busy: list[dict[str, Any]],
        known: dict[str, str],
    ) -> Page:
        """Most polls read one page of posts; every tenth, the first, and one full of news read further back."""
        page = int(cursor.get("page") or 0) + 1
        polls = int(cursor.get("polls") or 0)
        place = following(body)
        before = cursor.get("known") or {}
        is_deep = polls % DEEP_EVERY == 0 and page < DEEP_PAGES
        goes_on = bool(place) and (is_deep or paging.is_all_news(body, before))
        recent = dict(sorted(known.items(), key=lambda pair: pair[1])[-POSTS * DEEP_PAGES :])
        after: dict[str, Any] = {"known": recent, "busy": busy, "before": before}
        if goes_on:
            after |= {"next": place, "page": page, "polls": polls}
        else:
            after |= {"next": {}, "page": 0, "polls": polls + 1}
        return Page(tuple(items), after, has_more=goes_on or bool(busy))

    def _more_comments(self, cursor: Cursor, busy: list[dict[str, Any]]) -> Page:
        post, place = busy[0]["post"], dict(busy[0]["next"])
        rest, found = busy[1:], []
        try:
            body = self._comments(str(post["id"]), place)
        except Rejected as error:
            if error.code == RejectionCode.INVALID and place:  # an old cursor: from the top again
                rest = [{"post": post, "next": {}}, *rest]
            elif error.code != RejectionCode.TARGET_GONE:
                raise
        else:
            found = self._comments_of(post, body["data"])
            if hides_news(body, found, (cursor.get("before") or {}).get(str(post["id"]))):
                rest = [{"post": post, "next": following(body)}, *rest]
        has_more = bool(rest or cursor.get("next"))
        return Page(tuple(found), {**cursor, "busy": rest}, has_more=has_more)

    def recheck(self, external_ids: Sequence[str]) -> Recheck:
        """Read known posts and comments again; their fields differ, so they are asked for apart.

        https://developers.facebook.com/docs/graph-api/reference/comment
        """
        posts = [key for key in external_ids if key.startswith(f"{self._page}_")]
        comments = [key for key in external_ids if key not in posts]
        rows = self._by_ids(posts, mapping.POST_FIELDS)
        items, there = self._posts_of(rows), [str(row["id"]) for row in rows]
        for row in self._by_ids(comments, mapping.COMMENT_FIELDS):
            there.append(str(row["id"]))
            post = {"id": f"{self._page}_{there[-1].split('_', maxsplit=1)[0]}"}
            items += self._comments_of(post, [row])
        return rechecked(items, there=there, wanted=external_ids)

    def _posts_of(self, rows: Sequence[Mapping[str, Any]]) -> list[Fetched]:
        return readable(rows, lambda row: mapping.post_of(row, self._page))

    def _comments_of(
        self, post: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
    ) -> list[Fetched]:
        return readable(rows, lambda row: mapping.comment_of(row, post, self._page))

    def _by_ids(self, ids: Sequence[str], fields: str) -> list[dict[str, Any]]:
        """Return what still is there. One missing id fails Graph's whole answer, so the rest is asked again.

        Graph names the missing ones; where it does not, halves are asked.
        """
        if not ids:
            return []
        try:
            found = self._get("", ids=",".join(ids), fields=fields)
        except Rejected as error:
            if error.code != RejectionCode.TARGET_GONE:
                raise
            if len(ids) == 1:
                return []
            missing = set(_ID.findall(error.detail))
            there = [key for key in ids if key not in missing]
            if len(there) < len(ids):
                return self._by_ids(there, fields)
            middle = len(ids) // 2
            return self._by_ids(ids[:middle], fields) + self._by_ids(ids[middle:], fields)
        if not found.keys() & set(ids):  # one that is gone is told, never left out with all others
            raise Unreachable(_UNKNOWN_FORM)
        return [found[key] for key in ids if key in found]

    def prepare(self, out: Outgoing) -> Outgoing:
        """Upload photos unpublished. https://developers.facebook.com/docs/graph-api/reference/page/photos"""
        handles = []
        for media in out.media:
            described = {"published": "false"}
            if media.alt_text:
                described["alt_text_custom"] = media.alt_text
            files = {"source": (media.filename, media.content, media.content_type)}
            path = f"{VERSION}/{self._page}/photos"
            answer = self._call(path, post_args=described, files=files, is_write=False)
            if not isinstance(answer, dict) or not answer.get("id"):
                raise Unreachable("Facebook took the picture but gave it no id.")
            handles.append(str(answer["id"]))
        return out.with_handles(tuple(handles))

    def publish(self, out: Outgoing) -> Receipt:
        """Create a post, a reply or a private message. Graph guards only the last against duplicates.

        https://developers.facebook.com/docs/pages-api/posts
        """
        if out.kind == OutgoingKind.PRIVATE:
            path = f"{VERSION}/{self._page}/messages"
            return private.receipt(self._call(path, post_args=private.words(out), is_write=True))
        edge = (
            f"{out.reply_to}/comments" if out.kind == OutgoingKind.REPLY else f"{self._page}/feed"
        )
        answer = self._created(f"{VERSION}/{edge}", mapping.words(out))
        external_id = str(answer.get("id") or "") if isinstance(answer, dict) else ""
        if not external_id:
            raise Ambiguous("Facebook answered without an id.")
        return mapping.receipt(answer) if "created_time" in answer else self._receipt(external_id)

    def _created(self, path: str, words: Mapping[str, str]) -> Any:
        """Create, and have it read in the same call; when only the reading failed, it stands all the same."""
        try:
            return self._call(path, post_args={**words, "fields": RECEIPT}, is_write=True)
        except ChannelError:
            if made := created_unread(self._graph.answer):
                return made
            raise

    def _receipt(self, external_id: str) -> Receipt:
        """Ask for address and time; the thing itself stands either way."""
        try:
            row = self._get(external_id, fields=RECEIPT)
        except ChannelError:
            row = {}
        plain = f"https://www.facebook.com/{external_id}"
        return mapping.receipt({"permalink_url": plain, **row, "id": external_id})

    def find(self, out: Outgoing, *, since: datetime, until: datetime) -> list[Receipt]:
        """Read the thread, or our posts, back over the time in question."""
        wanted = mapping.fingerprint(out.text)
        try:
            if out.kind == OutgoingKind.PRIVATE:
                rows = self._messages_about(out.reply_to)
                return [private.found(row) for row in rows if self._is_ours(row, wanted)]
            if out.kind == OutgoingKind.REPLY:
                parents = self._parents(out)
                rows = self._read_back(f"{out.thread}/comments", since)
            else:
                parents = {""}
                rows = self._read_back(f"{self._page}/published_posts", since)
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
        author = str((row.get("from") or {}).get("id") or self._page)
        return (
            author == self._page and mapping.fingerprint(str(row.get("message") or "")) == wanted
        )

    def _messages_about(self, comment_id: str) -> list[dict[str, Any]]:
        """Return what was said in the conversation that a comment's only private answer has begun."""
        begun = self._node(comment_id, f"id,{private.CONVERSATION}{{id}}").get(
            private.CONVERSATION
        )
        if not begun:
            return []
        asked = {"fields": "id,message,from{id},created_time", "limit": "100"}
        rows: list[dict[str, Any]] = self._edge(f"{begun['id']}/messages", **asked)["data"]
        return rows

    def _parents(self, out: Outgoing) -> set[str]:
        """Return under what our reply can hang: the comment, or the comment that one answers."""
        if out.reply_to == out.thread:
            return {"", out.thread}
        try:
            target = self._node(out.reply_to, "id,parent{id}")
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
            body = self._edge(edge, **asked, **place)
            rows += body["data"]
            place = following(body)
            if not place or reaches(body["data"], since):
                return rows
        raise Unreachable("There is more on Facebook than can be read back.")

    def remove(self, external_id: str) -> None:
        """Delete a post or comment of ours."""
        try:
            self._call(f"{VERSION}/{external_id}", method="DELETE", is_write=True)
        except Rejected as error:
            if error.code != RejectionCode.TARGET_GONE:
                raise

    def moderate(self, external_id: str, verb: ModerationVerb) -> Recheck:
        """Hide a comment, show it again, or delete one of ours.

        Hidden from everybody but its author and their friends; hiding what is hidden succeeds.
        https://developers.facebook.com/docs/graph-api/reference/comment#updating
        """
        must_moderate(verb, self.capabilities)
        if verb == ModerationVerb.DELETE_OWN:
            self.remove(external_id)
            return Recheck(gone=(external_id,))
        hidden = {"is_hidden": "true" if verb == ModerationVerb.HIDE else "false"}
        self._call(f"{VERSION}/{external_id}", post_args=hidden, is_write=True)
        return moderated(self.recheck([external_id]), external_id, verb)

    def _comments(self, post_id: str, place: Mapping[str, str]) -> Mapping[str, Any]:
        return self._edge(
            f"{post_id}/comments", filter="stream", order="reverse_chronological", limit="100",
            fields=mapping.COMMENT_FIELDS, **place,
        )  # fmt: skip

    def _edge(self, edge: str, **asked: str) -> dict[str, Any]:
        """Read a page of an edge; an answer without a list is not an empty edge."""
        body = self._get(edge, **asked)
        if not isinstance(body.get("data"), list):
            raise Unreachable(_UNKNOWN_FORM)
        return body

    def _node(self, name: str, fields: str) -> dict[str, Any]:
        """Read a node; an answer without an id is none."""
        node = self._get(name, fields=fields)
        if not node.get("id"):
            raise Unreachable(_UNKNOWN_FORM)
        return node

    def _get(self, node: str, **asked: str) -> dict[str, Any]:
        body = self._call(f"{VERSION}/{node}", args=asked, is_write=False)
        if not isinstance(body, dict):
            raise Unreachable(_UNKNOWN_FORM)
        return body

    def _call(self, path: str, *, is_write: bool, **parts: Any) -> Any:
        try:
            return self._graph.request(path, **parts)
        except Exception as error:
            raise translate(
                error, self._graph.answer, is_write=is_write, secrets=self._secrets
            ) from None
