"""Endpoints of campaigns."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.actions.campaigns import Plan, campaign_create, campaign_move, campaign_update
from campaigns.api.campaign_shapes import (
    CampaignChange,
    CampaignMove,
    CampaignQuery,
    CampaignRequest,
    CampaignShape,
    ResultsShape,
)
from campaigns.selectors.campaigns import campaign_for, campaign_page, campaign_results
from opsconsole.kernel.api import body_of, page_response, query_of, request_key_of
from opsconsole.kernel.openapi import KEY_PARAMETER, LIST, READ, operation, page_of
from opsconsole.people.api.base import ActorViewSet


class CampaignViewSet(ActorViewSet):
    """Campaigns that your units own or take part in."""

    lookup_value_converter = "int"

    @operation(
        "campaigns_list", "campaigns",
        returns=page_of(CampaignShape, "CampaignPage"), query=CampaignQuery, refusals=LIST,
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List campaigns, newest first."""
        asked = query_of(request, CampaignQuery)
        page = campaign_page(
            self.actor, view=asked["view"], cursor=asked["cursor"], size=asked["limit"]
        )
        return page_response(request, page, CampaignShape)

    @operation(
        "campaigns_create", "campaigns", body=CampaignRequest, returns=CampaignShape, status=201,
        headers=[KEY_PARAMETER],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Plan a campaign of one of your units."""
        given = body_of(request, CampaignRequest)
        key = request_key_of(request, given.pop("request_key"))
        made = campaign_create(
            self.actor, unit_id=given.pop("unit"), plan=Plan(**given), request_key=key
        )
        return self._shown(made.pk, status=201)

    @operation("campaigns_retrieve", "campaigns", returns=CampaignShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one campaign."""
        return self._shown(pk)

    @operation("campaigns_update", "campaigns", body=CampaignChange, returns=CampaignShape)
    def update(self, request: Request, pk: int) -> Response:
        """Change a campaign as a whole."""
        given = body_of(request, CampaignChange)
        version = given.pop("version")
        campaign_update(self.actor, campaign_id=pk, plan=Plan(**given), version=version)
        return self._shown(pk)

    @operation("campaigns_move", "campaigns", body=CampaignMove, returns=CampaignShape)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Response:
        """Start, end, archive a campaign or bring it back."""
        campaign_move(self.actor, campaign_id=pk, state=body_of(request, CampaignMove)["state"])
        return self._shown(pk)

    @operation("campaigns_results", "campaigns", returns=ResultsShape, refusals=READ)
    @action(detail=True, methods=["get"])
    def results(self, request: Request, pk: int) -> Response:
        """Say how its posts stand, as far as you may read them."""
        found = campaign_results(self.actor, campaign_for(self.actor, pk))
        shown: dict[str, Any] = {"posts": found.posts, "placements": found.placements}
        return Response(ResultsShape(shown).data)

    def _shown(self, pk: int, status: int = 200) -> Response:
        return Response(CampaignShape(campaign_for(self.actor, pk)).data, status=status)
