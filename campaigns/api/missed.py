"""Endpoints of the board: what posts did not get onto a platform at their time, and deciding about it."""

from collections.abc import Callable

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Post
from campaigns.selectors.missed import VIEWS, Missed, MissedFilter, missed_page
from channels.actions import reviewing
from channels.actions.reviewing import Reviewed
from channels.api.shapes import DeliveryRow
from opsconsole.kernel.api import PageQuery, Strict, body_of, page_response, query_of
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.openapi import LIST, operation, page_of, request_example
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.roles import Ability

#: Numbers in one call.
MOST = 200


class MissedPost(serializers.ModelSerializer[Post]):
    """The post it belongs to."""

    class Meta:
        model = Post
        fields = ["id", "title", "unit", "campaign"]
        read_only_fields = fields


class MissedShape(serializers.Serializer[Missed]):
    """One text that is not where it should be."""

    delivery = DeliveryRow(read_only=True)
    post = MissedPost(read_only=True)
    planned_at = serializers.DateTimeField(help_text="The time of its post.")
    may_decide = serializers.BooleanField(help_text="Whether you may decide about it.")
    is_final = serializers.BooleanField(help_text="Its writer did not want it late.")
    is_follower = serializers.BooleanField(help_text="It follows under a post.")


class MissedQuery(PageQuery):
    """Which rows to list."""

    view = serializers.ChoiceField(
        choices=VIEWS, required=False, default="open",
        help_text="`open` waits for a decision; `dropped` was not wanted late.",
    )  # fmt: skip
    account = serializers.IntegerField(required=False, default=None)
    unit = serializers.IntegerField(required=False, default=None)
    campaign = serializers.IntegerField(required=False, default=None)


class VerdictRequest(Strict):
    """What shall become of some of it."""

    deliveries = serializers.ListField(
        child=serializers.IntegerField(), min_length=1, max_length=MOST
    )
    verdict = serializers.ChoiceField(choices=["send", "plan", "drop"])
    at = serializers.DateTimeField(
        required=False, default=None, allow_null=True, help_text="For `plan`: the new time."
    )


class RefusalShape(serializers.Serializer[object]):
    """Why one may not leave."""

    code = serializers.CharField()
    message = serializers.CharField()


class VerdictShape(serializers.Serializer[Reviewed]):
    """How many were decided, how many had moved on before, and why the others may not leave."""

    done = serializers.IntegerField()
    moved_on = serializers.IntegerField()
    refusals = RefusalShape(many=True)


_VERDICTS: dict[str, Callable[..., Reviewed]] = {
    "send": reviewing.review_send,
    "plan": reviewing.review_plan,
    "drop": reviewing.review_drop,
}


class MissedViewSet(ActorViewSet):
    """What posts did not get onto a platform at their time. Nothing of it leaves by itself."""

    @operation(
        "missed_posts_list", "missed-posts",
        returns=page_of(MissedShape, "MissedPage"), query=MissedQuery, refusals=LIST,
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List what was missed, given up, or became due under a hold, latest time first."""
        self.actor.must(Ability.READ_POSTS)
        asked = query_of(request, MissedQuery)
        cursor, size = asked.pop("cursor"), asked.pop("limit")
        page = missed_page(self.actor, MissedFilter(**asked), cursor=cursor, size=size)
        return page_response(request, page, MissedShape)

    @operation(
        "missed_posts_decide", "missed-posts", body=VerdictRequest, returns=VerdictShape,
        examples=[request_example("Send two of them now", {"deliveries": [4, 5], "verdict": "send"})],
    )  # fmt: skip
    @action(detail=False, methods=["post"])
    def decide(self, request: Request) -> Response:
        """Send some of it now, give it a new time, or drop it; each alone, whatever becomes of the others."""
        given = body_of(request, VerdictRequest)
        verdict, at = given["verdict"], given["at"]
        if verdict == "plan" and at is None:
            raise Invalid(code="past", field="at")
        more = {"at": at} if verdict == "plan" else {}
        reviewed = _VERDICTS[verdict](self.actor, delivery_ids=given["deliveries"], **more)
        return Response(VerdictShape(reviewed).data)
