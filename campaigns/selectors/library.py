"""Reads of the library of pictures, behind a gate that knows the actor."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import BinaryIO, cast
from unicodedata import normalize

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from campaigns.models import LibraryImage, Post
from campaigns.selectors.posts import posts_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability

#: What the library can be narrowed to; without one, everything that is not archived.
SHOWN = ("", "ended", "ending", "undescribed", "archived")
#: Rights that end within so many days are pointed out.
SOON = timedelta(days=14)
#: More words than this narrow nothing further.
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """Which images to list: with all of these words in name, description or rights; of one unit; one of SHOWN."""

    text: str = ""
    unit: int | None = None
    show: str = ""


def images_for(actor: Actor, ability: str = Ability.READ_POSTS) -> QuerySet[LibraryImage]:
    """Return the pictures of the units in which the actor holds the ability, archived ones too."""
    rows = LibraryImage.objects.select_related("unit")
    units = actor.units(ability)
    return rows if units is None else rows.filter(unit__in=units)


def image_for(
    actor: Actor, image_id: int, *, ability: str = Ability.READ_POSTS, lock: bool = False
) -> LibraryImage:
    """Return one picture within reach; NotFound when invisible, NotAllowed when only readable."""
    rows = images_for(actor).filter(pk=image_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound
    actor.must(ability, found.unit_id)
    return found


def image_page(
    actor: Actor, filters: ImageFilter, *, cursor: str = "", size: int = 48
) -> KeysetPage[LibraryImage]:
    """Return one page, newest first. One query. Raises Invalid for a `show` that is none of SHOWN."""
    if filters.show not in SHOWN:
        raise Invalid(code="unknown_view", field="show")
    rows = _asked(images_for(actor), filters).filter(_only(filters.show))
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows.order_by("-id")[: size + 1], size, lambda row: [row.pk])


def image_counts(actor: Actor, filters: ImageFilter) -> dict[str, int]:
    """Return how many images each view of these filters holds, by its name. One query."""
    rows = _asked(images_for(actor).select_related(None), filters)
    return rows.aggregate(
        **{name or "all": Count("pk", filter=_only(name)) for name in SHOWN}
    )  # fmt: skip


def image_undescribed(actor: Actor, *, besides: LibraryImage | None = None) -> LibraryImage | None:
    """Return the newest image that still wants a description and that the actor may give one."""
    rows = images_for(actor, Ability.WRITE_POSTS).filter(_only("undescribed"))
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    return rows.order_by("-id").first()


def image_uses(actor: Actor, image: LibraryImage, *, size: int = 20) -> list[Post]:
    """Return the newest posts within reach that have an image. One query."""
    rows = posts_for(actor).prefetch_related(None).filter(images__image=image)
    return list(rows.order_by("-id")[:size])


def _asked(rows: QuerySet[LibraryImage], filters: ImageFilter) -> QuerySet[LibraryImage]:
    if filters.unit is not None:
        rows = rows.filter(unit=filters.unit)
    for word in normalize("NFC", storable(filters.text)).split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(alt_text__icontains=word) | Q(rights__icontains=word)
        )
    return rows


def _only(show: str) -> Q:
    today = today_here()
    wanted = {
        "ended": Q(rights_until__lt=today),
        "ending": Q(rights_until__gte=today, rights_until__lte=today + SOON),
        "undescribed": Q(alt_text="", needs_no_words=False),
    }.get(show, Q())
    return wanted & Q(archived_at__isnull=show != "archived")


def today_here() -> date:
    """Return the day by which rights end: that of the house's clock."""
    return timezone.localdate(now())


def film_opened(image: LibraryImage) -> BinaryIO:
    """Open the file of a film that has come through its gate; NotFound without it. The caller closes it."""
    try:
        return cast(BinaryIO, image.file.storage.open(str(image.file.name), "rb"))
    except FileNotFoundError as error:
        raise NotFound from error


def image_bytes(image: LibraryImage, *, small: bool = False) -> bytes:
    """Return the file of a picture that has come through its gate, or its small one; NotFound without it."""
    kept = image.thumb if small else image.file
    try:
        with kept.open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        raise NotFound from error
