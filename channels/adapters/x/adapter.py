"""X API v2 through tweepy. One adapter per task; no retry of a write happens here."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import tweepy

from channels.adapters.x import asking, mapping, searching, walks
from channels.adapters.x.errors import from_response, translate
from channels.adapters.x.signing import Auth, sign_by_our_time
from channels.adapters.x.uploading import Uploads
from channels.coverage import Stretch
from channels.errors import Ambiguous, AuthExpired, Rejected, Unreachable
from channels.port import Connection, must_carry, must_moderate
from channels.scrubbing import scrub
from channels.transport import make_session
from channels.types import (
    LARGEST_FILM,
    Capabilities,
    Counting,
    Cursor,
    ModerationVerb,
    Outgoing,
    OutgoingKind,
    Page,
    Profile,
    Reach,
    Receipt,
    Recheck,
    SideKind,
    Threading,
)

logger = logging.getLogger(__name__)
sign_by_our_time()

#: The host that tweepy signs for and sends to; moved when the account has a base URL.
API = "https://api.twitter.com"
#: Pages that reading back goes through before it gives up; X keeps 3,200 posts of a timeline.
READ_BACK_PAGES = 40
_UNKNOWN_FORM = "X answered in an unknown form."


class XAdapter:
    """One X account: mentions and own posts in, posts and replies out."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        can_reply=True,
        can_post=True,
        counting=Counting.X_WEIGHTED,
        max_length=280,
        max_media=4,
        max_reply_media=4,
        media_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
        film_types=("video/mp4",),
        recheck_batch=100,
        has_duplicate_guard=True,
        # https://docs.x.com/x-api/fundamentals/rate-limits
        post_limits=((900, 100), (86_400, 10_000)),
        moderation=frozenset({ModerationVerb.DELETE_OWN}),
        largest_media=5_000_000,
        largest_gif=15_000_000,
        largest_film=LARGEST_FILM,
        longest_film=140,
        reply_films=True,
        gif_alone=True,
        threading=Threading.CHAIN,
        streams=walks.STREAMS,
        slow_streams=frozenset({walks.OWN}),
    )

    #: A search costs money for every post it finds, so it is not asked with every poll.
    side_streams: ClassVar[Mapping[SideKind, int]] = {SideKind.SEARCH: 300}
    gives_out: ClassVar[Mapping[SideKind, timedelta]] = {SideKind.SEARCH: searching.KEPT}

    def __init__(self, connection: Connection) -> None:
        self._id = connection.external_id
        self._secrets = connection.secrets
        base = connection.base_url.rstrip("/")
        self._web = base or "https://x.com"
        self._way = 0
        self._auth = Auth(connection.secrets)
        self._client = self._auth.client()
        self._client.session = make_session(
            timeout=connection.timeout,
            allow_private_hosts=connection.allow_private_hosts,
            moved={f"{API}/": f"{base}/"} if base else None,
        )

    def whoami(self) -> Profile:
        """Return the account of the access token. https://docs.x.com/x-api/users/get-my-user"""
        body = self._get("/2/users/me", {"user.fields": asking.USER_FIELDS})
        if not body.get("data"):
            error = AuthExpired if body.get("errors") else Unreachable
            raise error(self._partial_detail(body))
        return mapping.profile_of(body["data"], self._web)

    def followers_count(self) -> int:
        """Return how many follow the account."""
        count = self.whoami().followers
        if not isinstance(count, int):
            raise Unreachable(_UNKNOWN_FORM)
        return count

    def followers_page(self, token: str, size: int) -> tuple[list[str], str]:
        """Return a page of those who follow the account. https://docs.x.com/x-api/users/get-followers"""
        place = {"pagination_token": token} if token else {}
        body = self._get(f"/2/users/{self._id}/followers", {"max_results": str(size), **place})
        rows, meta = body.get("data") or [], body.get("meta")
        if not isinstance(rows, list) or not isinstance(meta, dict):
            raise Unreachable(self._partial_detail(body))
        return [str(row["id"]) for row in rows], str(meta.get("next_token") or "")

    def fetch(self, cursor: Cursor) -> Page:
        """Return a page of mentions. They come newest first; `since` moves only when a walk has reached its
        end, so that one cut short goes on at the same page.

        https://docs.x.com/x-api/posts/user-mention-timeline-by-user-id
        """
        return self._walk(walks.MENTIONS, cursor)

    def begin(self, at: datetime) -> Cursor:
        """Return a cursor that leaves posts from before a moment aside."""
        since = {"since": str(mapping.snowflake_of(at))}
        return {walks.MENTIONS: since, walks.OWN: since}

    def revisit(self, cursor: Cursor) -> Page:
        """Return a page of our own posts: what was written on X itself answers somebody, too.

        https://docs.x.com/x-api/posts/get-posts-by-user-id
        """
        return self._walk(walks.OWN, cursor)

    def history(
        self, streams: Sequence[str], since: datetime, until: datetime, cursor: Cursor
    ) -> Page:
        """Walk the timelines back from one moment to another, by the numbers of posts: they are times."""
        left = list(cursor.get("left") or streams)
        below = int(cursor.get("below") or mapping.snowflake_of(until))
        floor = mapping.snowflake_of(since)
        self._way = int(cursor.get("way") or 0)
        asked = {"max_results": "100", "until_id": str(below)}
        body = self._listing(self._route(left[0]), asked)
        numbers = [int(post["id"]) for post in body.get("data") or []]
        items = tuple(mapping.items_of(body, own_id=self._id, base_url=self._web))
        seen, lowest = int(cursor.get("seen") or 0) + len(numbers), min([below, *numbers])
        here = {"left": left, "below": str(lowest), "seen": seen, "way": self._way}
        wanted = tuple(item for item in items if item.posted_at >= since)
        low_at, part = mapping.snowflake_time(str(lowest)) or since, 1 / len(streams)
        share = part * (len(streams) - len(left))
        if lowest >= floor and walks.next_of(body):
            share += part * Stretch(since, until).share_after(low_at)
            return Page(wanted, here, has_more=True, share=share)
        is_cut = lowest >= floor and left[0] == walks.MENTIONS and self._is_cut(until, seen)
        reach = Reach(left[0], max(low_at, since) if is_cut else since)
        after = {"left": left[1:], "way": self._way}
        return Page(wanted, after, len(left) > 1, reached=(reach,), share=share + part)

    def _is_cut(self, until: datetime, seen: int) -> bool:
        """Whether a listing ended because X keeps no more, not because there was no more."""
        asked = {"max_results": "100", "since_id": str(mapping.snowflake_of(until) - 1)}
        while seen < walks.MENTIONS_KEPT:
            body = self._listing(self._route(walks.MENTIONS), asked)
            seen += len(body.get("data") or [])
            token = walks.next_of(body)
            if not token:
                break
            asked["pagination_token"] = token
        return seen >= walks.MENTIONS_KEPT

    def _route(self, stream: str) -> str:
        return f"/2/users/{self._id}/{'mentions' if stream == walks.MENTIONS else 'tweets'}"

    def _walk(self, stream: str, cursor: Cursor) -> Page:
        state = dict(cursor.get(stream) or {})
        self._way = int(cursor.get("way") or 0)
        try:
            body = self._listing(self._route(stream), walks.asked_for(state))
        except Rejected as error:
            if not state.get("token") or "token" not in error.detail:
                raise
            # X forgets where a walk stood; `since` has not moved, so nothing is skipped.
            fresh = {name: state[name] for name in ("since", "top") if name in state}
            return Page((), {**cursor, stream: fresh}, has_more=True)
        items = tuple(mapping.items_of(body, own_id=self._id, base_url=self._web))
        above = tuple(mapping.above_of(body, own_id=self._id, base_url=self._web))
        step = walks.advance(stream, state, body)
        way = self._way if asking.is_whole(self._way) else 0
        kept = {name: cursor[name] for name in walks.STREAMS if name in cursor}
        here = {**kept, "way": way, stream: step.state}
        return Page(items, here, not step.reached, step.gap, above, step.reached)

    def stream(self, kind: SideKind, query: str, cursor: Cursor) -> Page:
        """Return a page of what people say who do not speak to us, newest first.

        https://docs.x.com/x-api/posts/search-recent-posts
        """
        self._way = int(cursor.get("way") or 0)
        try:
            body = self._listing("/2/tweets/search/recent", searching.asked(query, cursor))
        except Rejected as error:
            if not searching.is_about_place(error.detail, cursor):
                raise
            return Page((), {}, gap=searching.TOO_OLD)  # the next turn begins anew
        found = mapping.items_of(body, own_id=self._id, base_url=self._web)
        above = tuple(mapping.above_of(body, own_id=self._id, base_url=self._web))
        after, has_more = searching.advance(cursor, body)
        way = self._way if asking.is_whole(self._way) else 0
        reached = () if has_more else (searching.reach_of(cursor, body),)
        items, here = searching.items_of(found), {**after, "way": way}
        return Page(items, here, has_more, above=above, reached=reached)

    def recall(
        self, kind: SideKind, query: str, since: datetime, until: datetime, cursor: Cursor
    ) -> Page:
        """Search between two moments, by the numbers of posts: they are times."""
        self._way = int(cursor.get("way") or 0)
        low, high = mapping.snowflake_of(since) - 1, mapping.snowflake_of(until)
        token = str(cursor.get("token") or "")
        body = self._listing(
            "/2/tweets/search/recent", searching.asked_between(query, low, high, token)
        )
        found = mapping.items_of(body, own_id=self._id, base_url=self._web)
        above = tuple(mapping.above_of(body, own_id=self._id, base_url=self._web))
        token = walks.next_of(body)
        reached = () if token else (Reach(kind, since),)
        here = {"token": token, "way": self._way}
        return Page(searching.items_of(found), here, bool(token), above=above, reached=reached)

    def recheck(self, external_ids: Sequence[str]) -> Recheck:
        """Read posts again by id. An edited post has a new id, so its present version is asked for too.

        https://docs.x.com/x-api/posts/get-posts-by-ids
        """
        body = self._get("/2/tweets", {"ids": ",".join(external_ids)}, expand=True)
        if not body.get("data") and not body.get("errors"):
            raise Unreachable(_UNKNOWN_FORM)
        gone = mapping.gone_ids(body)
        edited = [
            mapping.latest_id(post)
            for post in body.get("data") or []
            if mapping.latest_id(post) != str(post["id"])
        ]
        found = mapping.items_of(body, own_id=self._id, base_url=self._web)
        if edited:
            body = self._get("/2/tweets", {"ids": ",".join(edited)}, expand=True)
            found += mapping.items_of(body, own_id=self._id, base_url=self._web)
        items = {item.external_id: item for item in found}
        missing = [x for x in external_ids if x not in items]
        return Recheck(tuple(items.values()), tuple(x for x in missing if x in gone))

    def prepare(self, out: Outgoing) -> Outgoing:
        """Upload media; films and GIFs take X a while, and are asked for again."""
        return Uploads(self._send, self._look).prepare(out)

    def publish(self, out: Outgoing) -> Receipt:
        """Create one post or reply. https://docs.x.com/x-api/posts/create-post"""
        must_carry(out, self.capabilities)
        try:
            body = self._client.create_tweet(
                text=out.text or None,
                in_reply_to_tweet_id=out.reply_to or None,
                media_ids=list(out.media_handles) or None,
                user_auth=self._auth.signs,
            )
        except Exception as error:
            raise translate(error, is_write=True, secrets=self._secrets) from None
        created = body.get("data") if isinstance(body, dict) else None
        if not isinstance(created, dict) or not created.get("id"):
            raise Ambiguous("X answered without the post's id.")
        return self._receipt(str(created["id"]))

    def find(self, out: Outgoing, *, since: datetime, until: datetime) -> list[Receipt]:
        """Look through our own posts of the time in question.

        https://docs.x.com/x-api/posts/get-posts-by-user-id
        """
        is_reply = out.kind == OutgoingKind.REPLY
        wanted = mapping.fingerprint(out.text, is_reply=is_reply)
        asked = {"start_time": _stamp(since), "max_results": "100"}
        found: list[Receipt] = []
        for _ in range(READ_BACK_PAGES):
            body = self._listing(f"/2/users/{self._id}/tweets", asked)
            found += [
                self._receipt(str(post["id"]))
                for post in body.get("data") or []
                if mapping.fingerprint(mapping.plain_text(post), is_reply=is_reply) == wanted
                and mapping.answers(post, out.reply_to)
                and mapping.posted_at(post) <= until
            ]
            token = (body.get("meta") or {}).get("next_token")
            if not token:
                return found
            asked["pagination_token"] = str(token)
        raise Unreachable("There is more on X than can be read back.")

    def remove(self, external_id: str) -> None:
        """Delete a post of ours. https://docs.x.com/x-api/posts/delete-post"""
        try:
            self._client.delete_tweet(external_id, user_auth=self._auth.signs)
        except tweepy.NotFound:
            return
        except Exception as error:
            raise translate(error, is_write=True, secrets=self._secrets) from None

    def moderate(self, external_id: str, verb: ModerationVerb) -> Recheck:
        """Delete a post of ours; other people's posts are theirs."""
        must_moderate(verb, self.capabilities)
        self.remove(external_id)
        return Recheck(gone=(external_id,))

    def _listing(self, route: str, asked: Mapping[str, str]) -> dict[str, Any]:
        """Read a timeline; only one that says so is empty."""
        body = self._get(route, asked, expand=True)
        meta = body.get("meta")
        is_empty = isinstance(meta, dict) and not meta.get("result_count")
        if not isinstance(body.get("data"), list) and not is_empty:
            raise Unreachable(self._partial_detail(body))
        return body

    def _get(
        self, route: str, asked: Mapping[str, str], *, expand: bool = False
    ) -> dict[str, Any]:
        """Read a route; asks in other words when X does not know ours, and remembers which it knows."""
        while True:
            wide = asking.parameters(self._way) if expand else {}
            try:
                return self._read(route, {**wide, **asked})
            except tweepy.BadRequest as error:
                refused = translate(error, is_write=False, secrets=self._secrets)
                is_about_fields = expand and asking.is_refused(error.response.text)
                if not is_about_fields or self._way + 1 == asking.WAYS:
                    raise refused from None
            self._way += 1
            logger.warning("X refuses our fields (%s); asking in way %s", refused, self._way)

    def _read(self, route: str, asked: Mapping[str, str]) -> dict[str, Any]:
        try:
            response = self._client.request("GET", route, params=asked, user_auth=self._auth.signs)
            body = response.json()
        except tweepy.BadRequest:
            raise
        except Exception as error:
            raise translate(error, is_write=False, secrets=self._secrets) from None
        if not isinstance(body, dict):
            raise Unreachable(_UNKNOWN_FORM)
        return body

    def _look(self, route: str, asked: Mapping[str, str]) -> dict[str, Any]:
        try:
            return self._read(route, asked)
        except tweepy.BadRequest as error:
            raise translate(error, is_write=False, secrets=self._secrets) from None

    def _send(self, route: str, **parts: Any) -> dict[str, Any]:
        """Post something that is not public yet; failures may simply be repeated."""
        try:
            response = self._client.session.post(API + route, auth=self._auth.signer(), **parts)
            body = response.json() if response.ok and response.content else {}
        except Exception as error:
            raise translate(error, is_write=False, secrets=self._secrets) from None
        if not response.ok:
            raise from_response(response, is_write=False, secrets=self._secrets)
        return body if isinstance(body, dict) else {}

    def _partial_detail(self, body: Mapping[str, Any]) -> str:
        errors = body.get("errors") or [{}]
        said = errors[0].get("detail") or _UNKNOWN_FORM
        return scrub(str(said), self._secrets)

    def _receipt(self, external_id: str) -> Receipt:
        address = f"{self._web}/i/status/{external_id}"
        return Receipt(external_id, address, mapping.snowflake_time(external_id))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
