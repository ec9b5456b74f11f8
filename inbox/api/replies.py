"""The endpoint that answers a customer in public."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from inbox.actions.pictures import Shown
from inbox.actions.replies import reply_send
from inbox.api.shapes import ReplyRequest, ReplyShape
from opsconsole.kernel.api import body_of, request_key_of
from opsconsole.kernel.openapi import KEY_PARAMETER, operation, request_example
from opsconsole.people.api.base import ActorViewSet

_ANSWER = request_example(
    "Answer and close",
    {"text": "We have just sent you a link.", "seen_version": 12, "resolve_after": True},
)


class ReplyViewSet(ActorViewSet):
    """Answers within one conversation."""

    @operation(
        "conversations_reply", "conversations",
        body=ReplyRequest, returns=ReplyShape, status=202, headers=[KEY_PARAMETER], examples=[_ANSWER],
    )  # fmt: skip
    def create(self, request: Request, conversation_id: int) -> Response:
        """Answer a message; a worker sends it. Follow `delivery` to see it arrive."""
        reply = reply_send(self.actor, conversation_id=conversation_id, **answer_in(request))
        return Response(ReplyShape(reply).data, status=202)


def answer_in(request: Request) -> dict[str, Any]:
    """Return the answer in a request, as the actions take it."""
    given = body_of(request, ReplyRequest)
    return {
        "answers_id": given["answers"],
        "text": given["text"],
        "request_key": request_key_of(request, given["request_key"]),
        "seen_version": given["seen_version"],
        "resolve_after": given["resolve_after"],
        "is_part": given["is_part"],
        "private": given["private"],
        "pictures": [
            Shown(shown["id"], shown["alt_text"], shown["needs_no_words"])
            for shown in given["pictures"]
        ],
        "confirm": given["confirm"],
    }
