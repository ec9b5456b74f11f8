"""How series look in the API, and what may be said about them."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.actions.series import LONGEST_STEP, MOST_TEXTS, MOST_TIMES
from campaigns.api.shapes import LATENESS, ImageRequest, TargetRequest, WallTime, must_be_zone
from campaigns.lateness import ORDINARY
from campaigns.models import Series
from campaigns.recurrence import Frequency, Shift
from opsconsole.kernel.api import KeyedRequest, Strict
from opsconsole.people.api.shapes import PersonShape, UnitShape
from opsconsole.people.models import Language

LANGUAGES = [str(value) for value in Language.values]
FREQUENCIES = [frequency.value for frequency in Frequency]
SHIFTS = [shift.value for shift in Shift]


class RuleShape(Strict):
    """When it repeats, by the clocks of `time_zone`.

    Weekdays count from Monday, 0. A monthly rule follows `month_day`, or with `nth` the nth of its one weekday.
    """

    frequency = serializers.ChoiceField(choices=FREQUENCIES)
    starts_on = serializers.DateField()
    clock = serializers.TimeField(help_text="What clocks show, without offset.")
    time_zone = serializers.CharField(
        required=False, default="Asia/Seoul", max_length=60, validators=[must_be_zone]
    )
    interval = serializers.IntegerField(
        required=False, default=1, min_value=1, max_value=LONGEST_STEP,
        help_text="Every how many days, weeks or months.",
    )  # fmt: skip
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), required=False, default=list,
        max_length=7,
    )  # fmt: skip
    month_day = serializers.IntegerField(
        required=False, default=0, min_value=-1, max_value=31,
        help_text="1 to 31, months without it are left out; -1 is the last; 0 that of `starts_on`.",
    )  # fmt: skip
    nth = serializers.ChoiceField(
        choices=[-1, 0, 1, 2, 3, 4], required=False, default=0,
        help_text="Which one of its weekday in the month, -1 the last; 0 for none.",
    )  # fmt: skip
    until = serializers.DateField(required=False, default=None, allow_null=True)
    count = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=MOST_TIMES
    )


class SeriesShape(serializers.ModelSerializer[Series]):
    """A series: its rule, the texts that go round, and where they go.

    One that a change from a date on has ended is continued by another, whose `continues` names it.
    """

    unit = UnitShape(read_only=True)
    author = PersonShape(read_only=True)
    rule = serializers.SerializerMethodField()
    texts = serializers.ListField(child=serializers.CharField(), read_only=True)
    targets = serializers.SerializerMethodField()
    images = serializers.SerializerMethodField()
    is_announced = serializers.SerializerMethodField()
    link_tag = serializers.SerializerMethodField()
    lateness = serializers.SerializerMethodField(help_text=LATENESS)
    skipped = serializers.ListField(child=serializers.DateField(), read_only=True)

    class Meta:
        model = Series
        fields = [
            "id", "unit", "author", "campaign", "title", "texts", "language", "targets", "images",
            "is_announced", "link_tag", "lateness", "rule", "last_on", "skipped", "first_number",
            "continues", "ended_at", "created_at", "updated_at", "version",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(RuleShape)
    def get_rule(self, series: Series) -> Any:
        """Say when it repeats."""
        return RuleShape(series).data

    @extend_schema_field(TargetRequest(many=True))
    def get_targets(self, series: Series) -> Any:
        """Say what is set for each account."""
        placing: Mapping[str, Any] = series.settings.get("placing", {})
        plain = {"parts": [], "excerpt": "", "categories": [], "left_out": []}
        return [
            {"account": account.pk, "text": series.wording.get(str(account.pk), ""),
             **plain, **placing.get(str(account.pk), {})}
            for account in sorted(series.accounts.all(), key=lambda one: one.pk)
        ]  # fmt: skip

    @extend_schema_field(ImageRequest(many=True))
    def get_images(self, series: Series) -> Any:
        """Say which images go out with each."""
        return series.settings.get("images", [])

    def get_is_announced(self, series: Series) -> bool:
        """Say whether posts elsewhere wait for the article."""
        return bool(series.settings.get("is_announced"))

    def get_link_tag(self, series: Series) -> str:
        """Say what links are tagged with."""
        return str(series.settings.get("link_tag", ""))

    def get_lateness(self, series: Series) -> str:
        """Say it in full, the usual too."""
        return series.lateness or f"send:{ORDINARY}"


class OccurrenceShape(serializers.Serializer[Any]):
    """One time a series comes round. `shift` says what clocks do then: they skip this time, or show it twice."""

    number = serializers.IntegerField(source="occurrence.number")
    day = serializers.DateField(source="occurrence.day")
    local_time = WallTime(source="occurrence.local")
    at = serializers.DateTimeField(source="occurrence.at")
    shift = serializers.ChoiceField(choices=SHIFTS, source="occurrence.shift")
    text = serializers.CharField()
    post = serializers.IntegerField(
        source="post.pk", default=None, allow_null=True, help_text="Once it is written."
    )
    is_skipped = serializers.BooleanField()


class SeriesPlanRequest(Strict):
    """What a planner types."""

    title = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)
    texts = serializers.ListField(
        child=serializers.CharField(max_length=100_000), min_length=1, max_length=MOST_TEXTS,
        help_text="They go round. Variables such as `{{date}}` become what is true on the day.",
    )  # fmt: skip
    targets = TargetRequest(many=True, allow_empty=False)
    rule = RuleShape()
    language = serializers.ChoiceField(
        choices=LANGUAGES, required=False, default="ko", help_text="Of dates in the texts."
    )
    campaign = serializers.IntegerField(required=False, default=None, allow_null=True)
    lateness = serializers.CharField(required=False, default="", max_length=12, help_text=LATENESS)
    images = ImageRequest(required=False, default=list, many=True)
    is_announced = serializers.BooleanField(required=False, default=False)
    link_tag = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=60
    )  # fmt: skip


class SeriesRequest(KeyedRequest, SeriesPlanRequest):
    """A new series."""

    unit = serializers.IntegerField()


class SeriesChange(SeriesPlanRequest):
    """A series as it shall be from now on, whole; with `first_day` from that date on."""

    version = serializers.IntegerField(help_text="The `version` you have read.")
    first_day = serializers.DateField(
        required=False, default=None, allow_null=True,
        help_text="This date and those after it: the series ends the day before, and another continues it.",
    )  # fmt: skip


class DayRequest(Strict):
    """A local date on which the series falls."""

    day = serializers.DateField()
