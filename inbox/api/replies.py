"""The endpoint that answers a customer in public."""

from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.actions.replies import reply_send
from inbox.api.shapes import ReplyRequest, ReplyShape
from opsconsole.kernel.api import body_of
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.openapi import operation, request_example
from opsconsole.people.api.base import ActorViewSet

KEY_HEADER = "Idempotency-Key"
_HEADER = OpenApiParameter(
    KEY_HEADER, UUID, OpenApiParameter.HEADER,
    description="Instead of `request_key` in the body.",
)  # fmt: skip
_ANSWER = request_example(
    "Answer and close",
    {"text": "We have just sent you a link.", "seen_version": 12, "resolve_after": True},
)


class ReplyViewSet(ActorViewSet):
    """Answers within one conversation."""

    @operation(
        "conversations_reply", "conversations",
        body=ReplyRequest, returns=ReplyShape, status=202, headers=[_HEADER], examples=[_ANSWER],
    )  # fmt: skip
    def create(self, request: Request, conversation_id: int) -> Response:
        """Answer a message; a worker sends it. Follow `delivery` to see it arrive."""
        given = body_of(request, ReplyRequest)
        reply = reply_send(
            self.actor,
            conversation_id=conversation_id,
            answers_id=given["answers"],
            text=given["text"],
            request_key=_key(request, given["request_key"]),
            seen_version=given["seen_version"],
            resolve_after=given["resolve_after"],
        )
        return Response(ReplyShape(reply).data, status=202)


def _key(request: Request, in_body: UUID | None) -> UUID:
    """Return the caller's key from body or header; without one every call is a new reply."""
    given = request.headers.get(KEY_HEADER)
    if given is None:
        return in_body or uuid4()
    try:
        in_header = UUID(given.strip().strip('"'))
    except ValueError as error:
        raise Invalid(_("The key must be a UUID."), code="bad_key", field=KEY_HEADER) from error
    if in_body not in {None, in_header}:
        raise Invalid(_("Two different keys were given."), code="two_keys", field="request_key")
    return in_header
