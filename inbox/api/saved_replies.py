"""Endpoints of saved replies: looking after them, and what they say in one conversation."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.actions.saved_replies import (
    saved_reply_archive,
    saved_reply_create,
    saved_reply_restore,
    saved_reply_update,
    saved_reply_used,
)
from inbox.models import SavedReply
from inbox.selectors.saved_replies import SavedFilter, offers, saved_reply_for, saved_reply_page
from opsconsole.kernel.api import Nothing, PageQuery, Strict, body_of, page_response, query_of
from opsconsole.kernel.openapi import LIST, READ, operation, page_of, request_example
from opsconsole.people.api.base import ActorViewSet


class SavedReplyShape(serializers.ModelSerializer[SavedReply]):
    """A saved reply. Without `unit` it is for every unit; with `is_shared` for everybody there."""

    unit = serializers.IntegerField(source="unit_id", read_only=True, allow_null=True)
    is_shared = serializers.SerializerMethodField()

    class Meta:
        model = SavedReply
        fields = [
            "id", "title", "shortcut", "text", "language", "unit", "is_shared", "used_count",
            "last_used_at", "archived_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_is_shared(self, row: SavedReply) -> bool:
        """Nobody's own is everybody's."""
        return row.owner_id is None


class SavedReplyRequest(Strict):
    """What is saved, and for whom."""

    title = serializers.CharField(max_length=80)
    shortcut = serializers.CharField(max_length=31)
    text = serializers.CharField(
        max_length=8000, trim_whitespace=False,
        help_text="May hold {{customer}}, {{operator}}, {{unit}}, {{account}} and {{today}}.",
    )  # fmt: skip
    language = serializers.ChoiceField(choices=["", "ko", "en"], required=False, default="")
    unit = serializers.IntegerField(
        source="unit_id", required=False, allow_null=True, default=None
    )
    is_shared = serializers.BooleanField(required=False, default=False)


class SavedReplyQuery(PageQuery):
    """Which to list."""

    text = serializers.CharField(required=False, default="", max_length=80, allow_blank=True)
    unit = serializers.IntegerField(required=False, default=None)
    language = serializers.ChoiceField(choices=["ko", "en"], required=False, default="")
    whose = serializers.ChoiceField(choices=["mine", "shared"], required=False, default="")
    state = serializers.ChoiceField(choices=["archived"], required=False, default="")


class OfferShape(serializers.Serializer[Any]):
    """A saved reply as it reads in one conversation; `missing` names variables without a value."""

    saved = SavedReplyShape()
    text = serializers.CharField(source="filled.text")
    missing = serializers.ListField(source="filled.missing", child=serializers.CharField())


class OfferQuery(Strict):
    """What has been typed behind the slash."""

    text = serializers.CharField(required=False, default="", max_length=80, allow_blank=True)


_GREETING = request_example(
    "A greeting", {"title": "Greeting", "shortcut": "hello", "text": "Hello {{customer}}!"}
)


class SavedReplyViewSet(ActorViewSet):
    """Your own saved replies, and those your units share."""

    lookup_value_converter = "int"

    @operation(
        "saved_replies_list", "saved-replies",
        returns=page_of(SavedReplyShape, "SavedReplyPage"), query=SavedReplyQuery, refusals=LIST,
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List them by title."""
        asked = query_of(request, SavedReplyQuery)
        cursor, size = asked.pop("cursor"), asked.pop("limit")
        page = saved_reply_page(self.actor, SavedFilter(**asked), cursor=cursor, size=size)
        return page_response(request, page, SavedReplyShape)

    @operation("saved_replies_retrieve", "saved-replies", returns=SavedReplyShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return Response(SavedReplyShape(saved_reply_for(self.actor, pk)).data)

    @operation(
        "saved_replies_create", "saved-replies", body=SavedReplyRequest, returns=SavedReplyShape,
        status=201, examples=[_GREETING],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Save one; sharing it needs the right to set a unit's ways."""
        row = saved_reply_create(self.actor, **body_of(request, SavedReplyRequest))
        return Response(SavedReplyShape(row).data, status=201)

    @operation(
        "saved_replies_update", "saved-replies", body=SavedReplyRequest, returns=SavedReplyShape
    )  # fmt: skip
    def update(self, request: Request, pk: int) -> Response:
        """Change one as a whole."""
        given = body_of(request, SavedReplyRequest)
        return Response(
            SavedReplyShape(saved_reply_update(self.actor, saved_reply_id=pk, **given)).data
        )

    @operation("saved_replies_archive", "saved-replies", returns=SavedReplyShape)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: int) -> Response:
        """Offer it no more."""
        body_of(request, Nothing)
        return Response(SavedReplyShape(saved_reply_archive(self.actor, saved_reply_id=pk)).data)

    @operation("saved_replies_restore", "saved-replies", returns=SavedReplyShape)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Offer it again; 409 when its shortcut stands for another by now."""
        body_of(request, Nothing)
        return Response(SavedReplyShape(saved_reply_restore(self.actor, saved_reply_id=pk)).data)

    @operation("saved_replies_used", "saved-replies", returns=None, status=204)
    @action(detail=True, methods=["post"])
    def used(self, request: Request, pk: int) -> Response:
        """Count one use: what is used most is offered first."""
        body_of(request, Nothing)
        saved_reply_used(self.actor, saved_reply_id=pk)
        return Response(status=204)


class OfferViewSet(ActorViewSet):
    """Saved replies as they read in one conversation."""

    @operation(
        "conversations_saved_replies", "conversations",
        returns=OfferShape(many=True), query=OfferQuery, refusals=(*READ, 422),
    )  # fmt: skip
    def list(self, request: Request, conversation_id: int) -> Response:
        """Offer what fits some words, filled in, the customer's language first; at most eight."""
        asked = query_of(request, OfferQuery)
        found = offers(self.actor, conversation_id, asked["text"])
        return Response(OfferShape(found, many=True).data)
