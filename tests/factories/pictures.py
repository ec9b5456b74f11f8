"""Files of pictures for tests."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture_file(
    form: str = "PNG",
    size: tuple[int, int] = (60, 40),
    *,
    name: str = "picture",
    mode: str = "RGB",
    colour: Any = "red",
    **options: Any,
) -> SimpleUploadedFile:
    """An upload of one colour, in one of Pillow's formats."""
    out = BytesIO()
    Image.new(mode, size, colour).save(out, form, **options)
    return SimpleUploadedFile(name, out.getvalue())
