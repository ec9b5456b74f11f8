"""Handing out a large file in pieces, as players ask for it. One range at a time (RFC 9110, 14)."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

_ASKED = re.compile(r"bytes=(\d*)-(\d*)")
_PIECE = 1 << 18


def ranged(request: HttpRequest, file: BinaryIO, size: int, content_type: str) -> HttpResponseBase:
    """Return a file, or the part of it that is asked for; 416 for a part that there is not."""
    start, end, status = 0, size, 200
    asked = _ASKED.fullmatch(request.headers.get("Range", ""))
    if asked and any(asked.groups()):
        first, last = asked.groups()
        start = int(first) if first else max(0, size - int(last))
        end = min(size, int(last) + 1) if first and last else size
        status = 206
        if start >= end:
            file.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response = StreamingHttpResponse(
        _pieces(file, start, end - start), content_type=content_type, status=status
    )
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _pieces(file: BinaryIO, start: int, left: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
