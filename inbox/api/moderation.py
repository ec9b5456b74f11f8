"""The endpoint through which programs have something done to a message on its platform."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from channels.api.shapes import MODERATION_VERBS, ModerationShape
from channels.types import ModerationVerb
from inbox.actions.moderation import message_moderate, message_moderation_stop
from opsconsole.kernel.api import Strict, body_of
from opsconsole.kernel.openapi import operation, request_example
from opsconsole.people.api.base import ActorViewSet


class ModerateRequest(Strict):
    """What to do. The channel must know it (`capabilities.moderation` under /channels/)."""

    verb = serializers.ChoiceField(choices=MODERATION_VERBS)


class ModerationViewSet(ActorViewSet):
    """What is done to one message."""

    @operation(
        "messages_moderate", "conversations",
        body=ModerateRequest, returns=ModerationShape, status=202,
        examples=[request_example("Hide a comment", {"verb": "hide"})],
    )  # fmt: skip
    def create(self, request: Request, conversation_id: int, message_id: int) -> Response:
        """Have a worker do something to a message. Its look follows once the platform shows it."""
        verb = ModerationVerb(body_of(request, ModerateRequest)["verb"])
        row = message_moderate(
            self.actor, conversation_id=conversation_id, message_id=message_id, verb=verb
        )
        return Response(ModerationShape(row).data, status=202)

    @operation(
        "messages_moderation_stop", "conversations", returns=None, status=204,
        refusals=(401, 403, 404, 409, 429),
    )  # fmt: skip
    def destroy(self, _request: Request, conversation_id: int, message_id: int) -> Response:
        """Stop what no worker has begun."""
        message_moderation_stop(self.actor, conversation_id=conversation_id, message_id=message_id)
        return Response(status=204)
