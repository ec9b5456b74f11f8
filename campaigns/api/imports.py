"""Endpoints of files of posts: uploading one, its rows, importing them, taking them back; and the export."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework.decorators import action
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.actions.imports import (
    import_check_again,
    import_commit,
    import_undo,
    import_upload,
)
from campaigns.api.import_shapes import (
    CommitRequest,
    ExportQuery,
    ImportBrief,
    ImportRequest,
    ImportRowShape,
    ImportShape,
    RowQuery,
)
from campaigns.downloads import export_file
from campaigns.importing.files import LARGEST_FILE
from campaigns.selectors.imports import import_for, import_page, progress_of, row_page
from campaigns.selectors.posts import PostFilter
from opsconsole.kernel.api import PageQuery, body_of, page_response, query_of, request_key_of
from opsconsole.kernel.openapi import KEY_PARAMETER, LIST, READ, operation, page_of
from opsconsole.kernel.parsing import ShallowJSONParser
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.roles import Ability


class ImportViewSet(ActorViewSet):
    """Files of posts of the units you write posts for. A worker does the work; ask again for how far it is."""

    lookup_value_converter = "int"
    parser_classes = [MultiPartParser, ShallowJSONParser]

    @operation(
        "imports_list", "imports",
        returns=page_of(ImportBrief, "ImportPage"), query=PageQuery, refusals=(401, 403, *LIST[1:]),
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List former imports, newest first."""
        self.actor.must(Ability.WRITE_POSTS)
        asked = query_of(request, PageQuery)
        page = import_page(self.actor, cursor=asked["cursor"], size=asked["limit"])
        return page_response(request, page, ImportBrief)

    @operation(
        "imports_create", "imports", body={"multipart/form-data": ImportRequest},
        returns=ImportShape, status=201, headers=[KEY_PARAMETER],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Upload a file of posts: its rows are checked, and nothing is written."""
        given = body_of(request, ImportRequest)
        key = request_key_of(request, given["request_key"])
        made = import_upload(
            self.actor, unit_id=given["unit"], name=given["file"].name or "",
            content=given["file"].read(LARGEST_FILE + 1), request_key=key,
        )  # fmt: skip
        return self._shown(made.pk, status=201)

    @operation("imports_retrieve", "imports", returns=ImportShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Say how far an import has come."""
        return self._shown(pk)

    @operation(
        "imports_rows", "imports",
        returns=page_of(ImportRowShape, "ImportRowPage"), query=RowQuery, refusals=(404, *LIST),
    )  # fmt: skip
    @action(detail=True, methods=["get"])
    def rows(self, request: Request, pk: int) -> Response:
        """List the rows with what is wrong and what became of them, in the order of the file."""
        asked = query_of(request, RowQuery)
        page = row_page(
            import_for(self.actor, pk), state=asked["state"], cursor=asked["cursor"],
            size=asked["limit"],
        )  # fmt: skip
        return page_response(request, page, ImportRowShape)

    @operation("imports_commit", "imports", body=CommitRequest, returns=ImportShape)
    @action(detail=True, methods=["post"])
    def commit(self, request: Request, pk: int) -> Response:
        """Have the posts of the good rows written; asked for twice it happens once."""
        as_drafts = body_of(request, CommitRequest)["as_drafts"]
        import_commit(self.actor, import_id=pk, as_drafts=as_drafts)
        return self._shown(pk)

    @operation("imports_check", "imports", returns=ImportShape)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: int) -> Response:
        """Check the rows again."""
        import_check_again(self.actor, import_id=pk)
        return self._shown(pk)

    @operation("imports_undo", "imports", returns=ImportShape)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: int) -> Response:
        """Have every post of an import cancelled that has not been sent."""
        import_undo(self.actor, import_id=pk)
        return self._shown(pk)

    def _shown(self, pk: int, status: int = 200) -> Response:
        return Response(ImportShape(progress_of(self.actor, pk)).data, status=status)


class AnyFile(DefaultContentNegotiation):
    """The answer is a file, whatever kinds the caller would rather have; a refusal is JSON."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """Take the first."""
        return renderers[0], renderers[0].media_type


class ExportViewSet(ActorViewSet):
    """Lists of posts as files."""

    content_negotiation_class = AnyFile

    @operation(
        "posts_export", "posts", returns=OpenApiTypes.BINARY, query=ExportQuery, media="text/csv",
        refusals=(401, 403, *LIST[1:]),
    )  # fmt: skip
    def list(self, request: Request) -> HttpResponseBase:
        """Export a list of posts as CSV or Excel; it can be imported again."""
        asked = query_of(request, ExportQuery)
        kind = asked.pop("file")
        return export_file(self.actor, PostFilter(**asked), kind)
