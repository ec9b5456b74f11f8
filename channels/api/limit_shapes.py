"""How what the platforms still allow looks in the API."""

from typing import Any

from rest_framework import serializers

from channels.models import FollowerSample
from channels.prices import Priced
from opsconsole.kernel.api import Strict


class QuotaShape(serializers.Serializer[Any]):
    """One window of a platform. `ends_at` is when it is full again, where that is known."""

    endpoint = serializers.CharField(help_text="Empty where all calls count together.")
    span = serializers.CharField(help_text="window, day, app_usage, page_usage, business_usage")
    is_share = serializers.BooleanField(help_text="Told in percent, not in calls.")
    is_shared = serializers.BooleanField(help_text="By all accounts of the application.")
    most = serializers.IntegerField()
    left = serializers.IntegerField()
    ends_at = serializers.DateTimeField(allow_null=True)


class SpendingItemShape(serializers.Serializer[Any]):
    """What one kind of thing has cost."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in Priced])
    count = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=12, decimal_places=4, help_text="US dollars.")


class SpendingShape(serializers.Serializer[Any]):
    """What an account has cost in a month."""

    first = serializers.DateField(help_text="The first day of the month (UTC).")
    total = serializers.DecimalField(max_digits=12, decimal_places=4)
    items = SpendingItemShape(many=True)


class MonthQuery(Strict):
    """Which month."""

    month = serializers.RegexField(
        r"^\d{4}-\d{2}$", required=False, default="", allow_blank=True, help_text="2026-11"
    )


class CeilingRequest(Strict):
    """How much an account may cost in a month; `null` limits nothing."""

    ceiling = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    owns_app = serializers.BooleanField(required=False, default=False)


class FollowerSampleShape(serializers.ModelSerializer[FollowerSample]):
    """How many followed an account on a day (in Seoul)."""

    class Meta:
        model = FollowerSample
        fields = ["day", "count", "taken_at"]
        read_only_fields = fields


class DaysQuery(Strict):
    """How many days back."""

    days = serializers.IntegerField(required=False, default=90, min_value=1, max_value=3660)


class FollowersRequest(Strict):
    """Whether it is kept who follows an account. On X each person costs, once a day."""

    keeps_list = serializers.BooleanField()
