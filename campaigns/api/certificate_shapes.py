"""How a certificate looks in the API."""

from typing import Any

from rest_framework import serializers

from channels.api.shapes import KINDS, STATES


class CertifiedShape(serializers.Serializer[Any]):
    """One text on one account: our clock, the platform's, and milliseconds since the planned time."""

    post = serializers.IntegerField()
    title = serializers.CharField()
    delivery = serializers.IntegerField()
    account = serializers.CharField()
    channel = serializers.ChoiceField(choices=KINDS)
    follows = serializers.BooleanField(help_text="It follows under a post.")
    result = serializers.ChoiceField(choices=STATES)
    result_label = serializers.CharField(help_text="The result in words.")
    reason_code = serializers.CharField()
    attempts = serializers.IntegerField()
    planned_at = serializers.DateTimeField()
    armed_at = serializers.DateTimeField(allow_null=True, help_text="The first call.")
    armed_ms = serializers.IntegerField(allow_null=True)
    accepted_at = serializers.DateTimeField(
        allow_null=True, help_text="When we knew that it stands."
    )
    accepted_ms = serializers.IntegerField(allow_null=True)
    posted_at = serializers.DateTimeField(
        allow_null=True, help_text="The platform's own time; many tell whole seconds."
    )
    posted_ms = serializers.IntegerField(allow_null=True)
    external_id = serializers.CharField()
    url = serializers.CharField()
