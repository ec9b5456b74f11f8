"""Endpoints of promises: those of one conversation, and all within reach."""

from rest_framework.request import Request
from rest_framework.response import Response

from inbox.actions.follow_ups import (
    followup_change,
    followup_drop,
    followup_keep,
    followup_make,
)
from inbox.api.customer_shapes import (
    FollowUpChange,
    FollowUpQuery,
    FollowUpRequest,
    FollowUpShape,
)
from inbox.selectors.follow_ups import promise_page
from opsconsole.kernel.api import Nothing, body_of, page_response, query_of
from opsconsole.kernel.openapi import LIST, operation, page_of, request_example
from opsconsole.people.api.base import ActorViewSet


class PromiseViewSet(ActorViewSet):
    """What we promised to customers of the units whose inbox you read."""

    @operation(
        "promises_list", "promises",
        returns=page_of(FollowUpShape, "PromisePage"), query=FollowUpQuery, refusals=LIST,
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List promises: what is due first, kept ones newest first."""
        asked = query_of(request, FollowUpQuery)
        page = promise_page(
            self.actor, view=asked["view"], cursor=asked["cursor"], size=asked["limit"]
        )
        return page_response(request, page, FollowUpShape)


class FollowUpViewSet(ActorViewSet):
    """Promises in one conversation."""

    @operation(
        "conversations_promise", "conversations",
        body=FollowUpRequest, returns=FollowUpShape, status=201,
        examples=[
            request_example(
                "By Friday",
                {"quote": "We will call you by Friday.", "due_at": "2030-10-11T18:00:00+09:00"},
            )
        ],
    )  # fmt: skip
    def create(self, request: Request, conversation_id: int) -> Response:
        """Note a promise with its day; when that comes, its owner is told and the conversation comes back."""
        given = body_of(request, FollowUpRequest)
        row = followup_make(
            self.actor,
            conversation_id=conversation_id,
            quote=given["quote"],
            due_at=given["due_at"],
            message_id=given["message"],
            owner_id=given["owner"],
        )
        return Response(FollowUpShape(row).data, status=201)

    @operation(
        "conversations_promise_change", "conversations", body=FollowUpChange, returns=FollowUpShape,
        examples=[request_example("A day later", {"due_at": "2030-10-12T18:00:00+09:00"})],
    )  # fmt: skip
    def change(self, request: Request, conversation_id: int, followup_id: int) -> Response:
        """Give a promise another day or another owner."""
        given = body_of(request, FollowUpChange)
        row = followup_change(
            self.actor,
            conversation_id=conversation_id,
            followup_id=followup_id,
            due_at=given["due_at"],
            owner_id=given["owner"],
        )
        return Response(FollowUpShape(row).data)

    @operation("conversations_promise_keep", "conversations", returns=FollowUpShape)
    def keep(self, request: Request, conversation_id: int, followup_id: int) -> Response:
        """Say that a promise has been kept."""
        body_of(request, Nothing)
        row = followup_keep(self.actor, conversation_id=conversation_id, followup_id=followup_id)
        return Response(FollowUpShape(row).data)

    @operation("conversations_promise_drop", "conversations", returns=FollowUpShape)
    def drop(self, request: Request, conversation_id: int, followup_id: int) -> Response:
        """Say that a promise need not be kept any more."""
        body_of(request, Nothing)
        row = followup_drop(self.actor, conversation_id=conversation_id, followup_id=followup_id)
        return Response(FollowUpShape(row).data)
