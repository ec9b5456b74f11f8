"""Answers that are files to be saved: tables, and a list of posts that can be changed and imported again."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from campaigns.actions.imports import EXPORT_PAGE, posts_export
from campaigns.importing.tables import PostTable
from campaigns.importing.workbooks import Sheet, workbook
from campaigns.importing.writing import widths
from campaigns.models import Post
from campaigns.selectors.imports import known_in_sight
from campaigns.selectors.posts import PostFilter, post_page, set_apart, with_everything
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.pagination import KeysetPage
from opsconsole.kernel.sheets import BOM, FileParts, csv_text, streamed

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Posts that a workbook takes: it is whole before its first byte leaves.
MOST_IN_WORKBOOK = 20_000


def csv_file(rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    """Return rows as a CSV file to be saved."""
    return HttpResponse(BOM + csv_text(rows), content_type=CSV, headers=_saved_as(f"{name}.csv"))


def sheets_file(sheets: Iterable[Sheet], name: str) -> StreamingHttpResponse:
    """Return sheets as a workbook to be saved."""
    parts = FileParts(workbook(sheets))
    return StreamingHttpResponse(parts, content_type=XLSX, headers=_saved_as(f"{name}.xlsx"))


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": content_disposition_header(True, name) or ""}


def export_file(actor: Actor, filters: PostFilter, kind: str) -> HttpResponseBase:
    """Return the posts of a list as a file, read page by page."""
    first = posts_export(actor, filters, kind=kind)
    table = PostTable(known_in_sight(actor), set_apart(actor, filters), get_language() or "ko")
    pages = _pages(actor, filters, first)
    word, at = _("posts"), timezone.localtime(now())
    name = f"{word}-{at:%Y%m%d-%H%M%S}"
    if kind == "xlsx":
        rows = (table.row(post) for page in _few(pages) for post in page)
        sizes = [*widths(table.keys), 16, 12]
        return sheets_file([Sheet(_("Posts"), table.headings, rows, sizes)], name)
    head = BOM + csv_text([table.headings])
    parts = chain([head], (csv_text(table.row(post) for post in page) for page in pages))
    headers = _saved_as(f"{name}.csv")
    return StreamingHttpResponse(streamed(parts), content_type=CSV, headers=headers)


def _pages(actor: Actor, filters: PostFilter, first: KeysetPage[Post]) -> Iterator[Sequence[Post]]:
    language = get_language() or ""
    page = first
    while True:
        yield with_everything(page.rows)
        if not page.next_cursor:
            return
        with override(language):
            page = post_page(actor, filters, cursor=page.next_cursor, size=EXPORT_PAGE)


def _few(pages: Iterator[Sequence[Post]]) -> Iterator[Sequence[Post]]:
    """Hand pages on as long as a workbook takes them."""
    count = 0
    for page in pages:
        count += len(page)
        if count > MOST_IN_WORKBOOK:
            raise Invalid(
                _("An Excel workbook takes 20,000 posts. Narrow the list, or take CSV."),
                code="too_many",
            )
        yield page
