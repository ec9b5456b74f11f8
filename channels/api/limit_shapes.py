"""How what the platforms still allow looks in the API."""

from typing import Any

from rest_framework import serializers


class QuotaShape(serializers.Serializer[Any]):
    """One window of a platform. `ends_at` is when it is full again, where that is known."""

    endpoint = serializers.CharField(help_text="Empty where all calls count together.")
    span = serializers.CharField(help_text="window, day, app_usage, page_usage, business_usage")
    is_share = serializers.BooleanField(help_text="Told in percent, not in calls.")
    is_shared = serializers.BooleanField(help_text="By all accounts of the application.")
    most = serializers.IntegerField()
    left = serializers.IntegerField()
    ends_at = serializers.DateTimeField(allow_null=True)
