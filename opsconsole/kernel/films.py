"""Reading what somebody says is a film, without trusting or playing it, and making it fit to be published.

An MP4 is a tree of boxes (ISO/IEC 14496-12); its head tells what there is to know, so that nothing decodes it.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from opsconsole.kernel.errors import Invalid

MP4 = "video/mp4"
#: More boxes are in no honest head, and no film has more pixels on a side.
_MOST_BOXES, _MOST_SIDE = 2_000, 16_384
#: Boxes that hold boxes, as far as we look.
_BRANCHES = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
#: Where programs write place, camera and names.
_TRACES = frozenset({b"udta", b"meta", b"uuid"})
#: How the pictures of a film are kept that every platform plays.
_CODECS = frozenset({b"avc1", b"avc3"})
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Film:
    """A film as it may go out: `seconds` long, of so many bytes with this SHA-256."""

    width: int
    height: int
    seconds: float
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    at: int  # where its content begins
    end: int
    depth: int


def is_film(upload: Any) -> bool:
    """Tell whether an upload begins as an MP4 or QuickTime film does."""
    upload.seek(0)
    start = upload.read(12)
    upload.seek(0)
    return bool(start[4:8] == b"ftyp")


def film_cleaned(upload: Any, *, largest: int, field: str) -> Film:
    """Read an upload's head, and blank in it where places, cameras and names may stand.

    Raises Invalid for more than `largest` bytes, and for anything but an MP4 with H.264 pictures.
    """
    if upload.size > largest:
        raise Invalid(
            _("The film may have at most %(mb)d MB.") % {"mb": largest // 1_000_000},
            code="too_large", field=field,
        )  # fmt: skip
    file: BinaryIO = upload.file
    try:
        found = _read(file, upload.size)
    except (ValueError, struct.error) as error:
        raise Invalid(
            _("This file is not a film we can read: it must be an MP4 with H.264 pictures."),
            code="not_a_film",
            field=field,
        ) from error
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(_PIECE):
        digest.update(piece)
    file.seek(0)
    return Film(*found, size=upload.size, sha256=digest.hexdigest())


def _read(file: BinaryIO, size: int) -> tuple[int, int, float]:
    """Return width, height and seconds."""
    boxes = list(_walk(file, 0, size, 0))
    if not boxes or boxes[0].kind != b"ftyp" or _content(file, boxes[0], 4) == b"qt  ":
        raise ValueError("no MP4")
    for box in boxes:
        if box.kind in _TRACES:
            _blank(file, box)
    head = next((box for box in boxes if box.kind == b"mvhd"), None)
    if head is None:
        raise ValueError("no head")
    seconds = _seconds(_content(file, head, 32))
    for track in (box for box in boxes if box.kind == b"trak"):
        inside = [box for box in boxes if track.at <= box.at and box.end <= track.end]
        if side := _picture_side(file, inside):
            return *side, seconds
    raise ValueError("no pictures")


def _walk(file: BinaryIO, at: int, end: int, depth: int) -> Iterator[_Box]:
    count = 0
    while at + 8 <= end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        begin = at + 8
        if size == 1:
            (size,), begin = struct.unpack(">Q", file.read(8)), at + 16
        size = size or end - at
        count += 1
        if size < begin - at or at + size > end or count > _MOST_BOXES:
            raise ValueError("a box that does not fit")
        yield _Box(kind, begin, at + size, depth)
        if kind in _BRANCHES:
            yield from _walk(file, begin, at + size, depth + 1)
        at += size


def _content(file: BinaryIO, box: _Box, most: int) -> bytes:
    file.seek(box.at)
    return file.read(min(most, box.end - box.at))


def _seconds(head: bytes) -> float:
    scale, length = struct.unpack(
        ">IQ" if head[0] else ">II", head[20:32] if head[0] else head[12:20]
    )
    if not scale or not length:
        raise ValueError("a film without a length")
    return float(length / scale)


def _picture_side(file: BinaryIO, boxes: list[_Box]) -> tuple[int, int] | None:
    """Return width and height as shown, of a track that has pictures; one filmed upright lies on its side."""
    first = {box.kind: box for box in reversed(boxes)}
    handler, shape, kept = first.get(b"hdlr"), first.get(b"tkhd"), first.get(b"stsd")
    if not handler or not shape or not kept or _content(file, handler, 12)[8:12] != b"vide":
        return None
    if _content(file, kept, 16)[12:16] not in _CODECS:
        raise ValueError("other pictures than H.264")
    content = _content(file, shape, 200)
    across, turned, width, height = struct.unpack(">ii28xII", content[-44:])
    sides = (width >> 16, height >> 16)
    if not all(0 < side <= _MOST_SIDE for side in sides):
        raise ValueError("a film without a size")
    return sides if across or not turned else (sides[1], sides[0])


def _blank(file: BinaryIO, box: _Box) -> None:
    """Make a box one that nobody reads, of the same length: what stands behind it is found by its place."""
    file.seek(box.at - 4 if _is_short(file, box) else box.at - 12)
    file.write(b"free")
    file.seek(box.at)
    left = box.end - box.at
    while left:
        left -= file.write(b"\0" * min(left, _PIECE))


def _is_short(file: BinaryIO, box: _Box) -> bool:
    """Tell whether a box says its size in four bytes: its name then stands right before its content."""
    file.seek(box.at - 4)
    return file.read(4) == box.kind
