"""Opening what somebody says is a picture, without trusting it, and making it fit to be published.

Which ones are wanted is the caller's.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw, ImageOps, ImageSequence, UnidentifiedImageError

from opsconsole.kernel.errors import Invalid

#: A small file may unfold to a huge picture; more pixels than this, in all its frames, are refused unseen.
MOST_PIXELS = 40_000_000
#: What may be published: what it is on the wire -> Pillow's name, and what its file name ends with.
KINDS = {
    "image/jpeg": ("JPEG", "jpg"),
    "image/png": ("PNG", "png"),
    "image/webp": ("WEBP", "webp"),
    "image/gif": ("GIF", "gif"),
}
#: The colours of a picture that stands for a film.
_NIGHT, _DAY = (38, 44, 56), (235, 239, 245)


@dataclass(frozen=True, slots=True)
class Clean:
    """A picture as it may go out."""

    content: bytes
    content_type: str
    width: int
    height: int

    @property
    def ending(self) -> str:
        """What its file name ends with."""
        return KINDS[self.content_type][1]


@contextmanager
def opened(
    upload: Any, *, formats: tuple[str, ...], largest: int, field: str
) -> Iterator[Image.Image]:
    """Open an upload of at most `largest` bytes (whole megabytes) in one of Pillow's `formats`.

    Raises Invalid for what is too large, not such a picture, or turns out to be damaged while it is read.
    """
    _must_weigh(upload.size, largest, field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=formats) as picture:
                _must_be_small(picture)
                yield picture
    except (
        UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning,
        OSError, SyntaxError, ValueError,
    ) as error:  # fmt: skip
        raise Invalid(
            _("This file is not a picture we can read."), code="not_a_picture", field=field
        ) from error


def cleaned(upload: Any, *, allowed: tuple[str, ...], largest: int, field: str) -> Clean:
    """Return an upload encoded anew, upright: no place, camera or name comes along.

    What it is, its content says, not its name. A GIF keeps its frames, anything else its first. Raises
    Invalid for anything but the `allowed` of KINDS, for more than `largest` bytes before or after, and for
    what is damaged.
    """
    formats = {name: kind for kind, (name, _ending) in KINDS.items() if kind in allowed}
    with opened(upload, formats=tuple(formats), largest=largest, field=field) as picture:
        # Several shots in one file, as telephones make them: a JPEG with more behind it.
        kind = formats["JPEG" if picture.format == "MPO" else str(picture.format)]
        if kind == "image/gif":
            content, size = _film(picture), picture.size
        else:
            upright = ImageOps.exif_transpose(picture)
            content, size = _still(upright, kind), upright.size
    _must_weigh(len(content), largest, field)
    return Clean(content, kind, *size)


def thumbnail(content: bytes, side: int) -> bytes:
    """Return a small WebP, at most `side` pixels wide and high, of a picture that is clean already."""
    with Image.open(BytesIO(content)) as picture:
        small = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        small.thumbnail((side, side))
        out = BytesIO()
        small.save(out, "WEBP", quality=80)
        return out.getvalue()


def poster(width: int, height: int, side: int) -> bytes:
    """Return a WebP that stands for a film of this shape: nobody here can play it."""
    scale = side / max(width, height)
    across, down = max(1, round(width * scale)), max(1, round(height * scale))
    picture = Image.new("RGB", (across, down), _NIGHT)
    x, y, r = across / 2, down / 2, min(across, down) / 6
    corners = [(x - 0.7 * r, y - r), (x - 0.7 * r, y + r), (x + 1.1 * r, y)]
    ImageDraw.Draw(picture).polygon(corners, fill=_DAY)
    out = BytesIO()
    picture.save(out, "WEBP", quality=80)
    return out.getvalue()


def _must_weigh(size: int, largest: int, field: str) -> None:
    if size > largest:
        raise Invalid(
            _("The picture may have at most %(mb)d MB.") % {"mb": largest // 2**20},
            code="too_large", field=field,
        )  # fmt: skip


def _must_be_small(picture: Image.Image) -> None:
    frames = getattr(picture, "n_frames", 1) if picture.format == "GIF" else 1
    if picture.width * picture.height * frames > MOST_PIXELS:
        raise ValueError("too many pixels")


def _still(picture: Image.Image, kind: str) -> bytes:
    """Only pixels and their colour profile are written: a new image has no other facts."""
    profile = picture.info.get("icc_profile")
    if kind == "image/jpeg" and picture.mode not in {"RGB", "L"}:
        picture, profile = picture.convert("RGB"), None
    if picture.mode == "P":
        picture = picture.convert("RGBA")
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    options: dict[str, Any] = {"icc_profile": profile} if profile else {}
    if kind != "image/png":
        options["quality"] = 90
    out = BytesIO()
    bare.save(out, KINDS[kind][0], **options)
    return out.getvalue()


def _film(picture: Image.Image) -> bytes:
    """All frames with their times: comments and what programs hide beside them stay behind."""
    frames, times = [], []
    for frame in ImageSequence.Iterator(picture):
        times.append(int(frame.info.get("duration", 0)))
        bare = Image.new("RGBA", frame.size)
        bare.paste(frame.convert("RGBA"))
        frames.append(bare)
    options: dict[str, Any] = {}
    if len(frames) > 1:
        options = {"save_all": True, "append_images": frames[1:], "duration": times, "disposal": 2}
        if "loop" in picture.info:
            options["loop"] = picture.info["loop"]
    out = BytesIO()
    frames[0].save(out, "GIF", **options)
    return out.getvalue()
