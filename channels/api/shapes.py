"""How accounts and deliveries look in the API, and what may be said about them. Secrets only go in."""

from typing import Any

from rest_framework import serializers

from channels.lifecycle import ChannelKind, DeliveryState
from channels.models import ChannelAccount, Delivery, DeliveryAttempt, DeliveryMedia
from channels.status import DELIVERY_STATUS
from channels.types import Counting, OutgoingKind
from opsconsole.kernel.api import PageQuery, Strict
from opsconsole.people.api.shapes import PersonShape, UnitShape

KINDS = [kind.value for kind in ChannelKind]
STATES = [state.value for state in DeliveryState]
OUTGOING = [kind.value for kind in OutgoingKind]


class AccountBrief(serializers.ModelSerializer[ChannelAccount]):
    """An account in passing."""

    kind = serializers.ChoiceField(choices=KINDS, read_only=True)

    class Meta:
        model = ChannelAccount
        fields = ["id", "kind", "name", "handle"]
        read_only_fields = fields


class AccountShape(AccountBrief):
    """A connected account and how its polling goes. `verified_at` is null until a worker has spoken as it."""

    unit = UnitShape(read_only=True)
    can_speak = serializers.BooleanField(read_only=True)

    class Meta(AccountBrief.Meta):
        fields = [
            *AccountBrief.Meta.fields,
            "unit", "external_id", "url", "base_url", "poll_every", "is_paused",
            "needs_reconnect", "can_speak", "verified_at", "next_allowed_at", "last_polled_at",
            "last_success_at", "last_error", "last_gap", "failures", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class SecretShape(serializers.Serializer[Any]):
    """A secret that connecting needs."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    required = serializers.BooleanField()  # type: ignore[assignment]  # the same


class CapabilitiesShape(serializers.Serializer[Any]):
    """What a channel can do."""

    can_reply = serializers.BooleanField()
    can_post = serializers.BooleanField()
    counting = serializers.ChoiceField(choices=[counting.value for counting in Counting])
    max_length = serializers.IntegerField()
    needs_title = serializers.BooleanField()
    max_media = serializers.IntegerField()


class ChannelShape(serializers.Serializer[Any]):
    """A kind of channel, what it can do, and the secrets that connecting it needs."""

    kind = serializers.ChoiceField(choices=KINDS)
    capabilities = CapabilitiesShape()
    secrets = SecretShape(many=True)


class SecretsField(serializers.DictField):
    """Secrets by name. Write-only wherever it appears."""

    child = serializers.CharField(max_length=4000)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            write_only=True,
            help_text="The names are listed under /channels/. Never shown again.",
            **kwargs,
        )


class ConnectRequest(Strict):
    """A new account."""

    kind = serializers.ChoiceField(choices=KINDS)
    unit = serializers.IntegerField()
    name = serializers.CharField(max_length=120)
    base_url = serializers.URLField(required=False, default="", allow_blank=True, max_length=500)
    poll_every = serializers.IntegerField(
        required=False, default=60, min_value=1, max_value=86_400, help_text="Seconds."
    )
    secrets = SecretsField()


class AccountChange(Strict):
    """What shall be different; what is left out stays."""

    name = serializers.CharField(required=False, max_length=120)
    unit = serializers.IntegerField(required=False)
    poll_every = serializers.IntegerField(
        required=False, min_value=1, max_value=86_400, help_text="Seconds."
    )


class ReconnectRequest(Strict):
    """New secrets for the same identity."""

    secrets = SecretsField()


class DeliveryBrief(serializers.ModelSerializer[Delivery]):
    """Where a text stands on its way to the platform."""

    state = serializers.ChoiceField(choices=STATES, read_only=True)
    state_label = serializers.SerializerMethodField(help_text="The state in words.")
    state_hint = serializers.SerializerMethodField(help_text="What happens next, in words.")

    class Meta:
        model = Delivery
        fields = [
            "id",
            "state",
            "state_label",
            "state_hint",
            "reason_code",
            "reason",
            "url",
            "sent_at",
        ]
        read_only_fields = fields

    def get_state_label(self, delivery: Delivery) -> str:
        """Name the state as the screens do."""
        return str(DELIVERY_STATUS[DeliveryState(delivery.state)].label)

    def get_state_hint(self, delivery: Delivery) -> str:
        """Say what the screens say."""
        return str(DELIVERY_STATUS[DeliveryState(delivery.state)].hint)


class DeliveryRow(DeliveryBrief):
    """A delivery in a list."""

    kind = serializers.ChoiceField(choices=OUTGOING, read_only=True)
    account = AccountBrief(read_only=True)
    requested_by = PersonShape(read_only=True, allow_null=True)

    class Meta(DeliveryBrief.Meta):
        fields = [
            *DeliveryBrief.Meta.fields,
            "origin", "kind", "account", "text", "title", "requested_by", "requested_at",
            "not_before", "deadline", "attempts_made", "external_id", "is_held_by_host",
            "settled_at",
        ]  # fmt: skip
        read_only_fields = fields


class AttemptShape(serializers.ModelSerializer[DeliveryAttempt]):
    """One call to the platform. `outcome` is null while nobody knows."""

    class Meta:
        model = DeliveryAttempt
        fields = ["number", "armed_at", "ended_at", "outcome", "http_status", "detail"]
        read_only_fields = fields


class MediaShape(serializers.ModelSerializer[DeliveryMedia]):
    """A file that goes out."""

    class Meta:
        model = DeliveryMedia
        fields = ["id", "file", "content_type", "alt_text"]
        read_only_fields = fields


class DeliveryShape(DeliveryRow):
    """A delivery with every attempt."""

    attempts = AttemptShape(many=True, read_only=True)
    media = MediaShape(many=True, read_only=True)

    class Meta(DeliveryRow.Meta):
        fields = [*DeliveryRow.Meta.fields, "reply_to", "thread", "attempts", "media"]
        read_only_fields = fields


class DeliveryQuery(PageQuery):
    """Which deliveries to list."""

    state = serializers.ChoiceField(choices=STATES, required=False, default="")
    account = serializers.IntegerField(required=False, default=None)


class ConfirmRequest(Strict):
    """What stands on the platform."""

    external_id = serializers.CharField(max_length=190)
    url = serializers.URLField(required=False, default="", allow_blank=True, max_length=600)


class AgainRequest(Strict):
    """How long it may take to leave this time."""

    minutes = serializers.IntegerField(
        required=False, default=30, min_value=1, max_value=1440, help_text="Minutes."
    )
