"""Films on a Page: uploaded in pieces, unseen; the call that ends the upload makes the post.

https://developers.facebook.com/docs/video-api/guides/publishing
"""

from typing import Any

from channels.adapters.facebook import mapping
from channels.adapters.facebook.calls import Calls
from channels.adapters.facebook.graph import VERSION
from channels.errors import Ambiguous, ChannelError, Unreachable
from channels.types import Outgoing, OutgoingMedia, Receipt

#: How the handle of an upload begins: `film:session:video`.
PREFIX = "film:"
#: Pieces that one upload may take; Facebook says how large each is.
MOST_PIECES = 500
_NO_ID = "Facebook took the film but gave it no id."


class Films:
    """The films of one Page."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._path = f"{VERSION}/{calls.page}/videos"

    def upload(self, media: OutgoingMedia) -> str:
        """Bring a film there in the pieces that Facebook asks for; return its handle."""
        answer = self._step({"upload_phase": "start", "file_size": str(len(media.content))})
        session = str(answer.get("upload_session_id") or "")
        video = str(answer.get("video_id") or "")
        if not session or not video:
            raise Unreachable(_NO_ID)
        for _ in range(MOST_PIECES):
            start, end = int(answer["start_offset"]), int(answer["end_offset"])
            if start >= end:
                return f"{PREFIX}{session}:{video}"
            piece = (media.filename, media.content[start:end], media.content_type)
            answer = self._step(
                {
                    "upload_phase": "transfer",
                    "upload_session_id": session,
                    "start_offset": str(start),
                },
                video_file_chunk=piece,
            )
        raise Unreachable("Facebook asks for ever more pieces of the film.")

    def _step(self, asked: dict[str, str], **files: Any) -> dict[str, Any]:
        answer = self._calls.call(self._path, post_args=asked, files=files or None, is_write=False)
        if not isinstance(answer, dict):
            raise Unreachable(_NO_ID)
        return answer

    def publish(self, out: Outgoing, handle: str) -> Receipt:
        """End an upload, which makes the post; one create call."""
        session, video = handle.removeprefix(PREFIX).split(":")
        asked = {
            "upload_phase": "finish",
            "upload_session_id": session,
            "description": out.text,
            "published": "true",
        }
        answer = self._calls.call(self._path, post_args=asked, is_write=True)
        if not isinstance(answer, dict) or not answer.get("success"):
            raise Ambiguous("Facebook answered without an id.")
        return self._receipt(video)

    def _receipt(self, video: str) -> Receipt:
        """Ask which post the film has become; without an answer our posts are read back."""
        try:
            row = self._calls.get(video, fields="id,post_id,permalink_url,created_time")
        except ChannelError:
            row = {}
        post = str(row.get("post_id") or "")
        if not post:
            raise Ambiguous("Facebook took the film and does not say yet which post it is.")
        page = self._calls.page
        external_id = post if post.startswith(f"{page}_") else f"{page}_{post}"
        return mapping.receipt({**row, "id": external_id})
