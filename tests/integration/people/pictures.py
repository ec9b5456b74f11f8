"""Pictures to upload, good and bad."""

import struct
import zlib
from io import BytesIO

from PIL import Image

SECRET = b"37.5665N 126.9780E"


def encoded(kind="PNG", size=(300, 200), colour=(200, 30, 30), **options) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return out.getvalue()


def named(content: bytes, name="me.png") -> BytesIO:
    """As a browser sends it."""
    file = BytesIO(content)
    file.name = name
    return file


def with_metadata() -> bytes:
    """A JPEG lying on its side, red at the left, that tells where it was taken."""
    picture = Image.new("RGB", (200, 200), (250, 250, 250))
    picture.paste((200, 0, 0), (0, 0, 60, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter to the right to see it upright
    exif[0x010E] = SECRET.decode()
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=SECRET)
    return out.getvalue()


def bomb(side: int) -> bytes:
    """A small PNG that claims to unfold to side times side pixels."""
    body = bytearray(encoded(size=(8, 8)))
    body[16:24] = struct.pack(">II", side, side)
    body[29:33] = struct.pack(">I", zlib.crc32(bytes(body[12:29])))
    return bytes(body)


def film() -> bytes:
    """A GIF of two frames, green and then blue."""
    first, second = (Image.new("RGB", (64, 64), colour) for colour in ("green", "blue"))
    out = BytesIO()
    first.save(out, "GIF", save_all=True, append_images=[second])
    return out.getvalue()
