"""Endpoints of handshakes: how the connecting of accounts goes. To be read only, and without any secret."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from channels.api.shapes import KINDS
from channels.candidates import Right
from channels.lifecycle import HandshakeState, Way
from channels.models import Handshake
from channels.selectors.handshakes import handshake_for, handshake_page
from opsconsole.kernel.api import PageQuery, page_response, query_of
from opsconsole.kernel.openapi import LIST, operation, page_of
from opsconsole.people.api.base import ActorViewSet

_WAYS = [way.value for way in Way]
_STATES = [state.value for state in HandshakeState]
_RIGHTS = [right.value for right in Right]


class CheckShape(serializers.Serializer[Any]):
    """Whether one thing works; null where nobody can tell."""

    right = serializers.ChoiceField(choices=_RIGHTS)
    works = serializers.BooleanField(allow_null=True)
    needed = serializers.BooleanField()
    lacks = serializers.ListField(child=serializers.CharField())
    said = serializers.CharField(help_text="The platform's word.")


class FoundShape(serializers.Serializer[Any]):
    """An identity that a worker found, and what it is good for."""

    external_id = serializers.CharField()
    name = serializers.CharField()
    handle = serializers.CharField()
    url = serializers.CharField()
    checks = CheckShape(many=True)


class HandshakeShape(serializers.ModelSerializer[Handshake]):
    """A try at connecting an account; `account` is that which gets new credentials."""

    kind = serializers.ChoiceField(choices=KINDS, read_only=True)
    way = serializers.ChoiceField(choices=_WAYS, read_only=True)
    state = serializers.ChoiceField(choices=_STATES, read_only=True)
    account = serializers.IntegerField(source="account_id", read_only=True, allow_null=True)
    found = FoundShape(many=True, read_only=True)

    class Meta:
        model = Handshake
        fields = [
            "id", "kind", "way", "state", "account", "found", "reason", "detail", "asked_at", "until",
        ]  # fmt: skip
        read_only_fields = ["id", "reason", "detail", "asked_at", "until"]


class HandshakeViewSet(ActorViewSet):
    """Your own handshakes. They are begun and ended in a browser, where people sign in at platforms."""

    lookup_value_converter = "int"

    @operation(
        "handshakes_list", "handshakes", query=PageQuery,
        returns=page_of(HandshakeShape, "HandshakePage"), refusals=(*LIST, 403),
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List your handshakes, newest first."""
        asked = query_of(request, PageQuery)
        page = handshake_page(self.actor, cursor=asked["cursor"], size=asked["limit"])
        return page_response(request, page, HandshakeShape)

    @operation(
        "handshakes_retrieve", "handshakes", returns=HandshakeShape, refusals=(401, 403, 404, 429)
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show how one goes, and what it has found."""
        return Response(HandshakeShape(handshake_for(self.actor, pk)).data)
