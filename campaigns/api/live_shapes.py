"""How live desks look in the API, and what may be said about them."""

from rest_framework import serializers

from campaigns.actions.live_lines import ANYWAY
from campaigns.actions.live_snippets import LONGEST
from campaigns.lifecycle import LiveMode, LiveState
from campaigns.models import LiveDesk, LiveLine, LivePlace, LiveSnippet, LiveWord
from campaigns.selectors.live import VIEWS
from channels.api.shapes import AccountBrief, DeliveryBrief
from opsconsole.kernel.api import KeyedRequest, PageQuery, Strict
from opsconsole.people.api.shapes import PersonShape, UnitShape

LIVE_STATES = [state.value for state in LiveState]
LIVE_MODES = [mode.value for mode in LiveMode]


class LivePlaceShape(serializers.ModelSerializer[LivePlace]):
    """An account that a desk speaks on. `master` is a post's placement; without one the first words are it."""

    account = AccountBrief(read_only=True)
    mode = serializers.ChoiceField(choices=LIVE_MODES, read_only=True)
    master = serializers.IntegerField(source="master_id", read_only=True, allow_null=True)

    class Meta:
        model = LivePlace
        fields = ["id", "account", "mode", "master"]
        read_only_fields = fields


class LiveSnippetShape(serializers.ModelSerializer[LiveSnippet]):
    """Words prepared for a desk, in their order. `version` guards changes."""

    class Meta:
        model = LiveSnippet
        fields = ["id", "text", "is_kept", "is_used", "version"]
        read_only_fields = fields


class LiveDeskShape(serializers.ModelSerializer[LiveDesk]):
    """A live desk. Where approval is needed, somebody must have let it out before anything is said."""

    state = serializers.ChoiceField(choices=LIVE_STATES, read_only=True)
    unit = UnitShape(read_only=True)
    campaign = serializers.IntegerField(source="campaign_id", read_only=True, allow_null=True)
    opened_by = PersonShape(read_only=True)
    let_out_by = PersonShape(read_only=True, allow_null=True)
    refused_by = PersonShape(read_only=True, allow_null=True)
    places = LivePlaceShape(many=True, read_only=True)
    snippets = LiveSnippetShape(many=True, read_only=True)

    class Meta:
        model = LiveDesk
        fields = [
            "id", "state", "name", "unit", "campaign", "opened_by", "opened_at", "let_out_by",
            "let_out_at", "refused_by", "refused_at", "refused_word", "closed_at", "places", "snippets",
        ]  # fmt: skip
        read_only_fields = fields


class LiveWordShape(serializers.ModelSerializer[LiveWord]):
    """A line on one account, and where its delivery stands."""

    place = serializers.IntegerField(source="place_id", read_only=True)
    delivery = DeliveryBrief(read_only=True, allow_null=True)

    class Meta:
        model = LiveWord
        fields = ["id", "place", "is_skipped", "delivery"]
        read_only_fields = fields


class LiveLineShape(serializers.ModelSerializer[LiveLine]):
    """What somebody said. Until `leaves_at` its author can take it back."""

    author = PersonShape(read_only=True)
    words = LiveWordShape(many=True, read_only=True)

    class Meta:
        model = LiveLine
        fields = [
            "id",
            "number",
            "author",
            "text",
            "said_at",
            "leaves_at",
            "is_taken_back",
            "words",
        ]
        read_only_fields = fields


class SeatRequest(Strict):
    """An account that a desk shall speak on."""

    account = serializers.IntegerField()
    mode = serializers.ChoiceField(
        choices=LIVE_MODES, required=False, default=LiveMode.UNDER.value
    )
    master = serializers.IntegerField(required=False, default=None, allow_null=True)


class LiveDeskRequest(KeyedRequest):
    """A new desk."""

    unit = serializers.IntegerField()
    name = serializers.CharField(max_length=120)
    campaign = serializers.IntegerField(required=False, default=None, allow_null=True)
    accounts = SeatRequest(many=True)


class LiveRefusal(Strict):
    """Why a desk is not let out."""

    word = serializers.CharField(max_length=1000)


class LiveLineRequest(KeyedRequest):
    """Something to say, on all of the desk's accounts or on some `places`."""

    text = serializers.CharField(trim_whitespace=False)
    places = serializers.ListField(
        child=serializers.IntegerField(), required=False, default=None, allow_null=True
    )
    snippet = serializers.IntegerField(required=False, default=None, allow_null=True)
    confirm = serializers.ChoiceField(
        choices=["", ANYWAY], required=False, default="",
        help_text="Say it although a colleague has just said nearly the same.",
    )  # fmt: skip


class LiveSnippetRequest(Strict):
    """Words to prepare."""

    text = serializers.CharField(max_length=LONGEST)
    is_kept = serializers.BooleanField(required=False, default=False)


class LiveSnippetChange(LiveSnippetRequest):
    """Words as they shall read."""

    version = serializers.IntegerField(help_text="The `version` you have read.")


class LiveDeskQuery(PageQuery):
    """Which desks to list."""

    view = serializers.ChoiceField(choices=VIEWS, required=False, default="open")
