"""X API v2 through tweepy. One adapter per task; no retry of a write happens here."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import tweepy

from channels.adapters.x import mapping
from channels.adapters.x.errors import from_response, translate
from channels.errors import Ambiguous, Rejected
from channels.port import Connection, only_known
from channels.transport import make_session
from channels.types import (
    Capabilities,
    Counting,
    Cursor,
    Outgoing,
    Page,
    Profile,
    Receipt,
    Recheck,
)

#: The host that tweepy signs for and sends to; moved when the account has a base URL.
API = "https://api.twitter.com"
#: X keeps this many mentions; older ones are not given out any more.
MENTIONS_KEPT = 800
#: Each poll reads again what was posted in the last seconds before the newest known post.
OVERLAP_MS = 5_000
_SNOWFLAKE_EPOCH_MS = 1_288_834_974_657

_FIELDS = (
    "id,text,author_id,conversation_id,created_at,in_reply_to_user_id,{ref},attachments,entities,"
    "lang,{note}"
)
_USER_FIELDS = "id,name,username,profile_image_url,public_metrics"
_MEDIA_FIELDS = "media_key,type,url,preview_image_url,alt_text"


def _parameters(*, renamed: bool) -> dict[str, str]:
    """Return what to ask for, in the field names of either spec generation."""
    word = "post" if renamed else "tweet"
    fields = _FIELDS.format(ref=f"referenced_{word}s", note=f"note_{word}")
    return {
        f"{word}.fields": fields,
        "user.fields": _USER_FIELDS,
        "media.fields": _MEDIA_FIELDS,
        "expansions": f"author_id,referenced_{word}s.id,attachments.media_keys",
    }


class XAdapter:
    """One X account: mentions and own posts in, posts and replies out."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        can_reply=True,
        can_post=True,
        counting=Counting.X_WEIGHTED,
        max_length=280,
        max_media=4,
        media_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
        recheck_batch=100,
        has_duplicate_guard=True,
    )

    def __init__(self, connection: Connection) -> None:
        self._id = connection.external_id
        self._secrets = connection.secrets
        self._web = connection.base_url or "https://x.com"
        self._renamed = False
        self._client = tweepy.Client(
            consumer_key=connection.secrets.get("consumer_key"),
            consumer_secret=connection.secrets.get("consumer_secret"),
            access_token=connection.secrets.get("access_token"),
            access_token_secret=connection.secrets.get("access_token_secret"),
            return_type=dict,
            wait_on_rate_limit=False,
        )
        self._client.session = make_session(
            timeout=connection.timeout,
            allow_private_hosts=connection.allow_private_hosts,
            moved={f"{API}/": f"{connection.base_url}/"} if connection.base_url else None,
        )

    def whoami(self) -> Profile:
        """Return the account of the access token. https://docs.x.com/x-api/users/get-my-user"""
        body = self._get("/2/users/me", {"user.fields": _USER_FIELDS})
        return mapping.profile_of(body["data"], self._web)

    def fetch(self, cursor: Cursor) -> Page:
        """Return a page of mentions, and after the last one pages of our own posts.

        Both listings come newest first; `since` moves only when a walk has reached its end, so that a
        walk cut short goes on at the same page.
        https://docs.x.com/x-api/posts/user-mention-timeline-by-user-id
        """
        walk = str(cursor.get("walk") or "mentions")
        state = dict(cursor.get(walk) or {})
        route = "mentions" if walk == "mentions" else "tweets"
        asked = {"max_results": "100"}
        if state.get("since"):
            asked["since_id"] = str(state["since"])
        if state.get("token"):
            asked["pagination_token"] = str(state["token"])
        body = self._get(f"/2/users/{self._id}/{route}", asked, expand=True)
        items = tuple(mapping.items_of(body, own_id=self._id, base_url=self._web))
        after, is_over, gap = _advance(walk, state, body.get("meta") or {})
        following = ("own" if walk == "mentions" else "mentions") if is_over else walk
        has_more = not is_over or walk == "mentions"
        return Page(items, {**cursor, "walk": following, walk: after}, has_more, gap)

    def recheck(self, external_ids: Sequence[str]) -> Recheck:
        """Read posts again by id; what X leaves out is deleted or hidden from us.

        https://docs.x.com/x-api/posts/get-posts-by-ids
        """
        body = self._get("/2/tweets", {"ids": ",".join(external_ids)}, expand=True)
        items = mapping.items_of(body, own_id=self._id, base_url=self._web)
        return only_known(items, external_ids)

    def prepare(self, out: Outgoing) -> Outgoing:
        """Upload media through the v2 endpoint; tweepy has no call for it, so its signer is used.

        https://docs.x.com/x-api/media/upload-media
        """
        handles = []
        for media in out.media:
            answer = self._send(
                "/2/media/upload",
                files={"media": (media.filename, media.content, media.content_type)},
                data={"media_category": "tweet_image"},
            )
            handle = str(answer["data"]["id"])
            if media.alt_text:
                described = {"alt_text": {"text": media.alt_text}}
                self._send("/2/media/metadata", json={"id": handle, "metadata": described})
            handles.append(handle)
        return out.with_handles(tuple(handles))

    def publish(self, out: Outgoing) -> Receipt:
        """Create one post or reply. https://docs.x.com/x-api/posts/create-post"""
        try:
            body = self._client.create_tweet(
                text=out.text,
                in_reply_to_tweet_id=out.reply_to or None,
                media_ids=list(out.media_handles) or None,
                user_auth=True,
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
        wanted = mapping.fingerprint(out.text)
        asked = {"start_time": _stamp(since), "max_results": "100"}
        found: list[Receipt] = []
        while True:
            body = self._get(f"/2/users/{self._id}/tweets", asked, expand=True)
            found += [
                self._receipt(str(post["id"]))
                for post in body.get("data") or []
                if mapping.fingerprint(mapping.plain_text(post)) == wanted
                and mapping.answers(post, out.reply_to)
                and mapping.moment(str(post["created_at"])) <= until
            ]
            token = (body.get("meta") or {}).get("next_token")
            if not token:
                return found
            asked["pagination_token"] = str(token)

    def remove(self, external_id: str) -> None:
        """Delete a post of ours. https://docs.x.com/x-api/posts/delete-post"""
        try:
            self._client.delete_tweet(external_id, user_auth=True)
        except tweepy.NotFound:
            return
        except Exception as error:
            raise translate(error, is_write=True, secrets=self._secrets) from None

    def _get(
        self, route: str, asked: Mapping[str, str], *, expand: bool = False
    ) -> dict[str, Any]:
        """Read a route; asks again in the renamed fields once when X no longer knows the old ones."""
        wide = _parameters(renamed=self._renamed) if expand else {}
        try:
            response = self._client.request("GET", route, params={**wide, **asked}, user_auth=True)
            body: dict[str, Any] = response.json()
        except tweepy.BadRequest as error:
            if expand and not self._renamed and _names_fields(error):
                self._renamed = True
                return self._get(route, asked, expand=True)
            raise translate(error, is_write=False, secrets=self._secrets) from None
        except Exception as error:
            raise translate(error, is_write=False, secrets=self._secrets) from None
        return body

    def _send(self, route: str, **parts: Any) -> dict[str, Any]:
        """Post something that is not public yet; failures may simply be repeated."""
        signer = tweepy.OAuth1UserHandler(
            self._secrets.get("consumer_key"),
            self._secrets.get("consumer_secret"),
            self._secrets.get("access_token"),
            self._secrets.get("access_token_secret"),
        )
        try:
            response = self._client.session.post(API + route, auth=signer.apply_auth(), **parts)
            body: dict[str, Any] = response.json() if response.ok and response.content else {}
        except Exception as error:
            raise translate(error, is_write=False, secrets=self._secrets) from None
        if not response.ok:
            raise from_response(response, is_write=False, secrets=self._secrets)
        if route.endswith("upload") and not (body.get("data") or {}).get("id"):
            raise Rejected("X accepted the file but gave it no id.")
        return body

    def _receipt(self, external_id: str) -> Receipt:
        return Receipt(external_id, f"{self._web}/i/status/{external_id}", _posted_at(external_id))


def _advance(
    walk: str, state: Mapping[str, Any], meta: Mapping[str, Any]
) -> tuple[dict[str, Any], bool, str]:
    """Return the walk's next state, whether it is over, and what could no longer be read."""
    since = int(state.get("since") or 0)
    newest = max(int(state.get("newest") or 0), int(meta.get("newest_id") or 0))
    seen = int(state.get("seen") or 0) + int(meta.get("result_count") or 0)
    token = meta.get("next_token")
    is_first_walk_of_own = walk == "own" and not since
    if token and not is_first_walk_of_own:
        return (
            {"since": str(since or ""), "newest": str(newest), "token": token, "seen": seen},
            False,
            "",
        )
    is_cut = walk == "mentions" and bool(since) and seen >= MENTIONS_KEPT
    gap = (
        f"X gives out only the newest {MENTIONS_KEPT} mentions; older ones are missing."
        if is_cut
        else ""
    )
    kept = max(since, newest - (OVERLAP_MS << 22)) if newest else since
    return {"since": str(kept) if kept > 0 else ""}, True, gap


def _names_fields(error: tweepy.BadRequest) -> bool:
    text = error.response.text
    return any(word in text for word in ("tweet.fields", "expansions", "referenced_tweets"))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _posted_at(external_id: str) -> datetime | None:
    """X's ids carry the moment of creation in milliseconds."""
    ms = (int(external_id) >> 22) + _SNOWFLAKE_EPOCH_MS if external_id.isdigit() else 0
    is_snowflake = external_id.isdigit() and int(external_id) >> 22 > 0
    return datetime.fromtimestamp(ms / 1000, UTC) if is_snowflake else None
