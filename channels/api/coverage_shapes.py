"""How what has been read of an account looks in the API, and how a period is asked for again."""

from typing import Any

from rest_framework import serializers

from channels.lifecycle import HoleState, PastKind, PastState
from channels.models import Hole, PastReading
from opsconsole.kernel.api import Strict

HOLE_STATES = [state.value for state in HoleState]
PAST_STATES = [state.value for state in PastState]
PAST_KINDS = [kind.value for kind in PastKind]


class StretchShape(serializers.Serializer[Any]):
    """A stretch of time, half open."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()


class HoleShape(serializers.ModelSerializer[Hole]):
    """A stretch that was not read when it happened."""

    state = serializers.ChoiceField(choices=HOLE_STATES, read_only=True)

    class Meta:
        model = Hole
        fields = ["stream", "since", "until", "state", "found"]
        read_only_fields = fields


class PastShape(serializers.ModelSerializer[PastReading]):
    """A reading of the past and what it has brought."""

    kind = serializers.ChoiceField(choices=PAST_KINDS, read_only=True)
    state = serializers.ChoiceField(choices=PAST_STATES, read_only=True)

    class Meta:
        model = PastReading
        fields = [
            "id", "kind", "state", "since", "until", "percent", "found", "fresh", "changed", "removed",
            "last_error", "asked_at", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields


class StreamCoverageShape(serializers.Serializer[Any]):
    """What has been read of one stream in the last 24 hours, and up to when in all."""

    stream = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    stretches = StretchShape(many=True)
    holes = HoleShape(many=True)


class CoverageShape(serializers.Serializer[Any]):
    """Up to when everything is here, and what is missing. Times are the platform's."""

    until = serializers.DateTimeField(allow_null=True)
    streams = StreamCoverageShape(many=True)
    readings = PastShape(many=True)


class PeriodRequest(Strict):
    """A period to be read once more."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
