"""How campaigns and revisions look in the API, and what may be said about them."""

from rest_framework import serializers

from campaigns.lifecycle import CampaignState
from campaigns.models import Campaign, PostRevision
from campaigns.selectors.campaigns import VIEWS
from opsconsole.kernel.api import KeyedRequest, PageQuery, Strict
from opsconsole.people.api.shapes import PersonShape, UnitShape

CAMPAIGN_STATES = [state.value for state in CampaignState]


class CampaignShape(serializers.ModelSerializer[Campaign]):
    """A campaign. `partners` are units taking part beside the one that owns it."""

    state = serializers.ChoiceField(choices=CAMPAIGN_STATES, read_only=True)
    unit = UnitShape(read_only=True)
    partners = UnitShape(many=True, read_only=True)
    owners = PersonShape(many=True, read_only=True)
    tags = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Campaign
        fields = [
            "id", "state", "unit", "partners", "owners", "name", "goal", "starts_on", "ends_on",
            "tags", "created_at", "updated_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class ResultsShape(serializers.Serializer[object]):
    """How the posts of a campaign stand: posts by state, placements by what became of them."""

    posts = serializers.DictField(child=serializers.IntegerField())
    placements = serializers.DictField(child=serializers.IntegerField())


class PostRevisionShape(serializers.ModelSerializer[PostRevision]):
    """How a post read when it was saved. Equal content has an equal `digest`."""

    author = PersonShape(read_only=True, allow_null=True)
    content = serializers.DictField(read_only=True)

    class Meta:
        model = PostRevision
        fields = ["number", "author", "at", "digest", "content", "brought_back"]
        read_only_fields = fields


class CampaignPlan(Strict):
    """What a planner types. `owners` without anybody means whoever plans it."""

    name = serializers.CharField(max_length=120)
    goal = serializers.CharField(required=False, default="", allow_blank=True, max_length=4000)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    partners = serializers.ListField(child=serializers.IntegerField(), required=False, default=[])
    owners = serializers.ListField(child=serializers.IntegerField(), required=False, default=[])
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=[]
    )


class CampaignRequest(KeyedRequest, CampaignPlan):
    """A new campaign; it begins as planned."""

    unit = serializers.IntegerField()


class CampaignChange(CampaignPlan):
    """A campaign as it shall be from now on, whole."""

    version = serializers.IntegerField(help_text="The `version` you have read.")


class CampaignMove(Strict):
    """Where a campaign goes on to."""

    state = serializers.ChoiceField(choices=CAMPAIGN_STATES)


class CampaignQuery(PageQuery):
    """Which campaigns to list."""

    view = serializers.ChoiceField(choices=VIEWS, required=False, default="current")


class BringBack(Strict):
    """Which revision shall stand again, and the post's `version` you have read."""

    number = serializers.IntegerField()
    version = serializers.IntegerField()
