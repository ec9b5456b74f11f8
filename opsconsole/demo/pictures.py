"""Pictures of the model company's library, drawn by the program itself: no file travels with it."""

import math
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from opsconsole.demo.campaigns import EXAM, ROAMING

#: Wide enough for every platform, small enough to be drawn at once.
SIZE = (1200, 675)


def picture(key: str) -> SimpleUploadedFile:
    """Return one of the pictures as an upload."""
    canvas = _sky() if key == ROAMING else Image.new("RGB", SIZE, "#fdf6e3")
    draw = ImageDraw.Draw(canvas)
    {ROAMING: _flight, EXAM: _desk}[key](draw)
    out = BytesIO()
    canvas.save(out, "PNG", compress_level=3)
    return SimpleUploadedFile(f"{key}.png", out.getvalue(), "image/png")


def _sky() -> Image.Image:
    """A night that grows lighter towards the ground."""
    night = Image.linear_gradient("L").resize(SIZE)
    return Image.composite(
        Image.new("RGB", SIZE, "#5a7fc4"), Image.new("RGB", SIZE, "#101c46"), night
    )


def _flight(draw: ImageDraw.ImageDraw) -> None:
    wide, high = SIZE
    for number in range(60):  # stars, always the same ones
        x, y = number * 197 % wide, number * 83 % (high // 2)
        draw.ellipse((x, y, x + 3, y + 3), fill="#dfe8ff")
    for left, peak, colour in (
        (-100, 300, "#c9d6f2"),
        (260, 380, "#e4ecfb"),
        (640, 330, "#f5f8ff"),
    ):
        draw.polygon([(left, high), (left + 350, peak), (left + 700, high)], fill=colour)
    draw.line([(90, 330), (760, 150)], fill="#ffffff", width=6)
    plane = [(760, 150), (700, 120), (730, 120), (800, 128), (850, 105), (880, 108), (830, 145),
             (800, 190), (780, 192), (785, 155)]  # fmt: skip
    draw.polygon(plane, fill="#ffffff")


def _desk(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon([(150, 330), (560, 330), (560, 400), (150, 400)], fill="#f4b93a")
    draw.rectangle((110, 330, 150, 400), fill="#f08a8a")
    draw.polygon([(560, 330), (640, 365), (560, 400)], fill="#f3dcb4")
    draw.polygon([(615, 354), (640, 365), (615, 376)], fill="#3d3d3d")
    draw.line([(900, 400), (930, 560)], fill="#3c8d4f", width=14)
    for quarter in range(4):
        angle = math.pi / 4 + quarter * math.pi / 2
        x, y = 900 + 88 * math.cos(angle), 330 + 88 * math.sin(angle)
        draw.ellipse((x - 78, y - 78, x + 78, y + 78), fill="#57b36b")
        draw.line([(900, 330), (x, y)], fill="#3c8d4f", width=6)
