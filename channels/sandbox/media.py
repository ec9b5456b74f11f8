"""Uploaded files: what they really are, how big the picture is. Shared by the three platforms."""

import base64
import struct
import zlib

from channels.sandbox.rows import Media

SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def sniff(content: bytes) -> str:
    """Return the media type a file's first bytes tell, empty when unknown."""
    for start, name in SIGNATURES:
        if content.startswith(start):
            return name
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "video/mp4" if content[4:8] == b"ftyp" else ""


def dimensions(content: bytes) -> tuple[int, int]:
    """Return width and height of a PNG, GIF or JPEG; (0, 0) when it cannot be told."""
    kind = sniff(content)
    if kind == "image/png" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if kind == "image/gif" and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    return _jpeg_dimensions(content) if kind == "image/jpeg" else (0, 0)


def _jpeg_dimensions(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0


def fill(media: Media, content: bytes) -> Media:
    """Put a file's bytes, type and size into its row."""
    media.content = base64.b64encode(content).decode()
    media.content_type = sniff(content) or media.content_type
    media.width, media.height = dimensions(content)
    return media


def content_of(media: Media) -> bytes:
    """Return a file's bytes."""
    return base64.b64decode(media.content)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def draw_picture(shade: int, width: int = 320, height: int = 200) -> bytes:
    """Return a PNG of a quiet gradient: what visitors attach when they bring no picture."""
    rows = b"".join(
        b"\0"
        + bytes(value for x in range(width) for value in (shade, 90 + y // 3, x * 200 // width))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
