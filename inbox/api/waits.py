"""The waits of a conversation in the API: what response times are made of."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.models import Wait
from inbox.selectors.waits import waits_of_conversation
from inbox.wait_log import EndKind, WaitKind
from opsconsole.kernel.openapi import READ, operation
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.api.shapes import PersonShape


class WaitShape(serializers.ModelSerializer[Wait]):
    """A customer waited for an answer. Seconds are whole; `biz_s` counts open hours alone."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in WaitKind], read_only=True)
    end_kind = serializers.ChoiceField(
        choices=["", *(kind.value for kind in EndKind)], read_only=True
    )
    replier = PersonShape(read_only=True, allow_null=True)
    opened_by = serializers.IntegerField(source="opened_by_id", read_only=True, allow_null=True)
    answer = serializers.IntegerField(source="answer_id", read_only=True, allow_null=True)
    policy = serializers.CharField(source="policy.name", read_only=True, default=None)

    class Meta:
        model = Wait
        fields = [
            "seq", "cycle", "kind", "is_reopened", "opened_by", "opened_at", "desk_opened_at",
            "ended_at", "end_kind", "end_reason", "replier", "answer", "is_outside",
            "double_answers", "policy", "by_calendar", "target_s", "due_at", "warned_at",
            "breached_at", "wall_s", "biz_s", "desk_biz_s", "excluded_reason", "clock_suspect",
            "is_backfill",
        ]  # fmt: skip
        read_only_fields = fields


class WaitViewSet(ActorViewSet):
    """The waits of one conversation within reach."""

    @operation(
        "conversations_waits", "conversations", returns=WaitShape(many=True), refusals=READ
    )  # fmt: skip
    def list(self, request: Request, conversation_id: int) -> Response:
        """List the waits of a conversation, oldest first: how long, why, and whether in time."""
        rows = waits_of_conversation(self.actor, conversation_id)
        return Response(WaitShape(rows, many=True).data)
