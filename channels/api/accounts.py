"""Endpoints of accounts and of the kinds of channel."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from channels.actions.accounts import (
    account_connect,
    account_pause,
    account_poll_now,
    account_reconnect,
    account_resume,
    account_update,
)
from channels.actions.charging import account_ceiling_set
from channels.actions.followers import followers_keep
from channels.actions.listening import account_listening_set
from channels.actions.past import past_ask
from channels.actions.signatures import account_signature_set
from channels.actions.spending import account_budget_set
from channels.api.coverage_shapes import CoverageShape, PastShape, PeriodRequest
from channels.api.limit_shapes import (
    CeilingRequest,
    DaysQuery,
    FollowerSampleShape,
    FollowersRequest,
    MonthQuery,
    QuotaShape,
    SpendingShape,
)
from channels.api.pushing import PushActions
from channels.api.shapes import (
    KINDS,
    AccountChange,
    AccountShape,
    BudgetRequest,
    ChannelShape,
    ConnectRequest,
    ListeningRequest,
    ReconnectRequest,
    SignatureRequest,
)
from channels.coverage import Stretch
from channels.coverage_words import SHOWN
from channels.prices import month_of
from channels.registry import capabilities_for, secret_fields
from channels.selectors.accounts import account_for, accounts_for
from channels.selectors.coverage import coverage_of
from channels.selectors.followers import curve_of
from channels.selectors.spending import month_spent
from channels.selectors.windows import quotas_of
from channels.spending_forms import month_given
from opsconsole.kernel.api import Nothing, body_of, page_response, query_of
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.openapi import READ, operation, page_of, request_example
from opsconsole.kernel.pagination import KeysetPage
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.roles import Ability

_BLOG = request_example(
    "A WordPress blog",
    {
        "kind": "blog",
        "unit": 1,
        "name": "Newsroom",
        "base_url": "https://blog.example.com",
        "secrets": {"username": "console", "application_password": "abcd efgh ijkl mnop"},
    },
)


class ChannelViewSet(ActorViewSet):
    """Kinds of channel."""

    @operation(
        "channels_list", "channels",
        returns=page_of(ChannelShape, "ChannelPage"), refusals=(401, 429),
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List the kinds of channel, what each can do, and which secrets connecting it needs."""
        rows = [
            {"kind": kind, "capabilities": capabilities_for(kind), "secrets": secret_fields(kind)}
            for kind in KINDS
        ]
        return page_response(request, KeysetPage(rows), ChannelShape)


