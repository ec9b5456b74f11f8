"""Uploads to X: pictures in one call, films and GIFs in pieces that X then works on. Nothing public.

tweepy has no call for the v2 endpoints, so whoever made the adapter lends its own.
https://docs.x.com/x-api/media/quickstart/media-upload-chunked
"""

from collections.abc import Callable, Mapping
from typing import Any

from channels.errors import NotReady, Rejected, RejectionCode, Unreachable
from channels.types import Outgoing, OutgoingMedia

#: Bytes of a piece; X takes up to five million.
PIECE = 4_000_000
#: How X files what it works on after the upload.
_WORKED_ON = {"image/gif": "tweet_gif", "video/mp4": "tweet_video"}
#: Seconds after which X is asked again when it does not say, and how long what is uploaded keeps: a day.
ASK_AGAIN, KEEPS = 2, 86_400
NO_ID = "X took the file but gave it no id."


class Uploads:
    """The uploads of one outgoing text. `send` posts what may be repeated, `read` reads."""

    def __init__(
        self,
        send: Callable[..., dict[str, Any]],
        read: Callable[[str, Mapping[str, str]], dict[str, Any]],
    ) -> None:
        self._send, self._read = send, read

    def prepare(self, out: Outgoing) -> Outgoing:
        """Upload what `out` needs, or go on where an earlier try had to wait. NotReady while X works on it."""
        handles = list(out.media_handles)
        if len(handles) == len(out.media) and out.media:
            waits = max(map(self._wait_of, self._films(out, handles)), default=0)
        else:
            handles, waits = [], 0
            for media in out.media:
                handle, wait = self._upload(media)
                handles.append(handle)
                waits = max(waits, wait)
        if waits:
            raise NotReady(handles=tuple(handles), seconds=waits, keeps=KEEPS)
        return out.with_handles(tuple(handles))

    def _films(self, out: Outgoing, handles: list[str]) -> list[str]:
        pairs = zip(out.media, handles, strict=True)
        return [handle for media, handle in pairs if media.content_type in _WORKED_ON]

    def _upload(self, media: OutgoingMedia) -> tuple[str, int]:
        """Return the id of a file, and for how many seconds X is not ready with it."""
        wait = 0
        if media.content_type in _WORKED_ON:
            handle, wait = self._in_pieces(media)
        else:
            answer = self._send(
                "/2/media/upload",
                files={"media": (media.filename, media.content, media.content_type)},
                data={"media_category": "tweet_image"},
            )
            handle = _id_of(answer)
        if media.alt_text:
            described = {"alt_text": {"text": media.alt_text}}
            self._send("/2/media/metadata", json={"id": handle, "metadata": described})
        return handle, wait

    def _in_pieces(self, media: OutgoingMedia) -> tuple[str, int]:
        content = media.content
        begun = self._send(
            "/2/media/upload/initialize",
            json={
                "media_type": media.content_type,
                "total_bytes": len(content),
                "media_category": _WORKED_ON[media.content_type],
            },
        )
        handle = _id_of(begun)
        for number, start in enumerate(range(0, len(content), PIECE)):
            piece = (media.filename, content[start : start + PIECE], media.content_type)
            self._send(
                f"/2/media/upload/{handle}/append",
                files={"media": piece},
                data={"segment_index": str(number)},
            )
        return handle, _wait_in(self._send(f"/2/media/upload/{handle}/finalize"))

    def _wait_of(self, handle: str) -> int:
        asked = {"command": "STATUS", "media_id": handle}
        return _wait_in(self._read("/2/media/upload", asked))


def _id_of(answer: Mapping[str, Any]) -> str:
    handle = str((answer.get("data") or {}).get("id") or "")
    if not handle:
        raise Unreachable(NO_ID)
    return handle


def _wait_in(answer: Mapping[str, Any]) -> int:
    """Return the seconds until X should be asked again, 0 when it is ready. Rejected when it has given up."""
    told = (answer.get("data") or {}).get("processing_info") or {}
    state = told.get("state")
    if state in {None, "succeeded"}:
        return 0
    if state == "failed":
        said = (told.get("error") or {}).get("message") or "X cannot play this file."
        raise Rejected(str(said), code=RejectionCode.INVALID)
    return max(1, int(told.get("check_after_secs") or ASK_AGAIN))
