"""The endpoint that lists tags."""

from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api.shapes import TagShape
from inbox.selectors.tags import tag_page
from opsconsole.kernel.api import PageQuery, page_response, query_of
from opsconsole.kernel.openapi import LIST, operation, page_of
from opsconsole.people.api.base import ActorViewSet


class TagViewSet(ActorViewSet):
    """Words that operators put on conversations."""

    @operation(
        "tags_list", "tags",
        returns=page_of(TagShape, "TagPage"), query=PageQuery, refusals=(*LIST, 403),
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List the tags, oldest first."""
        asked = query_of(request, PageQuery)
        page = tag_page(self.actor, cursor=asked["cursor"], size=asked["limit"])
        return page_response(request, page, TagShape)
