"""Endpoints of pushing: the address of an account, how it does, and what could not be taken in. To be read only."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from channels.lifecycle import PushSource, SubscriptionState, SubscriptionWish
from channels.models import ChannelAccount, PushEvent, PushSubscription
from channels.selectors.accounts import account_for
from channels.selectors.push import parked_page, push_of
from opsconsole.kernel.api import PageQuery, page_response, query_of
from opsconsole.kernel.openapi import LIST, operation, page_of
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.roles import Ability

_SOURCES = [source.value for source in PushSource]
_STATES = [state.value for state in SubscriptionState]
_WISHES = [wish.value for wish in SubscriptionWish]
#: What is told to those who manage an account alone.
_MANAGED = (401, 403, 404, 429)


class SubscriptionShape(serializers.Serializer[PushSubscription]):
    """Whether a platform tells our app of the account: of what, as it said at `told_at`."""

    state = serializers.ChoiceField(choices=_STATES)
    wish = serializers.ChoiceField(choices=_WISHES)
    told = serializers.ListField(child=serializers.CharField(), source="fields")
    told_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField()


class PushShape(serializers.Serializer[Any]):
    """How pushing does on an account. Whoever knows an address may knock there: treat it as a secret."""

    is_open = serializers.BooleanField()
    addresses = serializers.DictField(
        child=serializers.CharField(), help_text="By what is pushed there."
    )
    has_secret = serializers.BooleanField(help_text="Whether what is pushed can be believed.")
    opened_at = serializers.DateTimeField(allow_null=True)
    proved_at = serializers.DateTimeField(allow_null=True)
    heard_at = serializers.DateTimeField(allow_null=True)
    refused_at = serializers.DateTimeField(allow_null=True)
    waiting = serializers.IntegerField(help_text="Events that are to be taken in.")
    parked = serializers.IntegerField(help_text="Events that a person must decide about.")
    subscription = SubscriptionShape(allow_null=True)


class ParkedShape(serializers.ModelSerializer[PushEvent]):
    """An event that could not be taken in; what it holds stays in the house."""

    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field of that name, on purpose
        choices=_SOURCES, read_only=True
    )

    class Meta:
        model = PushEvent
        fields = ["id", "source", "size", "received_at", "error"]
        read_only_fields = fields


class PushActions(ActorViewSet):
    """What an account's endpoints say of pushing."""

    @operation("accounts_push", "accounts", returns=PushShape, refusals=_MANAGED)
    @action(detail=True, methods=["get"])
    def push(self, request: Request, pk: int) -> Response:
        """Say where the platform may push, and how that does."""
        return Response(PushShape(_told(self._managed(pk))).data)

    @operation(
        "accounts_parked", "accounts", query=PageQuery,
        returns=page_of(ParkedShape, "ParkedEventPage"), refusals=(*LIST, 403, 404),
    )  # fmt: skip
    @action(detail=True, methods=["get"], url_path="push/parked")
    def parked(self, request: Request, pk: int) -> Response:
        """List the events that could not be taken in, newest first."""
        asked = query_of(request, PageQuery)
        page = parked_page(
            self.actor, self._managed(pk), cursor=asked["cursor"], size=asked["limit"]
        )
        return page_response(request, page, ParkedShape)

    def _managed(self, pk: int) -> ChannelAccount:
        return account_for(self.actor, pk, Ability.MANAGE_ACCOUNTS)


def _told(account: ChannelAccount) -> dict[str, Any]:
    push = push_of(account)
    door = push.door
    moments = ("opened_at", "proved_at", "heard_at", "refused_at")
    return {
        "is_open": door is not None,
        "addresses": push.addresses,
        "has_secret": push.has_secret,
        **{name: getattr(door, name) if door else None for name in moments},
        "waiting": push.waiting,
        "parked": push.parked,
        "subscription": push.subscription,
    }
