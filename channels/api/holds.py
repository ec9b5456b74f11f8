"""Endpoints of holds: stop, see what is stopped, lift."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from channels.actions.holding import (
    LONGEST_PHRASE,
    LONGEST_REASON,
    hold_lift,
    hold_place,
)
from channels.api.shapes import AccountBrief
from channels.models import Hold, HoldInFlight
from channels.selectors.holds import HoldRow, flown_before, hold_for, hold_page, rows_of
from opsconsole.kernel.api import Nothing, PageQuery, Strict, body_of, page_response, query_of
from opsconsole.kernel.openapi import LIST, READ, operation, page_of, request_example
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.api.shapes import PersonShape, UnitShape
from opsconsole.people.roles import Ability

_STOP = request_example(
    "Everything that mentions a product",
    {"scope": "phrase", "phrase": "Pixel 12", "reason": "The price is wrong."},
)


class HoldShape(serializers.ModelSerializer[Hold]):
    """A hold. Without unit, account and target it stops the whole house; `lifted_at` is null while it is in force."""

    unit = UnitShape(read_only=True, allow_null=True)
    account = AccountBrief(read_only=True, allow_null=True)
    placed_by = PersonShape(read_only=True, allow_null=True)
    lifted_by = PersonShape(read_only=True, allow_null=True)

    class Meta:
        model = Hold
        fields = [
            "id", "scope", "unit", "account", "target_id", "target_name", "phrase", "with_answers",
            "reason", "placed_by", "placed_at", "lifted_by", "lifted_at",
        ]  # fmt: skip
        read_only_fields = fields


class HoldRowShape(serializers.Serializer[HoldRow]):
    """A hold with what it does: of the deliveries within your reach."""

    hold = HoldShape()
    stopped = serializers.IntegerField(help_text="Deliveries that it keeps from leaving.")
    to_review = serializers.IntegerField(help_text="Those of them that have become due.")
    in_flight = serializers.IntegerField(help_text="Deliveries that it came too late for.")
    may_lift = serializers.BooleanField()


class InFlightShape(serializers.ModelSerializer[HoldInFlight]):
    """A delivery that was in flight when the hold was placed, and its state at that moment."""

    class Meta:
        model = HoldInFlight
        fields = ["delivery", "state"]
        read_only_fields = fields


class HoldDetailShape(HoldRowShape):
    """A hold with everything that was in flight when it was placed."""

    flown = InFlightShape(many=True)


class HoldQuery(PageQuery):
    """Which holds to list."""

    past = serializers.BooleanField(
        required=False, default=False, help_text="Those that have been lifted."
    )


class HoldRequest(Strict):
    """What shall be stopped, and why."""

    scope = serializers.CharField(
        max_length=12, help_text="`everything`, `unit`, `account`, `phrase`, `campaign` or `tag`."
    )
    target = serializers.IntegerField(
        required=False, default=None, allow_null=True,
        help_text="The number of the unit, account or campaign; of one unit for a phrase or tag.",
    )  # fmt: skip
    phrase = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_PHRASE
    )
    reason = serializers.CharField(max_length=LONGEST_REASON)
    with_answers = serializers.BooleanField(
        required=False, default=False, help_text="Stop answers to customers as well as posts."
    )


class HoldViewSet(ActorViewSet):
    """Holds: nothing that one covers leaves before it is lifted."""

    lookup_value_converter = "int"

    @operation(
        "holds_list", "holds",
        returns=page_of(HoldRowShape, "HoldPage"), query=HoldQuery, refusals=LIST,
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List the holds that concern you, newest first: those in force, or those that are over."""
        self.actor.must(Ability.READ_POSTS)
        asked = query_of(request, HoldQuery)
        page = hold_page(
            self.actor, is_past=asked["past"], cursor=asked["cursor"], size=asked["limit"]
        )
        return page_response(request, page, HoldRowShape)

    @operation(
        "holds_place", "holds", body=HoldRequest, returns=HoldDetailShape, status=201, examples=[_STOP]
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Stop what is not armed yet; the answer lists what was in flight at that moment."""
        given = body_of(request, HoldRequest)
        return self._shown(hold_place(self.actor, **given).pk, status=201)

    @operation("holds_retrieve", "holds", returns=HoldDetailShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one hold, with what was in flight when it was placed."""
        return self._shown(pk)

    @operation("holds_lift", "holds", returns=HoldDetailShape)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, pk: int) -> Response:
        """Lift a hold. Nothing leaves by that: what became due waits for review, the rest goes on as planned."""
        body_of(request, Nothing)
        return self._shown(hold_lift(self.actor, hold_id=pk).pk)

    def _shown(self, hold_id: int, *, status: int = 200) -> Response:
        found = hold_for(self.actor, hold_id)
        (row,) = rows_of(self.actor, [found])
        told: dict[str, Any] = dict(HoldRowShape(row).data)
        told["flown"] = InFlightShape(flown_before(self.actor, found), many=True).data
        return Response(told, status=status)
