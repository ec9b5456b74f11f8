"""Making a safe small picture from whatever was uploaded."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

from opsconsole.kernel.pictures import opened

SIDE = 256
LARGEST_FILE = 5 * 1024 * 1024
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def square_photo(upload: Any) -> bytes:
    """Return a square WebP of the upload's first frame, without any of its metadata.

    Raises Invalid for what is too large, not a picture, or damaged.
    """
    with opened(upload, formats=_FORMATS, largest=LARGEST_FILE, field="photo") as picture:
        return _encoded(picture)


def _encoded(picture: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    square = ImageOps.fit(upright, (SIDE, SIDE))
    out = BytesIO()
    square.save(out, "WEBP", quality=85)
    return out.getvalue()
