"""Endpoints of people: tokens, me, units, users."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from opsconsole.kernel.api import body_of, page_response, query_of
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.openapi import LIST, READ, operation, page_of, request_example
from opsconsole.kernel.pagination import KeysetPage
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.api.shapes import (
    MeShape,
    TokenRequest,
    TokenShape,
    UnitShape,
    UserQuery,
    UserShape,
)
from opsconsole.people.directory import colleague, colleague_page
from opsconsole.people.selectors import active_units
from opsconsole.people.tokens import token_issue, token_revoke


class TokensView(APIView):
    """Where a token comes from. Whoever asks is not signed in yet."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @operation(
        "tokens_create", "tokens",
        body=TokenRequest, returns=TokenShape, refusals=(400, 401, 422, 429),
        examples=[request_example("Ana", {"username": "ana", "password": "correct horse"})],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Exchange name and password for your token."""
        given = body_of(request, TokenRequest)
        token = token_issue(
            request._request, username=given["username"], password=given["password"]
        )
        return Response(TokenShape(token).data, headers={"Cache-Control": "no-store"})


class CurrentTokenViewSet(ActorViewSet):
    """The caller's own token."""

    @operation("tokens_revoke", "tokens", returns=None, status=204, refusals=(401, 403, 429))
    def destroy(self, request: Request) -> Response:
        """Take your own token back."""
        token_revoke(self.actor, user=self.user)
        return Response(status=204)


class MeViewSet(ActorViewSet):
    """The caller."""

    @operation("me_retrieve", "me", returns=MeShape, refusals=(401, 429))
    def list(self, request: Request) -> Response:
        """Say who you are and what you may do where."""
        return Response(MeShape(self.user, context={"actor": self.actor}).data)


class UnitViewSet(ActorViewSet):
    """Business units."""

    @operation("units_list", "units", returns=page_of(UnitShape, "UnitPage"), refusals=(401, 429))
    def list(self, request: Request) -> Response:
        """List every active unit: one may hand over to a unit one does not belong to."""
        return page_response(request, KeysetPage(active_units()), UnitShape)


class UserViewSet(ActorViewSet):
    """Colleagues."""

    lookup_value_converter = "int"

    @operation(
        "users_list", "users",
        returns=page_of(UserShape, "UserPage"), query=UserQuery, refusals=(*LIST, 404),
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List active colleagues who share a unit with you."""
        asked = query_of(request, UserQuery)
        page = colleague_page(
            self.actor, unit=asked.get("unit"), ability=asked["ability"],
            cursor=asked["cursor"], size=asked["limit"],
        )  # fmt: skip
        return page_response(request, page, UserShape)

    @operation("users_retrieve", "users", returns=UserShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one colleague."""
        return Response(UserShape(colleague(self.actor, pk)).data)


class NowhereView(APIView):
    """Addresses that lead nowhere answer in the API's own form."""

    schema = None
    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse before looking at anything else."""
        raise NotFound(_("There is no such address."), code="no_such_address")
