"""How posts look in the API, and what may be said about them."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.utils.timezone import is_aware
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.lateness import ORDINARY
from campaigns.lifecycle import PostState
from campaigns.models import Post, PostImage, PostPart, PostTarget
from campaigns.selectors.posts import VIEWS
from channels.api.shapes import AccountBrief, DeliveryBrief
from opsconsole.kernel.api import KeyedRequest, PageQuery, Strict
from opsconsole.people.api.shapes import PersonShape, UnitShape

LATENESS = (
    "What becomes of it when it could not leave at its time: `send:30` sends it up to 30 minutes late "
    "(at most 1440), `ask` lets a person decide, `drop` has it missed for good."
)
STATES = [state.value for state in PostState]
#: Years in which a wall time is believable; beyond them calendars end.
_YEARS = range(2000, 2101)


@extend_schema_field({"type": "string", "example": "2026-10-09T09:00:00"})
class WallTime(serializers.DateTimeField):
    """What a clock on the wall shows. An offset is refused: the zone is given beside it."""

    default_error_messages = {
        "offset": _("Give the time without an offset; its zone is time_zone."),
        "year": _("This year cannot be planned for."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=None, **kwargs)

    def enforce_timezone(self, value: datetime) -> datetime:
        """Return the naive time; fail on anything else."""
        if is_aware(value):
            self.fail("offset")
        if value.year not in _YEARS:
            self.fail("year")
        return value


def must_be_zone(name: str) -> None:
    """Refuse zones that no clock follows: ValidationError."""
    if name not in available_timezones():
        raise serializers.ValidationError(_("There is no such time zone."))


class PartShape(serializers.ModelSerializer[PostPart]):
    """Further words under a post: the next of a thread, a comment of ours."""

    delivery = DeliveryBrief(read_only=True, allow_null=True)

    class Meta:
        model = PostPart
        fields = ["position", "text", "delivery"]
        read_only_fields = fields


class PostImageShape(serializers.ModelSerializer[PostImage]):
    """A picture of the library that goes out with a post, and what it shows there."""

    class Meta:
        model = PostImage
        fields = ["image", "alt_text"]
        read_only_fields = fields


class TargetShape(serializers.ModelSerializer[PostTarget]):
    """A placement. `text` is empty where the post's own text goes out; `wording` is what does."""

    account = AccountBrief(read_only=True)
    delivery = DeliveryBrief(read_only=True, allow_null=True)
    wording = serializers.CharField(read_only=True)
    parts = PartShape(many=True, read_only=True)
    categories = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    left_out = serializers.ListField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = PostTarget
        fields = [
            "id", "account", "text", "wording", "parts", "excerpt", "categories", "left_out",
            "delivery",
        ]  # fmt: skip
        read_only_fields = fields


class PostShape(serializers.ModelSerializer[Post]):
    """A post and where each of its placements stands. `version` guards changes."""

    state = serializers.ChoiceField(choices=STATES, read_only=True)
    unit = UnitShape(read_only=True)
    author = PersonShape(read_only=True)
    targets = TargetShape(many=True, read_only=True)
    lateness = serializers.SerializerMethodField(help_text=LATENESS)
    images = PostImageShape(many=True, read_only=True)

    class Meta:
        model = Post
        fields = [
            "id", "state", "unit", "author", "campaign", "title", "body", "local_time", "time_zone",
            "publish_at", "lateness", "is_launch", "is_announced", "link_tag", "images", "targets",
            "created_at", "updated_at", "version",
        ]  # fmt: skip
        read_only_fields = fields

    def get_lateness(self, post: Post) -> str:
        """Say it in full, the usual too."""
        return post.lateness or f"send:{ORDINARY}"


class TargetRequest(Strict):
    """An account, and words of its own where they differ."""

    account = serializers.IntegerField()
    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=100_000)
    parts = serializers.ListField(
        child=serializers.CharField(max_length=100_000), required=False, default=list, max_length=24,
        help_text="What follows under it, in order: a thread on X, our own comments on Facebook.",
    )  # fmt: skip
    excerpt = serializers.CharField(required=False, default="", allow_blank=True, max_length=1000)
    categories = serializers.ListField(
        child=serializers.IntegerField(), required=False, default=list, max_length=50,
        help_text="Numbers of a blog's own categories.",
    )  # fmt: skip
    left_out = serializers.ListField(
        child=serializers.IntegerField(), required=False, default=list, max_length=10,
        help_text="Pictures of the post that do not go out here.",
    )  # fmt: skip


class ImageRequest(Strict):
    """A picture of the library; without words it has those of the library."""

    image = serializers.IntegerField()
    alt_text = serializers.CharField(required=False, default="", allow_blank=True, max_length=1000)


class Draft(Strict):
    """What a writer types."""

    title = serializers.CharField(required=False, max_length=200, allow_blank=True)
    body = serializers.CharField(required=False, max_length=100_000, allow_blank=True)
    targets = TargetRequest(required=False, many=True, allow_empty=False)
    local_time = WallTime(
        required=False, allow_null=True, help_text="Wall time in `time_zone`, without offset."
    )
    time_zone = serializers.CharField(required=False, max_length=60)
    lateness = serializers.CharField(required=False, max_length=12, help_text=LATENESS)
    images = ImageRequest(required=False, many=True)
    is_announced = serializers.BooleanField(
        required=False,
        help_text="Posts elsewhere wait for the blog's article, and carry its address.",
    )  # fmt: skip
    link_tag = serializers.CharField(
        required=False, allow_blank=True, max_length=60,
        help_text="With it links carry `utm_campaign`, and `utm_source` per channel.",
    )  # fmt: skip
    campaign = serializers.IntegerField(
        required=False, allow_null=True,
        help_text="A campaign in which the post's unit takes part; `null` for none.",
    )  # fmt: skip

    def validate_time_zone(self, name: str) -> str:
        """Refuse zones that no clock follows."""
        must_be_zone(name)
        return name


class PostChange(Draft):
    """What shall be different; what is left out stays. `targets` are replaced as a whole."""

    version = serializers.IntegerField(help_text="The `version` you have read.")


class PostRequest(KeyedRequest, Draft):
    """A new post; it begins as a draft."""

    unit = serializers.IntegerField()
    title = serializers.CharField(max_length=200, allow_blank=True)
    body = serializers.CharField(max_length=100_000, allow_blank=True)
    targets = TargetRequest(many=True, allow_empty=False)
    time_zone = serializers.CharField(required=False, default="Asia/Seoul", max_length=60)


class MoveRequest(Strict):
    """When a post shall go out instead, by the clocks of a zone."""

    local_time = WallTime(help_text="Wall time in `time_zone`, without offset.")
    time_zone = serializers.CharField(
        required=False, default="Asia/Seoul", max_length=60, validators=[must_be_zone]
    )
    version = serializers.IntegerField(help_text="The `version` you have read.")


class LaunchRequest(Strict):
    """Whether a post opens a launch."""

    is_launch = serializers.BooleanField()


class PostQuery(PageQuery):
    """Which posts to list."""

    view = serializers.ChoiceField(
        choices=VIEWS, required=False, default="upcoming",
        help_text="`upcoming` comes by time, `past` latest first, `drafts` newest first.",
    )  # fmt: skip
    account = serializers.IntegerField(required=False, default=None)
    unit = serializers.IntegerField(required=False, default=None)
    campaign = serializers.IntegerField(required=False, default=None)
