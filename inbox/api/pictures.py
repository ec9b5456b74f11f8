"""Endpoints for the pictures that an answer takes along."""

from typing import Any

from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.actions.pictures import LONGEST_DESCRIPTION, picture_add, picture_remove
from inbox.models import Picture
from opsconsole.kernel.api import Strict, body_of
from opsconsole.kernel.openapi import operation
from opsconsole.people.api.base import ActorViewSet


class PictureShape(serializers.ModelSerializer[Picture]):
    """A picture as it will go out. Name its `id` in a reply's `pictures`."""

    class Meta:
        model = Picture
        fields = ["id", "content_type", "width", "height", "alt_text", "created_at"]
        read_only_fields = fields


class PictureRequest(Strict):
    """A picture, and what it shows."""

    file: Any = serializers.FileField(
        help_text="JPEG, PNG or WebP, at most 5 MB; on X also a GIF or MP4."
    )
    alt_text = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_DESCRIPTION
    )


class PictureViewSet(ActorViewSet):
    """Pictures beside the answer that you are writing; what is not sent is thrown away after a day."""

    parser_classes = [MultiPartParser]

    @operation(
        "pictures_add", "conversations", body=PictureRequest, returns=PictureShape, status=201
    )  # fmt: skip
    def create(self, request: Request, conversation_id: int) -> Response:
        """Upload a picture for an answer: it is made anew, without place, camera or name."""
        given = body_of(request, PictureRequest)
        row = picture_add(
            self.actor, conversation_id=conversation_id, upload=given["file"],
            alt_text=given["alt_text"],
        )  # fmt: skip
        return Response(PictureShape(row).data, status=201)

    @operation(
        "pictures_remove", "conversations", returns=None, status=204, refusals=(401, 403, 404, 429)
    )  # fmt: skip
    def destroy(self, _request: Request, conversation_id: int, picture_id: int) -> Response:
        """Take away a picture of yours that has not been sent."""
        picture_remove(self.actor, conversation_id=conversation_id, picture_id=picture_id)
        return Response(status=204)
