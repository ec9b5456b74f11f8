"""How the calendar and daily goals look in the API, and what may be said about them."""

from typing import Any

from rest_framework import serializers

from campaigns.actions.planning import MOST_A_DAY
from campaigns.api.shapes import STATES, WallTime, must_be_zone
from campaigns.selectors.calendar import VIEWS
from channels.api.shapes import AccountBrief
from opsconsole.kernel.api import Strict


class CalendarQueryShape(Strict):
    """What to look at."""

    view = serializers.ChoiceField(choices=VIEWS, required=False, default="month")
    day = serializers.DateField(
        required=False, default=None, help_text="A day in the span; today where it is left out."
    )
    time_zone = serializers.CharField(
        required=False, default="Asia/Seoul", max_length=60, validators=[must_be_zone],
        help_text="Whose clocks say on which day a post is.",
    )  # fmt: skip
    unit = serializers.IntegerField(required=False, default=None)
    account = serializers.IntegerField(required=False, default=None)


class CalendarEntryShape(serializers.Serializer[Any]):
    """A post on its day. `same_minute` and `alike` are numbers of posts that it clashes with on an account."""

    post = serializers.IntegerField(source="post.pk")
    state = serializers.ChoiceField(choices=STATES, source="post.state")
    title = serializers.CharField(source="post.title", allow_blank=True)
    body = serializers.CharField(source="post.body")
    accounts = serializers.SerializerMethodField()
    series = serializers.IntegerField(source="post.series_id", allow_null=True)
    version = serializers.IntegerField(source="post.version")
    local_time = WallTime(source="local")
    at = serializers.DateTimeField()
    can_move = serializers.BooleanField()
    same_minute = serializers.ListField(child=serializers.IntegerField())
    alike = serializers.ListField(child=serializers.IntegerField())

    def get_accounts(self, entry: Any) -> list[int]:
        """Return the numbers of its accounts."""
        return sorted(target.account_id for target in entry.post.targets.all())


class CalendarDayShape(serializers.Serializer[Any]):
    """One day, with Korean holidays and memorial days by name."""

    date = serializers.DateField()
    holiday = serializers.CharField(allow_blank=True)
    memorial = serializers.CharField(allow_blank=True)
    entries = CalendarEntryShape(many=True)


class TallyShape(serializers.Serializer[Any]):
    """How many posts stand, are planned and came to nothing on a day, against the goal; `high` is 0 without one."""

    date = serializers.DateField()
    done = serializers.IntegerField()
    planned = serializers.IntegerField()
    lost = serializers.IntegerField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()


class CalendarRowShape(serializers.Serializer[Any]):
    """An account's days, and free times of the day that is looked at."""

    account = AccountBrief()
    tallies = TallyShape(many=True)
    slots = serializers.ListField(child=WallTime())


class CalendarShape(serializers.Serializer[Any]):
    """Posts by day. `is_cut` says that there are more than are shown; rows come with a week or a day."""

    days = CalendarDayShape(many=True)
    rows = CalendarRowShape(many=True)
    is_cut = serializers.BooleanField()


class GoalShape(serializers.Serializer[Any]):
    """How many posts a day an account should have, from `low` to `high`."""

    account = AccountBrief()
    low = serializers.IntegerField()
    high = serializers.IntegerField()


class GoalRequest(Strict):
    """A goal as it shall be."""

    low = serializers.IntegerField(min_value=0, max_value=MOST_A_DAY)
    high = serializers.IntegerField(min_value=1, max_value=MOST_A_DAY)


class FeedShape(serializers.Serializer[Any]):
    """Your own secret calendar address. The address itself is told once, when it is made."""

    made_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True, help_text="When it was last read.")


class FeedMade(serializers.Serializer[Any]):
    """A new secret address, told this once."""

    address = serializers.URLField()
