"""Endpoints of approvals: what waits for me, deciding, and the approvals of a post."""

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.actions.approvals import approval_ask, approval_decide
from campaigns.actions.releases import release_ask, release_give
from campaigns.actions.taking_back import approval_take_back
from campaigns.api.approval_shapes import (
    ApprovalShape,
    AskRequest,
    ReleaseRequest,
    ReleaseShape,
    VoiceShape,
    WordRequest,
)
from campaigns.selectors.approvals import request_for, waiting_for
from campaigns.selectors.posts import post_for
from opsconsole.kernel.api import Nothing, body_of
from opsconsole.kernel.openapi import READ, operation
from opsconsole.people.api.base import ActorViewSet


class ApprovalViewSet(ActorViewSet):
    """Requests for approval of posts you may read."""

    lookup_value_converter = "int"

    @operation(
        "approvals_waiting", "approvals", returns=ApprovalShape(many=True), refusals=(401, 429)
    )
    def list(self, request: Request) -> Response:
        """List what waits for your word, what must be decided first on top; at most 100."""
        return Response(ApprovalShape(waiting_for(self.actor), many=True).data)

    @operation("approvals_retrieve", "approvals", returns=ApprovalShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one request."""
        return Response(ApprovalShape(request_for(self.actor, pk)).data)

    @operation("approvals_voices", "approvals", returns=VoiceShape(many=True), refusals=READ)
    @action(detail=True, methods=["get"])
    def voices(self, request: Request, pk: int) -> Response:
        """List who is asked, and what they said."""
        rows = request_for(self.actor, pk).voices.select_related("user")
        return Response(VoiceShape(rows, many=True).data)

    @operation("approvals_approve", "approvals", body=WordRequest, returns=ApprovalShape)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: int) -> Response:
        """Say yes, as somebody who is asked."""
        return self._said(pk, agrees=True)

    @operation("approvals_decline", "approvals", body=WordRequest, returns=ApprovalShape)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: int) -> Response:
        """Send it back with a word, as somebody who is asked."""
        return self._said(pk, agrees=False)

    @operation("approvals_take_back", "approvals", returns=ApprovalShape)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: int) -> Response:
        """Take a request, or an approval, back, as long as nothing is being sent."""
        body_of(request, Nothing)
        approval_take_back(self.actor, request_id=pk)
        return Response(ApprovalShape(request_for(self.actor, pk)).data)

    def _said(self, pk: int, *, agrees: bool) -> Response:
        word = body_of(self.request, WordRequest)["word"]
        approval_decide(self.actor, request_id=pk, agrees=agrees, word=word)
        return Response(ApprovalShape(request_for(self.actor, pk)).data)


class PostApprovalViewSet(ActorViewSet):
    """The approvals of one post."""

    @operation("posts_approvals", "posts", returns=ApprovalShape(many=True), refusals=READ)
    def list(self, request: Request, post_id: int) -> Response:
        """List the requests for a post, newest first, the latest 20."""
        rows = post_for(self.actor, post_id).requests.select_related("asked_by", "revision")
        return Response(ApprovalShape(rows.order_by("-pk")[:20], many=True).data)

    @operation("posts_ask_approval", "posts", body=AskRequest, returns=ApprovalShape, status=201)
    def create(self, request: Request, post_id: int) -> Response:
        """Put a post, as it reads now, before those who must agree."""
        given = body_of(request, AskRequest)
        made = approval_ask(self.actor, post_id=post_id, expires_at=given["expires_at"])
        return Response(ApprovalShape(request_for(self.actor, made.pk)).data, status=201)


class PostReleaseViewSet(ActorViewSet):
    """Letting a post out without approval: two people."""

    @operation("posts_release_ask", "posts", body=ReleaseRequest, returns=ReleaseShape, status=201)
    def create(self, request: Request, post_id: int) -> Response:
        """Ask a second person to let a post out in an emergency."""
        reason = body_of(request, ReleaseRequest)["reason"]
        made = release_ask(self.actor, post_id=post_id, reason=reason)
        return Response(ReleaseShape(made).data, status=201)

    @operation("posts_release_give", "posts", returns=ReleaseShape)
    def confirm(self, request: Request, post_id: int) -> Response:
        """Let a post out as the second person."""
        body_of(request, Nothing)
        return Response(ReleaseShape(release_give(self.actor, post_id=post_id)).data)
