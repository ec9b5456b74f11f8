"""Which pictures and films may go out with an answer. Reads no rows."""

from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _

from channels.types import Capabilities
from opsconsole.kernel import pictures
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.films import MP4, film_cleaned, is_film

#: The smallest of what our platforms take.
LARGEST_FILE = 5 * 1024 * 1024
#: What may be published with an answer beside films.
KINDS = ("image/jpeg", "image/png", "image/webp", "image/gif")
#: What stands with no other, where the platform says so.
ALONE = frozenset({"image/gif", MP4})


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it may go out."""

    file: "File[bytes]"
    content_type: str
    width: int
    height: int
    ending: str


def kinds_of(capabilities: Capabilities) -> list[str]:
    """Return the kinds of files that an answer on a channel may carry."""
    still = [
        kind for kind in KINDS if kind in capabilities.media_types and _moves(kind, capabilities)
    ]
    return [*still, *capabilities.film_types] if capabilities.reply_films else still


def _moves(kind: str, capabilities: Capabilities) -> bool:
    """A GIF is worth its name only where it moves."""
    return kind != "image/gif" or capabilities.gif_alone


def cleaned(upload: Any, capabilities: Capabilities) -> Kept:
    """Return an upload as it may go out with an answer on a channel.

    Raises Invalid for a kind that it does not take, for what is too large or too long, and for what is damaged.
    """
    if is_film(upload):
        return _film(upload, capabilities)
    kinds = tuple(kind for kind in kinds_of(capabilities) if kind != MP4)
    clean = pictures.cleaned(upload, allowed=kinds, largest=LARGEST_FILE, field="picture")
    file = ContentFile(clean.content)
    return Kept(file, clean.content_type, clean.width, clean.height, clean.ending)


def _film(upload: Any, capabilities: Capabilities) -> Kept:
    if not capabilities.reply_films:
        raise Invalid(
            _("Answers on this channel carry no films."), code="no_films", field="picture"
        )
    film = film_cleaned(upload, largest=capabilities.largest_film, field="picture")
    if film.seconds > capabilities.longest_film:
        raise Invalid(
            _("The film may be at most %(seconds)d seconds long.")
            % {"seconds": capabilities.longest_film},
            code="film_length", field="picture",
        )  # fmt: skip
    return Kept(File(upload.file), MP4, film.width, film.height, "mp4")
