"""Endpoints of rehearsals: ask for one, follow it, read its report, stop it."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.actions.rehearsals import (
    LARGEST_SEED,
    SPEEDS,
    Wish,
    rehearsal_ask,
    rehearsal_cancel,
)
from campaigns.lifecycle import RehearsalState
from campaigns.models import Rehearsal
from campaigns.rehearsal.misfortunes import Faults
from campaigns.rehearsal_words import verdict
from campaigns.selectors.campaigns import campaign_for
from campaigns.selectors.rehearsals import (
    Report,
    rehearsal_for,
    rehearsal_page,
    report_seen_by,
)
from opsconsole.kernel.api import (
    KeyedRequest,
    Nothing,
    PageQuery,
    body_of,
    page_response,
    query_of,
    request_key_of,
)
from opsconsole.kernel.openapi import KEY_PARAMETER, READ, operation, page_of
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.api.shapes import PersonShape

REHEARSAL_STATES = [state.value for state in RehearsalState]
REHEARSAL_FAULTS = [faults.value for faults in Faults]


class RehearsalShape(serializers.ModelSerializer[Rehearsal]):
    """A rehearsal: `progress` while it runs, `reason` when it failed."""

    state = serializers.ChoiceField(choices=REHEARSAL_STATES, read_only=True)
    faults = serializers.ChoiceField(choices=REHEARSAL_FAULTS, read_only=True)
    asked_by = PersonShape(read_only=True)
    progress = serializers.DictField(read_only=True)

    class Meta:
        model = Rehearsal
        fields = [
            "id", "campaign", "state", "speed", "skips_gaps", "faults", "seed", "asked_by",
            "asked_at", "started_at", "ended_at", "progress", "reason",
        ]  # fmt: skip
        read_only_fields = fields


class RowShape(serializers.Serializer[Any]):
    """A post on an account. `late` is in seconds; `reason` says why it would not go out, `injected` what struck it."""

    post = serializers.IntegerField()
    part = serializers.IntegerField(help_text="0 is the post itself, the others follow under it.")
    title = serializers.CharField()
    account = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.CharField()
    planned = serializers.DateTimeField(allow_null=True)
    goes = serializers.BooleanField()
    went = serializers.DateTimeField(allow_null=True)
    late = serializers.FloatField(allow_null=True)
    attempts = serializers.IntegerField()
    state = serializers.CharField()
    injected = serializers.CharField()
    reason = serializers.CharField()
    detail = serializers.CharField()
    awaits_host = serializers.BooleanField()
    troubles = serializers.ListField(child=serializers.CharField())


class ClashPostShape(serializers.Serializer[Any]):
    """A post that clashes."""

    post = serializers.IntegerField()
    title = serializers.CharField()


class ClashShape(serializers.Serializer[Any]):
    """Two posts on one account: `same_minute`, or `alike`."""

    kind = serializers.CharField()
    posts = ClashPostShape(many=True)


class LimitShape(serializers.Serializer[Any]):
    """An account that would say more within `seconds` than its `platform` takes, or its `budget` allows."""

    whose = serializers.CharField()
    account = serializers.IntegerField()
    name = serializers.CharField()
    seconds = serializers.IntegerField()
    most = serializers.IntegerField()
    count = serializers.IntegerField()
    begins = serializers.DateTimeField(source="from")


class ReportShape(serializers.Serializer[Report]):
    """What a rehearsal found, as far as you may read the posts. `duplicates` must be 0."""

    verdict = serializers.SerializerMethodField()
    duplicates = serializers.IntegerField()
    seconds = serializers.FloatField(help_text="How long it took.")
    is_cut = serializers.BooleanField(help_text="Its time was up before everything was decided.")
    hidden = serializers.IntegerField(help_text="Placements left out, of units you do not read.")
    rows = RowShape(many=True)
    clashes = ClashShape(many=True)
    limits = LimitShape(many=True)

    def get_verdict(self, report: Report) -> str:
        """In the language that was asked for."""
        return verdict(report)


class RehearsalDetailShape(RehearsalShape):
    """A rehearsal with its report, which is null until it is done."""

    report = ReportShape(read_only=True, allow_null=True)

    class Meta(RehearsalShape.Meta):
        fields = [*RehearsalShape.Meta.fields, "report"]
        read_only_fields = fields


class RehearsalRequest(KeyedRequest):
    """How a campaign shall be rehearsed. The same `seed` deals the same misfortunes."""

    speed = serializers.ChoiceField(choices=SPEEDS, required=False, default=SPEEDS[0])
    skips_gaps = serializers.BooleanField(
        required=False, default=True, help_text="Shorten gaps in which nothing goes out."
    )
    faults = serializers.ChoiceField(
        choices=REHEARSAL_FAULTS, required=False, default=str(Faults.ORDINARY)
    )
    seed = serializers.IntegerField(
        required=False, default=1, min_value=0, max_value=LARGEST_SEED
    )  # fmt: skip


class CampaignRehearsalViewSet(ActorViewSet):
    """The rehearsals of one campaign."""

    @operation(
        "campaigns_rehearsals", "campaigns",
        returns=page_of(RehearsalShape, "RehearsalPage"), query=PageQuery, refusals=(*READ, 422),
    )  # fmt: skip
    def list(self, request: Request, campaign_id: int) -> Response:
        """List the rehearsals of a campaign, newest first."""
        asked = query_of(request, PageQuery)
        campaign = campaign_for(self.actor, campaign_id)
        page = rehearsal_page(
            self.actor, campaign, cursor=asked["cursor"], size=asked["limit"]
        )  # fmt: skip
        return page_response(request, page, RehearsalShape)

    @operation(
        "campaigns_rehearse", "campaigns", body=RehearsalRequest, returns=RehearsalDetailShape,
        status=201, headers=[KEY_PARAMETER],
    )  # fmt: skip
    def create(self, request: Request, campaign_id: int) -> Response:
        """Have a campaign rehearsed against imitated platforms. Nothing of it reaches a real one."""
        given = body_of(request, RehearsalRequest)
        key = request_key_of(request, given.pop("request_key"))
        wish = Wish(**given | {"faults": Faults(given["faults"])})
        made = rehearsal_ask(self.actor, campaign_id=campaign_id, wish=wish, request_key=key)
        return Response(_detail(self, made.pk), status=201)


class RehearsalViewSet(ActorViewSet):
    """Rehearsals of campaigns, with their reports."""

    lookup_value_converter = "int"

    @operation("rehearsals_retrieve", "rehearsals", returns=RehearsalDetailShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show a rehearsal, how far it is, and its report once it is done."""
        return Response(_detail(self, pk))

    @operation("rehearsals_cancel", "rehearsals", returns=RehearsalDetailShape)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Stop a rehearsal."""
        body_of(request, Nothing)
        rehearsal_cancel(self.actor, rehearsal_id=pk)
        return Response(_detail(self, pk))


def _detail(view: ActorViewSet, pk: int) -> dict[str, Any]:
    found = rehearsal_for(view.actor, pk)
    shown: dict[str, Any] = dict(RehearsalShape(found).data)
    report = report_seen_by(view.actor, found)
    shown["report"] = None if report is None else ReportShape(report).data
    return shown
