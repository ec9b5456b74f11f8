"""Endpoints of approval: asking for it, seeing what waits, giving it and sending back."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.actions.candidates import candidate_approve, candidate_decline, candidate_submit
from inbox.api.replies import answer_in
from inbox.api.shapes import ReplyRequest, ReplyShape
from inbox.models import Draft
from inbox.selectors.access import conversation_for
from inbox.selectors.candidates import candidates_of
from opsconsole.kernel.api import Strict, body_of
from opsconsole.kernel.openapi import KEY_PARAMETER, READ, operation
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.api.shapes import PersonShape


class CandidateDraftShape(serializers.ModelSerializer[Draft]):
    """An answer that waits for approval. `digest` stands for exactly what was submitted."""

    author = PersonShape(read_only=True)
    answers = serializers.IntegerField(source="answers_id", read_only=True, allow_null=True)
    digest = serializers.CharField(source="submitted_digest", read_only=True)

    class Meta:
        model = Draft
        fields = [
            "id", "author", "answers", "text", "is_private", "resolve_after", "is_part",
            "state", "submitted_at", "digest", "decided_at", "decision_note",
        ]  # fmt: skip
        read_only_fields = fields


class CandidateShape(serializers.Serializer[Any]):
    """A candidate as it would stand on the platform, and whether something has come since."""

    draft = CandidateDraftShape()
    outgoing = serializers.CharField()
    is_overtaken = serializers.BooleanField()


class ApproveRequest(Strict):
    """What is approved: the candidate as you saw it, or with other words."""

    digest = serializers.CharField(max_length=64)
    text = serializers.CharField(
        required=False, allow_null=True, default=None, max_length=100_000, trim_whitespace=False
    )
    read_version = serializers.IntegerField(
        required=False, default=None,
        help_text="The conversation's `version` that you have read, when something came since.",
    )  # fmt: skip
    confirm = serializers.CharField(required=False, default="", max_length=64, allow_blank=True)


class DeclineRequest(Strict):
    """What should change."""

    digest = serializers.CharField(max_length=64)
    note = serializers.CharField(max_length=500)


class CandidateViewSet(ActorViewSet):
    """Answers of one conversation that wait for approval."""

    @operation(
        "conversations_candidates", "conversations",
        returns=CandidateShape(many=True), refusals=READ,
    )  # fmt: skip
    def list(self, request: Request, conversation_id: int) -> Response:
        """List what waits, the longest waiting first."""
        found = candidates_of(conversation_for(self.actor, conversation_id))
        return Response(CandidateShape(found, many=True).data)

    @operation(
        "conversations_submit", "conversations",
        body=ReplyRequest, returns=CandidateDraftShape, status=202, headers=[KEY_PARAMETER],
    )  # fmt: skip
    def create(self, request: Request, conversation_id: int) -> Response:
        """Ask for approval of an answer; those who may not send alone have no other way."""
        draft = candidate_submit(self.actor, conversation_id=conversation_id, **answer_in(request))
        return Response(CandidateDraftShape(draft).data, status=202)


class DecisionViewSet(ActorViewSet):
    """Decisions about one candidate."""

    @operation(
        "candidates_approve", "candidates", body=ApproveRequest, returns=ReplyShape, status=202
    )  # fmt: skip
    def approve(self, request: Request, draft_id: int) -> Response:
        """Let it out; 409 when it was decided, taken back or changed, or something came since."""
        given = body_of(request, ApproveRequest)
        return Response(
            ReplyShape(candidate_approve(self.actor, draft_id=draft_id, **given)).data, status=202
        )

    @operation(
        "candidates_decline", "candidates", body=DeclineRequest, returns=CandidateDraftShape
    )  # fmt: skip
    def decline(self, request: Request, draft_id: int) -> Response:
        """Send it back to its author, with a word about it."""
        given = body_of(request, DeclineRequest)
        return Response(
            CandidateDraftShape(candidate_decline(self.actor, draft_id=draft_id, **given)).data
        )
