"""Endpoints of deliveries: where each text stands, and a person's verdict on an unclear one."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from channels.actions.deliveries import (
    delivery_cancel,
    delivery_confirm_live,
    delivery_drop,
    delivery_send_again,
)
from channels.api.shapes import (
    AgainRequest,
    ConfirmRequest,
    DeliveryQuery,
    DeliveryRow,
    DeliveryShape,
)
from channels.selectors.deliveries import DeliveryFilter, delivery_for, delivery_page
from opsconsole.kernel.api import Nothing, Strict, body_of, page_response, query_of
from opsconsole.kernel.openapi import LIST, READ, operation, page_of, request_example
from opsconsole.people.api.base import ActorViewSet

_FOUND = request_example(
    "Found it",
    {"external_id": "1790000000000000001", "url": "https://x.com/i/status/1790000000000000001"},
)


class DeliveryViewSet(ActorViewSet):
    """Replies and posts on their way to a platform."""

    lookup_value_converter = "int"

    @operation(
        "deliveries_list", "deliveries",
        returns=page_of(DeliveryRow, "DeliveryPage"), query=DeliveryQuery, refusals=LIST,
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List deliveries, newest first."""
        asked = query_of(request, DeliveryQuery)
        wanted = DeliveryFilter(state=asked["state"], account=asked["account"])
        page = delivery_page(self.actor, wanted, cursor=asked["cursor"], size=asked["limit"])
        return page_response(request, page, DeliveryRow)

    @operation("deliveries_retrieve", "deliveries", returns=DeliveryShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one delivery with every attempt."""
        return Response(DeliveryShape(delivery_for(self.actor, pk)).data)

    @operation("deliveries_cancel", "deliveries", returns=DeliveryShape)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Stop a delivery that nobody has begun to send."""
        return self._act(delivery_cancel, pk, Nothing)

    @operation(
        "deliveries_confirm_live", "deliveries",
        body=ConfirmRequest, returns=DeliveryShape, examples=[_FOUND],
    )  # fmt: skip
    @action(detail=True, methods=["post"], url_path="confirm-live")
    def confirm_live(self, request: Request, pk: int) -> Response:
        """Record that an unclear delivery stands on the platform."""
        return self._act(delivery_confirm_live, pk, ConfirmRequest)

    @operation("deliveries_send_again", "deliveries", body=AgainRequest, returns=DeliveryShape)
    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: Request, pk: int) -> Response:
        """Send once more what you have found absent from the platform."""
        return self._act(delivery_send_again, pk, AgainRequest)

    @operation("deliveries_drop", "deliveries", returns=DeliveryShape)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: int) -> Response:
        """Give up a delivery that is unclear or has failed."""
        return self._act(delivery_drop, pk, Nothing)

    def _act(self, act: Any, pk: int, shape: type[Strict]) -> Response:
        """Read the body, act, and show the delivery as it stands then."""
        given = body_of(self.request, shape)
        return Response(DeliveryShape(act(self.actor, delivery_id=pk, **given)).data)
