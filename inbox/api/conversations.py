"""Endpoints of conversations: reading the queue and a thread, and everything one may do with it."""

from functools import partial
from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.actions.assignment import (
    conversation_assign,
    conversation_claim,
    conversation_hand_over,
    conversation_release,
)
from inbox.actions.elsewhere import answered_elsewhere_undo, conversation_answered_elsewhere
from inbox.actions.notes import note_add
from inbox.actions.snoozing import conversation_snooze, conversation_wake
from inbox.actions.triage import (
    conversation_reopen,
    conversation_resolve,
    conversation_tag,
    conversation_untag,
)
from inbox.api import shapes
from inbox.selectors.filters import QueueFilter
from inbox.selectors.queue import queue_page
from inbox.selectors.thread import thread
from opsconsole.kernel.api import Nothing, address_with, body_of, page_response, query_of
from opsconsole.kernel.openapi import LIST, READ, operation, page_of, request_example
from opsconsole.people.api.base import ActorViewSet

Conversation = shapes.ConversationShape


class ConversationViewSet(ActorViewSet):
    """Conversations of the units whose inbox you read."""

    lookup_value_converter = "int"

    @operation(
        "conversations_list", "conversations",
        returns=page_of(Conversation, "ConversationPage"), query=shapes.QueueQuery, refusals=LIST,
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List conversations as the queue shows them."""
        asked = query_of(request, shapes.QueueQuery)
        cursor, size = asked.pop("cursor"), asked.pop("limit")
        page = queue_page(self.actor, QueueFilter(**asked), cursor=cursor, size=size)
        return page_response(request, page, Conversation)

    @operation(
        "conversations_retrieve", "conversations",
        returns=shapes.ThreadShape, query=shapes.ThreadQuery, refusals=(*READ, 422),
    )  # fmt: skip
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show a conversation with the newest part of its timeline."""
        asked = query_of(request, shapes.ThreadQuery)
        found = thread(self.actor, pk, limit=asked["limit"], before=asked["before"])
        older = partial(_older, request)
        return Response(shapes.ThreadShape(found, context={"older": older}).data)

    @operation("conversations_claim", "conversations", returns=Conversation)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: int) -> Response:
        """Take a conversation for yourself; 409 names the colleague who was faster."""
        return self._plain(conversation_claim, pk)

    @operation("conversations_release", "conversations", returns=Conversation)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: int) -> Response:
        """Give a conversation back to its unit."""
        return self._plain(conversation_release, pk)

    @operation(
        "conversations_assign", "conversations", body=shapes.AssignRequest, returns=Conversation,
        examples=[request_example("To a colleague", {"assignee": 7})],
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: int) -> Response:
        """Give a conversation to a colleague who works in its unit."""
        given = body_of(request, shapes.AssignRequest)
        row = conversation_assign(self.actor, conversation_id=pk, assignee_id=given["assignee"])
        return Response(Conversation(row).data)

    @operation(
        "conversations_hand_over", "conversations",
        body=shapes.HandOverRequest, returns=Conversation,
        examples=[request_example("To Home", {"unit": 2, "reason": "About the router"})],
    )  # fmt: skip
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, pk: int) -> Response:
        """Give a conversation to another unit; it arrives there unassigned."""
        given = body_of(request, shapes.HandOverRequest)
        row = conversation_hand_over(
            self.actor, conversation_id=pk, unit_id=given["unit"], reason=given["reason"],
            kind=given["kind"],
        )  # fmt: skip
        return Response(Conversation(row).data)

    @operation(
        "conversations_tag", "conversations", body=shapes.TagRequest, returns=Conversation,
        examples=[request_example("A new word", {"name": "roaming"})],
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def tags(self, request: Request, pk: int) -> Response:
        """Put a tag on a conversation, making the tag when it is new."""
        name = body_of(request, shapes.TagRequest)["name"]
        row = conversation_tag(self.actor, conversation_id=pk, name=name)
        return Response(Conversation(row).data)

    @operation(
        "conversations_untag", "conversations", returns=None, status=204, refusals=(401, 403, 404, 429)
    )  # fmt: skip
    @action(detail=True, methods=["delete"], url_path="tags/<int:tag_id>")
    def untag(self, request: Request, pk: int, tag_id: int) -> Response:
        """Take a tag off a conversation."""
        conversation_untag(self.actor, conversation_id=pk, tag_id=tag_id)
        return Response(status=204)

    @operation(
        "conversations_note", "conversations",
        body=shapes.NoteRequest, returns=shapes.NoteShape, status=201,
        examples=[request_example("For the night shift", {"text": "Waits for the invoice."})],
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def notes(self, request: Request, pk: int) -> Response:
        """Leave a note among colleagues."""
        text = body_of(request, shapes.NoteRequest)["text"]
        row = note_add(self.actor, conversation_id=pk, text=text)
        return Response(shapes.NoteShape(row).data, status=201)

    @operation(
        "conversations_resolve", "conversations", body=shapes.ResolveRequest, returns=Conversation
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: int) -> Response:
        """Close the work on a conversation."""
        given = body_of(request, shapes.ResolveRequest)
        return Response(
            Conversation(conversation_resolve(self.actor, conversation_id=pk, **given)).data
        )

    @operation(
        "conversations_snooze", "conversations", body=shapes.SnoozeRequest, returns=Conversation,
        examples=[request_example("Until the customer writes", {"until": None})],
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: int) -> Response:
        """Put a conversation aside; it comes back by itself."""
        given = body_of(request, shapes.SnoozeRequest)
        return Response(
            Conversation(conversation_snooze(self.actor, conversation_id=pk, **given)).data
        )

    @operation("conversations_wake", "conversations", returns=Conversation)
    @action(detail=True, methods=["post"])
    def wake(self, request: Request, pk: int) -> Response:
        """Take a snoozed conversation up again before its time."""
        return self._plain(conversation_wake, pk)

    @operation("conversations_reopen", "conversations", returns=Conversation)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """Take a resolved conversation up again."""
        return self._plain(conversation_reopen, pk)

    @operation("conversations_answered_elsewhere", "conversations", returns=Conversation)
    @action(detail=True, methods=["post"], url_path="answered-elsewhere")
    def answered_elsewhere(self, request: Request, pk: int) -> Response:
        """Say that the customer was answered on the site itself."""
        return self._plain(conversation_answered_elsewhere, pk)

    @operation("conversations_answered_elsewhere_undo", "conversations", returns=Conversation)
    @action(detail=True, methods=["post"], url_path="answered-elsewhere/undo")
    def answered_elsewhere_undo(self, request: Request, pk: int) -> Response:
        """Take that back: the customer waits again."""
        return self._plain(answered_elsewhere_undo, pk)

    def _plain(self, act: Any, pk: int) -> Response:
        """Do an act that needs no words."""
        body_of(self.request, Nothing)
        return Response(Conversation(act(self.actor, conversation_id=pk)).data)


def _older(request: Request, cursor: str) -> str | None:
    return address_with(request, before=cursor) if cursor else None
