"""Making a safe small picture from whatever was uploaded."""

import warnings
from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from opsconsole.kernel.errors import Invalid

SIDE = 256
LARGEST_FILE = 5 * 1024 * 1024
#: A small file may unfold to a huge picture; more pixels than this are refused unseen.
MOST_PIXELS = 40_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def square_photo(upload: Any) -> bytes:
    """Return a square WebP of the upload's first frame, without any of its metadata.

    Raises Invalid for what is too large, not a picture, or damaged.
    """
    if upload.size > LARGEST_FILE:
        raise Invalid(_("The picture may have at most 5 MB."), code="too_large", field="photo")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=_FORMATS) as picture:
                return _encoded(picture)
    except (
        UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning,
        OSError, SyntaxError, ValueError,
    ) as error:  # fmt: skip
        raise Invalid(
            _("This file is not a picture we can read."), code="not_a_picture", field="photo"
        ) from error


def _encoded(picture: Image.Image) -> bytes:
    if picture.width * picture.height > MOST_PIXELS:
        raise ValueError("too many pixels")
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    square = ImageOps.fit(upright, (SIDE, SIDE))
    out = BytesIO()
    square.save(out, "WEBP", quality=85)
    return out.getvalue()
