"""Files of films for tests: heads as cameras write them, and a body that nobody plays."""

import struct

from django.core.files.uploadedfile import SimpleUploadedFile

UPRIGHT = (0, 0x10000, -0x10000, 0)
_PLAIN = (0x10000, 0, 0, 0x10000)


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def film_bytes(
    seconds: float = 12.0,
    size: tuple[int, int] = (1280, 720),
    *,
    codec: bytes = b"avc1",
    brand: bytes = b"isom",
    traces: bytes = b"",
    turn: tuple[int, int, int, int] = _PLAIN,
    body: int = 5_000,
    is_long: bool = False,
) -> bytes:
    """An MP4; `is_long` writes times of 64 bits, `traces` what a camera says of itself."""
    scale, length = 600, round(seconds * 600)
    times = struct.pack(">B3xQQIQ", 1, 0, 0, scale, length) if is_long else struct.pack(
        ">B3xIIII", 0, 0, 0, scale, length
    )  # fmt: skip
    a, b, c, d = turn
    matrix = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    shape = struct.pack(">B3xIIIII", 0, 0, 0, 1, 0, length) + b"\0" * 16 + matrix
    shape += struct.pack(">II", size[0] << 16, size[1] << 16)
    track = box(
        b"trak",
        box(b"tkhd", shape),
        box(
            b"mdia",
            box(b"hdlr", b"\0" * 8 + b"vide" + b"\0" * 12),
            box(
                b"minf",
                box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1), box(codec, b"\0" * 8))),
            ),
        ),
    )
    sound = box(b"trak", box(b"mdia", box(b"hdlr", b"\0" * 8 + b"soun" + b"\0" * 12)))
    told = box(b"udta", box(b"\xa9xyz", traces)) if traces else b""
    head = box(b"moov", box(b"mvhd", times + b"\0" * 80), sound, track, told)
    filled = bytes(n % 251 for n in range(body))
    return box(b"ftyp", brand, b"\0\0\2\0", brand) + head + box(b"mdat", filled)


def film_file(*args: object, name: str = "film.mp4", **given: object) -> SimpleUploadedFile:
    """An upload of such a film."""
    return SimpleUploadedFile(name, film_bytes(*args, **given))  # type: ignore[arg-type]
