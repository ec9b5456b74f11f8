"""Reads of imports, for those who write posts in the unit; what their rows are read against."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from campaigns.importing.cells import names_in
from campaigns.importing.columns import Column
from campaigns.importing.known import Account, Known, number_in, plain
from campaigns.lifecycle import CampaignState, ImportRowState
from campaigns.models import ApprovalPolicy, Campaign, Import, ImportRow, LibraryImage
from campaigns.selectors.campaigns import campaigns_for
from campaigns.selectors.library import images_for
from channels.registry import capabilities_for
from channels.selectors.accounts import accounts_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.people.roles import Ability

W = ImportRowState
#: Columns that name pictures.
_OF_IMAGES = (Column.IMAGES, Column.LEFT_OUT)
#: Characters of a cell beyond which it names no pictures that anybody meant.
_LONGEST_NAMES = 20_000
#: Rows of a file that are there to be mended.
MENDABLE = (W.FAULTY, W.FAILED)


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """An import and how many of its rows have come to what."""

    upload: Import
    waiting: int
    good: int
    faulty: int
    made: int
    failed: int
    undone: int
    kept: int
    warned: int
    scheduled: int

    @property
    def finished(self) -> int:
        """How many rows the worker is through with, at what it does now."""
        state = self.upload.state
        if state in {"reading", "checking"}:
            return self.upload.total - self.waiting
        if state == "undoing":
            return self.undone + self.kept
        return self.made + self.failed

    @property
    def wanted(self) -> int:
        """How many rows the worker has to go through."""
        state = self.upload.state
        if state in {"reading", "checking"}:
            return self.upload.total
        if state == "undoing":
            return self.made + self.undone + self.kept
        return self.good + self.made + self.failed

    @property
    def drafts(self) -> int:
        """How many of the good rows are drafts."""
        return self.good - self.scheduled

    @property
    def mendable(self) -> int:
        """How many rows were not made because something is wrong with them."""
        return self.faulty + self.failed

    @property
    def posts(self) -> int:
        """How many posts have been written, cancelled again or not."""
        return self.made + self.undone + self.kept


def imports_for(actor: Actor) -> QuerySet[Import]:
    """Return the imports of the units in which the actor writes posts, without the files themselves."""
    units = actor.units(Ability.WRITE_POSTS)
    rows = Import.objects.select_related("unit", "uploaded_by", "acting").defer("content")
    return rows if units is None else rows.filter(unit_id__in=units)


def import_for(actor: Actor, import_id: int, *, lock: bool = False) -> Import:
    """Return one import within reach; NotFound for any other."""
    rows = imports_for(actor).filter(pk=import_id)
    found = (rows.select_for_update(of=("self",), no_key=True) if lock else rows).first()
    if found is None:
        raise NotFound
    return found


def import_page(actor: Actor, *, cursor: str = "", size: int = 20) -> KeysetPage[Import]:
    """Return former imports, newest first, each with how many posts it has made (`made_count`)."""
    rows = imports_for(actor)
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    made = Count("rows", filter=Q(rows__post__isnull=False))
    counted = rows.annotate(made_count=made).order_by("-id")
    return cut(counted[: size + 1], size, lambda row: [row.pk])


def progress_of(actor: Actor, import_id: int) -> ImportProgress:
    """Return how far an import has come. Two queries."""
    upload = import_for(actor, import_id)
    states = {str(state): Count("pk", filter=Q(state=state)) for state in ImportRowState}
    counted = upload.rows.aggregate(
        **states,
        warned=Count("pk", filter=Q(state=W.GOOD) & ~Q(warnings=[])),
        scheduled=Count("pk", filter=Q(state=W.GOOD, plan__state="scheduled")),
    )
    return ImportProgress(upload, **counted)


def row_page(
    upload: Import, *, state: str = "", cursor: str = "", size: int = 50
) -> KeysetPage[ImportRow]:
    """Return rows of an import that has come through its gate; "warned" are the good ones to look at."""
    rows = upload.rows.all()
    if state == "warned":
        rows = rows.filter(state=W.GOOD).exclude(warnings=[])
    elif state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(number__gt=after_number(cursor))
    return cut(rows.order_by("number")[: size + 1], size, lambda row: [row.number])


def rows_to_mend(upload: Import) -> Iterator[ImportRow]:
    """Return the rows with faults in the order of the file."""
    rows = upload.rows.filter(state__in=MENDABLE).exclude(cells={}).order_by("number")
    return rows.iterator(chunk_size=500)


def same_before(upload: Import) -> Import | None:
    """Return the latest earlier import of just this file in this unit. The caller has come through its gate."""
    rows = Import.objects.filter(unit=upload.unit_id, digest=upload.digest, pk__lt=upload.pk)
    return rows.select_related("uploaded_by").defer("content").order_by("-id").first()


def needs_approval(upload: Import) -> bool:
    """Whether posts of the unit wait for approval before they leave."""
    return ApprovalPolicy.objects.filter(unit=upload.unit_id).exclude(steps=[]).exists()


def known_to(actor: Actor, unit_id: int, cells: Iterable[Mapping[str, str]] = ()) -> Known:
    """Return what rows for a unit are read against, as far as the actor sees it. Four queries.

    Of the library only what these cells may name.
    """
    return Known(_accounts(actor), _campaigns(unit_id), now(), _images(actor, cells))


def known_in_sight(actor: Actor) -> Known:
    """Return the accounts and campaigns that posts of a list may name. Two queries."""
    rows = campaigns_for(actor).order_by("name", "id").values_list("pk", "name")
    return Known(_accounts(actor), tuple(rows), now())


def _accounts(actor: Actor) -> tuple[Account, ...]:
    units = actor.units(Ability.WRITE_POSTS)
    return tuple(
        Account(row, may=units is None or row.unit_id in units)
        for row in accounts_for(actor)
        if capabilities_for(row.kind).can_post
    )


def _images(actor: Actor, cells: Iterable[Mapping[str, str]]) -> dict[int, LibraryImage]:
    """Return the pictures that cells may name, archived ones too: whoever names one is told so."""
    typed = [
        row[column] for row in cells for column in _OF_IMAGES
        if 0 < len(row.get(column, "")) <= _LONGEST_NAMES
    ]  # fmt: skip
    # A line is a name, or holds several: what a name means is found out once the names are known.
    names = {plain(cell) for cell in typed} | {
        plain(name) for cell in typed for line in cell.splitlines()
        for name in (line, *names_in(line.rpartition(":")[2], lambda _name: False))
    }  # fmt: skip
    numbers = {pk for name in names if (pk := number_in(name)) is not None}
    if not names:
        return {}
    rows = images_for(actor).annotate(plain=Lower("name"))
    named = Q(plain__in=names, archived_at__isnull=True)
    return {image.pk: image for image in rows.filter(named | Q(pk__in=numbers)).order_by("pk")}


def _campaigns(unit_id: int) -> tuple[tuple[int, str], ...]:
    """Return the campaigns for which posts of a unit are written."""
    rows = Campaign.objects.exclude(state=CampaignState.ARCHIVED)
    rows = rows.filter(Q(unit=unit_id) | Q(partners=unit_id)).distinct().order_by("name", "id")
    return tuple(rows.values_list("pk", "name"))


def old_imports(before: datetime) -> QuerySet[Import]:
    """Return imports that were uploaded before a moment."""
    return Import.objects.filter(created_at__lt=before)
