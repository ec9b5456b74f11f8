"""Endpoints of the library of images."""

from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.actions.library import (
    About,
    image_add,
    image_archive,
    image_describe,
    image_restore,
)
from campaigns.api.library_shapes import ImageChange, ImageQuery, ImageShape, ImageUpload
from campaigns.selectors.library import ImageFilter, image_for, image_page
from opsconsole.kernel.api import Nothing, body_of, page_response, query_of
from opsconsole.kernel.openapi import LIST, READ, operation, page_of
from opsconsole.people.api.base import ActorViewSet


class ImageViewSet(ActorViewSet):
    """The images that your units keep for their posts."""

    lookup_value_converter = "int"
    parser_classes = [JSONParser, MultiPartParser]

    @operation(
        "images_list", "images", returns=page_of(ImageShape, "ImagePage"), query=ImageQuery,
        refusals=LIST,
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List images, newest first."""
        asked = query_of(request, ImageQuery)
        filters = ImageFilter(text=asked["text"], unit=asked["unit"], show=asked["show"])
        page = image_page(self.actor, filters, cursor=asked["cursor"], size=asked["limit"])
        return page_response(request, page, ImageShape)

    @operation("images_add", "images", body=ImageUpload, returns=ImageShape, status=201)
    def create(self, request: Request) -> Response:
        """Upload an image, made anew without place or camera; one that the unit has is returned as it stands."""
        given = body_of(request, ImageUpload)
        made = image_add(self.actor, unit_id=given.pop("unit"), upload=given.pop("file"), **given)
        return self._shown(made.pk, status=201)

    @operation("images_retrieve", "images", returns=ImageShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show what is said of one image."""
        return self._shown(pk)

    @operation("images_update", "images", body=ImageChange, returns=ImageShape)
    def update(self, request: Request, pk: int) -> Response:
        """Say anew what an image is, as a whole."""
        given = body_of(request, ImageChange)
        version = given.pop("version")
        image_describe(self.actor, image_id=pk, about=About(**given), version=version)
        return self._shown(pk)

    @operation("images_archive", "images", body=Nothing, returns=ImageShape)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: int) -> Response:
        """Offer an image no more; posts that have it keep it."""
        body_of(request, Nothing)
        image_archive(self.actor, image_id=pk)
        return self._shown(pk)

    @operation("images_restore", "images", body=Nothing, returns=ImageShape)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Offer an archived image again."""
        body_of(request, Nothing)
        image_restore(self.actor, image_id=pk)
        return self._shown(pk)

    def _shown(self, pk: int, status: int = 200) -> Response:
        return Response(ImageShape(image_for(self.actor, pk)).data, status=status)
