"""Writing on a Page: uploads, posts, replies, private messages, hiding, deletion. One create call each."""

from collections.abc import Mapping
from typing import Any

from channels.adapters.facebook import mapping, private
from channels.adapters.facebook.calls import Calls
from channels.adapters.facebook.films import PREFIX, Films
from channels.adapters.facebook.graph import RECEIPT, VERSION, created_unread
from channels.errors import Ambiguous, ChannelError, Rejected, RejectionCode, Unreachable
from channels.types import Outgoing, OutgoingKind, Receipt


class Writing:
    """What goes out as one Page."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._films = Films(calls)

    def prepare(self, out: Outgoing) -> Outgoing:
        """Upload photos unpublished. https://developers.facebook.com/docs/graph-api/reference/page/photos"""
        handles = []
        for media in out.media:
            if media.content_type.startswith("video/"):
                handles.append(self._films.upload(media))
                continue
            described = {"published": "false"}
            if media.alt_text:
                described["alt_text_custom"] = media.alt_text
            files = {"source": (media.filename, media.content, media.content_type)}
            path = f"{VERSION}/{self._calls.page}/photos"
            answer = self._calls.call(path, post_args=described, files=files, is_write=False)
            if not isinstance(answer, dict) or not answer.get("id"):
                raise Unreachable("Facebook took the picture but gave it no id.")
            handles.append(str(answer["id"]))
        return out.with_handles(tuple(handles))

    def publish(self, out: Outgoing) -> Receipt:
        """Create a post, a reply or a private message. Graph guards only the last against duplicates.

        https://developers.facebook.com/docs/pages-api/posts
        """
        if out.kind == OutgoingKind.PRIVATE:
            path = f"{VERSION}/{self._calls.page}/messages"
            return private.receipt(
                self._calls.call(path, post_args=private.words(out), is_write=True)
            )
        if out.media_handles and out.media_handles[0].startswith(PREFIX):
            return self._films.publish(out, out.media_handles[0])
        edge = (
            f"{mapping.bare(out.reply_to)}/comments"
            if out.kind == OutgoingKind.REPLY
            else f"{self._calls.page}/feed"
        )
        answer = self._created(f"{VERSION}/{edge}", mapping.words(out))
        external_id = str(answer.get("id") or "") if isinstance(answer, dict) else ""
        if not external_id:
            raise Ambiguous("Facebook answered without an id.")
        return mapping.receipt(answer) if "created_time" in answer else self._receipt(external_id)

    def _created(self, path: str, words: Mapping[str, str]) -> Any:
        """Create, and have it read in the same call; when only the reading failed, it stands all the same."""
        try:
            return self._calls.call(path, post_args={**words, "fields": RECEIPT}, is_write=True)
        except ChannelError:
            if made := created_unread(self._calls.graph.answer):
                return made
            raise

    def _receipt(self, external_id: str) -> Receipt:
        """Ask for address and time; the thing itself stands either way."""
        try:
            row = self._calls.get(external_id, fields=RECEIPT)
        except ChannelError:
            row = {}
        plain = f"https://www.facebook.com/{external_id}"
        return mapping.receipt({"permalink_url": plain, **row, "id": external_id})

    def remove(self, external_id: str) -> None:
        """Delete a post or comment of ours."""
        try:
            self._calls.call(f"{VERSION}/{external_id}", method="DELETE", is_write=True)
        except Rejected as error:
            if error.code != RejectionCode.TARGET_GONE:
                raise

    def hide(self, external_id: str, *, is_hidden: bool) -> None:
        """Hide a comment from everybody but its author and their friends, or show it again."""
        hidden = {"is_hidden": "true" if is_hidden else "false"}
        self._calls.call(f"{VERSION}/{external_id}", post_args=hidden, is_write=True)
