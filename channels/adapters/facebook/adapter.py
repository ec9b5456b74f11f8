"""Facebook Pages through facebook-sdk. One adapter per task; no retry of a write happens here."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from channels.adapters.facebook.calls import UNKNOWN_FORM, Calls
from channels.adapters.facebook.finding import Finding
from channels.adapters.facebook.past import past
from channels.adapters.facebook.reading import OLDER_STREAM, STREAMS, Reading
from channels.adapters.facebook.streams import Streams
from channels.adapters.facebook.subscribing import Subscribing
from channels.adapters.facebook.writing import Writing
from channels.errors import AuthExpired, Rejected, RejectionCode, Unreachable
from channels.port import Connection, moderated, must_moderate
from channels.types import (
    LARGEST_FILM,
    Capabilities,
    Counting,
    Cursor,
    ModerationVerb,
    Outgoing,
    Page,
    Planned,
    Profile,
    Receipt,
    Recheck,
    SideKind,
    Threading,
)


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
        film_types=("video/mp4",),
        largest_film=LARGEST_FILM,
        longest_film=4 * 3600,
        threading=Threading.FLAT,
        streams=STREAMS,
        slow_streams=frozenset({OLDER_STREAM}),
    )

    gives_out: ClassVar[Mapping[SideKind, timedelta]] = {}
    side_streams: ClassVar[Mapping[SideKind, int]] = {
        SideKind.TAGGED: 300,
        SideKind.ACTIVITY: 300,
        SideKind.PLANNED: 600,
    }

    def __init__(self, connection: Connection) -> None:
        self._calls = Calls(connection)
        self._reading = Reading(self._calls)
        self._streams = Streams(self._calls, self._reading)
        self._writing = Writing(self._calls)
        self._finding = Finding(self._calls)
        self._subscribing = Subscribing(self._calls)

    def whoami(self) -> Profile:
        """Return the Page of the token; AuthExpired when it is a person's, who has no category.

        https://developers.facebook.com/docs/graph-api/reference/page
        """
        try:
            page = self._calls.node("me", "id,name,link,username,category")
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

    def followers_count(self) -> int:
        """Return who follows the Page, or likes it where that alone is told.

        https://developers.facebook.com/docs/graph-api/reference/page
        """
        page = self._calls.node(self._calls.page, "id,followers_count,fan_count")
        count = page.get("followers_count", page.get("fan_count"))
        if not isinstance(count, int):
            raise Unreachable(UNKNOWN_FORM)
        return count

    def followers_page(self, token: str, size: int) -> tuple[list[str], str]:
        """Facebook tells nobody who follows a Page."""
        raise Rejected("Facebook gives out no list of followers.")

    def fetch(self, cursor: Cursor) -> Page:
        """Return the newest posts with their newest comments; then what busy posts still hide."""
        return self._reading.fetch(cursor)

    def begin(self, at: datetime) -> Cursor:
        """Return a cursor that leaves what is older than a moment aside."""
        return self._reading.begin(at)

    def revisit(self, cursor: Cursor) -> Page:
        """Read the comments on posts that polls no longer look at."""
        return self._reading.revisit(cursor)

    def history(
        self, streams: Sequence[str], since: datetime, until: datetime, cursor: Cursor
    ) -> Page:
        """Read back what stood on the Page between two moments."""
        return past(self._reading, streams, since, until, cursor)

    def stream(self, kind: SideKind, query: str, cursor: Cursor) -> Page:
        """Return a page of posts that name us, or of what moves below old posts of ours."""
        if kind == SideKind.TAGGED:
            return self._streams.tagged(cursor)
        return self._streams.activity(cursor)

    def planned(self) -> list[Planned]:
        """Return the posts that are scheduled on Facebook itself."""
        return self._streams.planned()

    def told_of(self) -> tuple[str, ...]:
        """Return which fields of the Page our app is told."""
        return self._subscribing.told()

    def subscribe(self) -> tuple[str, ...]:
        """Subscribe the Page to our app."""
        return self._subscribing.subscribe()

    def unsubscribe(self) -> tuple[str, ...]:
        """End the Page's subscription to our app."""
        return self._subscribing.unsubscribe()

    def recheck(self, external_ids: Sequence[str]) -> Recheck:
        """Read known posts and comments again."""
        return self._reading.recheck(external_ids)

    def prepare(self, out: Outgoing) -> Outgoing:
        """Upload photos unpublished."""
        return self._writing.prepare(out)

    def publish(self, out: Outgoing) -> Receipt:
        """Create a post, a reply or a private message."""
        return self._writing.publish(out)

    def find(self, out: Outgoing, *, since: datetime, until: datetime) -> list[Receipt]:
        """Read the thread, or our posts, back over the time in question."""
        return self._finding.find(out, since=since, until=until)

    def remove(self, external_id: str) -> None:
        """Delete a post or comment of ours."""
        self._writing.remove(external_id)

    def moderate(self, external_id: str, verb: ModerationVerb) -> Recheck:
        """Hide a comment, show it again, or delete one of ours.

        Hidden from everybody but its author and their friends; hiding what is hidden succeeds.
        https://developers.facebook.com/docs/graph-api/reference/comment#updating
        """
        must_moderate(verb, self.capabilities)
        if verb == ModerationVerb.DELETE_OWN:
            self.remove(external_id)
            return Recheck(gone=(external_id,))
        self._writing.hide(external_id, is_hidden=verb == ModerationVerb.HIDE)
        return moderated(self.recheck([external_id]), external_id, verb)
