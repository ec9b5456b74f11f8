"""The library of pictures and films: taking them in, describing them, putting them away and fetching them back."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any
from unicodedata import normalize

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from campaigns.models import LibraryImage
from campaigns.selectors.library import image_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotFound
from opsconsole.kernel.films import MP4, film_cleaned, is_film
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.pictures import KINDS, cleaned, poster, thumbnail
from opsconsole.kernel.text import one_line, storable
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import active_units

LARGEST_FILE = 15 * 1024 * 1024
#: No platform takes more of ours.
LARGEST_FILM = 100_000_000
#: How wide and high a small one is at most, in pixels.
SMALL_SIDE = 480
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_RIGHTS = 200, 1000, 500


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a picture. `needs_no_words` counts only without a description."""

    name: str
    alt_text: str = ""
    needs_no_words: bool = False
    rights: str = ""
    rights_until: date | None = None


def image_add(
    actor: Actor,
    *,
    unit_id: int,
    upload: Any,
    name: str = "",
    alt_text: str = "",
    rights: str = "",
    rights_until: date | None = None,
) -> LibraryImage:
    """Take a picture or film into a unit's library, made anew; one that the unit has already is returned as it stands.

    Without a name it is called like its file. Raises NotAllowed without the right to write posts in the
    unit, NotFound for a unit that is no more, Invalid for what is neither, damaged or too large.
    """
    actor.must(Ability.WRITE_POSTS, unit_id)
    if unit_id not in {unit.pk for unit in active_units()}:
        raise NotFound
    about = About(
        name=name or PurePath(getattr(upload, "name", None) or "").stem or str(_("Image")),
        alt_text=alt_text, rights=rights, rights_until=rights_until,
    )  # fmt: skip
    columns = _columns(about)
    made = LibraryImage(
        unit_id=unit_id, uploader_id=actor.person_id, created_at=now(), **columns
    )  # fmt: skip
    file, small = _film_in(made, upload) if is_film(upload) else _picture_in(made, upload)
    present = LibraryImage.objects.filter(
        unit=unit_id, sha256=made.sha256, archived_at__isnull=True
    )
    return present.first() or _kept(actor, made, file, small) or present.get()


def _picture_in(made: LibraryImage, upload: Any) -> "tuple[File[bytes], bytes]":
    """Note what a picture is; return it made anew, and the small one."""
    clean = cleaned(upload, allowed=tuple(KINDS), largest=LARGEST_FILE, field="file")
    made.sha256 = hashlib.sha256(clean.content).hexdigest()
    made.content_type, made.size = clean.content_type, len(clean.content)
    made.width, made.height = clean.width, clean.height
    name = f"a.{clean.ending}"
    return ContentFile(clean.content, name=name), thumbnail(clean.content, SMALL_SIDE)


def _film_in(made: LibraryImage, upload: Any) -> "tuple[File[bytes], bytes]":
    """Note what a film is; return it without its traces, and a picture that stands for it."""
    film = film_cleaned(upload, largest=LARGEST_FILM, field="file")
    made.sha256, made.content_type, made.size = film.sha256, MP4, film.size
    made.width, made.height, made.seconds = film.width, film.height, film.seconds
    return File(upload.file, name="a.mp4"), poster(film.width, film.height, SMALL_SIDE)


def _kept(
    actor: Actor, made: LibraryImage, file: "File[bytes]", small: bytes
) -> LibraryImage | None:
    """Write it down with its files; None when somebody has just done the same."""
    stem = secrets.token_hex(16)
    ending = str(file.name).rpartition(".")[2]
    made.file.save(f"{stem}.{ending}", file, save=False)
    made.thumb.save(f"{stem}-{SMALL_SIDE}.webp", ContentFile(small), save=False)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            record(actor, "campaigns.image.added", made, unit_id=made.unit_id, name=made.name)
            hint_on_commit("image", units=[made.unit_id], id=made.pk)
    except IntegrityError:
        _drop_files(made)
        return None
    except BaseException:
        _drop_files(made)
        raise
    return made


def _drop_files(image: LibraryImage) -> None:
    for kept in (image.file, image.thumb):
        kept.storage.delete(str(kept.name))


def image_describe(actor: Actor, *, image_id: int, about: About, version: int) -> LibraryImage:
    """Say anew what a picture is. Conflict when somebody else has changed it since `version`."""
    columns = _columns(about)
    with transaction.atomic():
        image = image_for(actor, image_id, ability=Ability.WRITE_POSTS, lock=True)
        if image.version != version:
            raise Conflict(_("Somebody else has changed this image meanwhile."), code="version")
        _save(image, **columns)
        record(
            actor, "campaigns.image.described", image, unit_id=image.unit_id, name=image.name
        )  # fmt: skip
    return image


def image_archive(actor: Actor, *, image_id: int) -> LibraryImage:
    """Offer a picture no more; posts that have it keep it. One that is archived stays as it is."""
    with transaction.atomic():
        image = image_for(actor, image_id, ability=Ability.WRITE_POSTS, lock=True)
        if image.archived_at is None:
            _save(image, archived_at=now())
            record(
                actor, "campaigns.image.archived", image, unit_id=image.unit_id, name=image.name
            )  # fmt: skip
    return image


def image_restore(actor: Actor, *, image_id: int) -> LibraryImage:
    """Offer an archived picture again. Conflict when the same picture has been taken in anew meanwhile."""
    try:
        with transaction.atomic():
            image = image_for(actor, image_id, ability=Ability.WRITE_POSTS, lock=True)
            if image.archived_at is not None:
                _save(image, archived_at=None)
                record(
                    actor, "campaigns.image.restored", image,
                    unit_id=image.unit_id, name=image.name,
                )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(
            _("The same image is in the library again already."), code="present"
        ) from error
    return image


def _save(image: LibraryImage, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(image, name, value)
    image.version += 1
    image.save(update_fields=[*changes, "version"])
    hint_on_commit("image", units=[image.unit_id], id=image.pk)


def _columns(about: About) -> dict[str, Any]:
    name = one_line(_composed(about.name), LONGEST_NAME)
    if not name:
        raise Invalid(_("Give the image a name."), code="blank", field="name")
    alt_text = _within(about.alt_text, LONGEST_DESCRIPTION, "alt_text")
    return {
        "name": name, "alt_text": alt_text, "needs_no_words": about.needs_no_words and not alt_text,
        "rights": _within(about.rights, LONGEST_RIGHTS, "rights"),
        "rights_until": about.rights_until,
    }  # fmt: skip


def _within(text: str, most: int, field: str) -> str:
    words = " ".join(_composed(text).split())
    if len(words) > most:
        raise Invalid(
            _("At most %(count)d characters.") % {"count": most}, code="too_long", field=field
        )
    return words


def _composed(text: str) -> str:
    """Hangul as one types it: names of files come apart into letters on some computers."""
    return normalize("NFC", storable(text))