class AccountViewSet(PushActions):
    """Connected accounts. Nothing here speaks to a platform: a worker does, at once."""

    lookup_value_converter = "int"

    @operation(
        "accounts_list", "accounts",
        returns=page_of(AccountShape, "AccountPage"), refusals=(401, 429),
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List the accounts of your units."""
        return page_response(request, KeysetPage(list(accounts_for(self.actor))), AccountShape)

    @operation(
        "accounts_connect", "accounts",
        body=ConnectRequest, returns=AccountShape, status=201, examples=[_BLOG],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Connect an account; a worker verifies the secrets and fills in who it is."""
        given = body_of(request, ConnectRequest)
        given["unit_id"] = given.pop("unit")
        _only_known(given["kind"], given["secrets"])
        return Response(AccountShape(account_connect(self.actor, **given)).data, status=201)

    @operation("accounts_retrieve", "accounts", returns=AccountShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one account."""
        return Response(AccountShape(account_for(self.actor, pk)).data)

    @operation(
        "accounts_update", "accounts",
        body=AccountChange, returns=AccountShape, examples=[request_example("Slower", {"poll_every": 300})],
    )  # fmt: skip
    def partial_update(self, request: Request, pk: int) -> Response:
        """Rename, move to another unit, or change the poll interval."""
        given = body_of(request, AccountChange)
        row = account_for(self.actor, pk, Ability.MANAGE_ACCOUNTS)
        changed = account_update(
            self.actor,
            account_id=pk,
            name=given.get("name", row.name),
            unit_id=given.get("unit", row.unit_id),
            poll_every=given.get("poll_every", row.poll_every),
        )
        return Response(AccountShape(changed).data)

    @operation(
        "accounts_reconnect", "accounts", body=ReconnectRequest, returns=AccountShape
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def reconnect(self, request: Request, pk: int) -> Response:
        """Replace the secrets; what the account had to hold goes on its way again."""
        given = body_of(request, ReconnectRequest)
        kind = account_for(self.actor, pk, Ability.MANAGE_ACCOUNTS).kind
        _only_known(kind, given["secrets"])
        row = account_reconnect(self.actor, account_id=pk, secrets=given["secrets"])
        return Response(AccountShape(row).data)

    @operation("accounts_budget", "accounts", body=BudgetRequest, returns=AccountShape)
    @action(detail=True, methods=["put"])
    def budget(self, request: Request, pk: int) -> Response:
        """Say how much the account says at most, what answers keep of it, and who answers after that."""
        given = body_of(request, BudgetRequest)
        overflow, reserved = given.pop("overflow"), given.pop("reserved")
        row = account_budget_set(
            self.actor, account_id=pk, limits={f"budget_{name}": most for name, most in given.items()},
            reserved=reserved, overflow_id=overflow,
        )  # fmt: skip
        return Response(AccountShape(row).data)

    @operation(
        "accounts_quota", "accounts", returns=page_of(QuotaShape, "QuotaPage"), refusals=READ
    )
    @action(detail=True, methods=["get"])
    def quota(self, request: Request, pk: int) -> Response:
        """Say what the platform still allows, as its answers told, the scarcest first."""
        rows = quotas_of(account_for(self.actor, pk), now())
        return page_response(request, KeysetPage(rows), QuotaShape)

    @operation("accounts_signature", "accounts", body=SignatureRequest, returns=AccountShape)
    @action(detail=True, methods=["put"])
    def signature(self, request: Request, pk: int) -> Response:
        """Say who signs answers on a blog."""
        given = body_of(request, SignatureRequest)
        return Response(
            AccountShape(account_signature_set(self.actor, account_id=pk, **given)).data
        )

    @operation("accounts_listening", "accounts", body=ListeningRequest, returns=AccountShape)
    @action(detail=True, methods=["put"])
    def listening(self, request: Request, pk: int) -> Response:
        """Say what an account on X searches for, and whether reposts come in."""
        given = body_of(request, ListeningRequest)
        return Response(
            AccountShape(account_listening_set(self.actor, account_id=pk, **given)).data
        )

    @operation(
        "accounts_spending", "accounts", query=MonthQuery, returns=SpendingShape, refusals=READ
    )  # fmt: skip
    @action(detail=True, methods=["get"])
    def spending(self, request: Request, pk: int) -> Response:
        """Say what the account has cost in a month, by kind."""
        given = query_of(request, MonthQuery)
        first = month_given(given["month"], month_of(now()))
        return Response(SpendingShape(month_spent(account_for(self.actor, pk), first)).data)

    @operation("accounts_ceiling", "accounts", body=CeilingRequest, returns=AccountShape)
    @action(detail=True, methods=["put"])
    def ceiling(self, request: Request, pk: int) -> Response:
        """Say how much the account may cost in a month."""
        given = body_of(request, CeilingRequest)
        return Response(AccountShape(account_ceiling_set(self.actor, account_id=pk, **given)).data)

    @operation(
        "accounts_followers", "accounts", query=DaysQuery,
        returns=page_of(FollowerSampleShape, "FollowerPage"), refusals=READ,
    )  # fmt: skip
    @action(detail=True, methods=["get"])
    def followers(self, request: Request, pk: int) -> Response:
        """Say how many followed the account, day by day, oldest first."""
        days = query_of(request, DaysQuery)["days"]
        curve = curve_of(account_for(self.actor, pk), timezone.localdate(now()), days)
        return page_response(request, KeysetPage(curve.samples), FollowerSampleShape)

    @operation(
        "accounts_keep_followers", "accounts", body=FollowersRequest, returns=AccountShape
    )  # fmt: skip
    @action(detail=True, methods=["put"])
    def keep_followers(self, request: Request, pk: int) -> Response:
        """Say whether it is kept who comes and who goes."""
        followers_keep(self.actor, account_id=pk, **body_of(request, FollowersRequest))
        return Response(AccountShape(account_for(self.actor, pk)).data)

    @operation("accounts_coverage", "accounts", returns=CoverageShape, refusals=READ)
    @action(detail=True, methods=["get"])
    def coverage(self, request: Request, pk: int) -> Response:
        """Say up to when everything is here, which holes the last 24 hours have, and what is read of the past."""
        found = coverage_of(account_for(self.actor, pk), Stretch(now() - SHOWN, now()))
        return Response(CoverageShape(found).data)

    @operation("accounts_read_again", "accounts", body=PeriodRequest, returns=PastShape)
    @action(detail=True, methods=["post"], url_path="read-again")
    def read_again(self, request: Request, pk: int) -> Response:
        """Have a period read once more: what is new, what has changed, what is gone."""
        given = body_of(request, PeriodRequest)
        return Response(PastShape(past_ask(self.actor, account_id=pk, **given)).data)

    @operation("accounts_pause", "accounts", returns=AccountShape)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: int) -> Response:
        """Stop reading and sending as this account."""
        return self._plain(account_pause, pk)

    @operation("accounts_resume", "accounts", returns=AccountShape)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: int) -> Response:
        """Read and send again, beginning with a poll at once."""
        return self._plain(account_resume, pk)

    @operation("accounts_poll", "accounts", returns=AccountShape)
    @action(detail=True, methods=["post"])
    def poll(self, request: Request, pk: int) -> Response:
        """Have the account polled at once."""
        return self._plain(account_poll_now, pk)

    def _plain(self, act: Any, pk: int) -> Response:
        """Do an act that needs no words."""
        body_of(self.request, Nothing)
        return Response(AccountShape(act(self.actor, account_id=pk)).data)


def _only_known(kind: str, secrets: dict[str, str]) -> None:
    """Refuse a misspelt secret, as any other misspelt name is refused."""
    known = {field.name for field in secret_fields(kind)}
    for name in secrets:
        if name not in known:
            raise Invalid(_("There is no such field."), code="unknown", field=f"secrets.{name}")
