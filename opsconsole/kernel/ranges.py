"""Handing out a large file in pieces, as players ask for it. One range at a time (RFC 9110, 14)."""

import re
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse

_ASKED = re.compile(r"bytes=(\d*)-(\d*)")
#: Bytes of one piece at most; whoever wants more asks again.
_LARGEST = 4 * 1024 * 1024


def ranged(request: HttpRequest, file: BinaryIO, size: int, content_type: str) -> HttpResponse:
    """Return a file, or the part of it that is asked for, and close it; 416 for a part that there is not."""
    with file:
        asked = _ASKED.fullmatch(request.headers.get("Range", ""))
        if asked is None or not any(asked.groups()):
            response = HttpResponse(file.read(), content_type=content_type)
        else:
            start, end = _bounds(asked[1], asked[2], size)
            if start >= end:
                told = {"Content-Range": f"bytes */{size}"}
                return HttpResponse(status=416, headers=told)
            file.seek(start)
            part = file.read(end - start)
            response = HttpResponse(part, content_type=content_type, status=206)
            response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size
    end = min(size, int(last) + 1) if last else size
    return int(first), min(end, int(first) + _LARGEST)
