"""How accounts and deliveries look in the API, and what may be said about them. Secrets only go in."""

from typing import Any

from rest_framework import serializers

from channels.lifecycle import ChannelKind, DeliveryState, ModerationState
from channels.models import (
    ChannelAccount,
    Delivery,
    DeliveryAttempt,
    DeliveryMedia,
    Moderation,
)
from channels.status import status_of
from channels.types import Counting, ModerationVerb, OutgoingKind
from opsconsole.kernel.api import PageQuery, Strict
from opsconsole.people.api.shapes import PersonShape, UnitShape

KINDS = [kind.value for kind in ChannelKind]
STATES = [state.value for state in DeliveryState]
MODERATION_VERBS = [verb.value for verb in ModerationVerb]
MODERATION_STATES = [state.value for state in ModerationState]
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
            "last_success_at", "last_error", "last_failure", "last_gap", "failures", "created_at",
            "parked_for", "condition", "reads_wait_until", "spend_ceiling", "spend_month", "spent", "owns_app",
            "budget_quarter", "budget_hour", "budget_day", "budget_reserved", "overflow", "with_reposts",
            "signs_as",
            "posts_wait_until", "answers_wait_until",
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
    max_reply_media = serializers.IntegerField(help_text="Pictures that an answer may carry.")
    private_days = serializers.IntegerField(
        help_text="For how long a comment may be answered privately; 0: never."
    )
    private_length = serializers.IntegerField()
    moderation = serializers.ListField(
        child=serializers.ChoiceField(choices=MODERATION_VERBS),
        help_text="What may be done to a message.",
    )


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
    history_days = serializers.IntegerField(
        required=False, min_value=0, max_value=366,
        help_text="Days of history to read, as far as the platform gives them out; left out: as many as usual.",
    )  # fmt: skip
    secrets = SecretsField()


class AccountChange(Strict):
    """What shall be different; what is left out stays."""

    name = serializers.CharField(required=False, max_length=120)
    unit = serializers.IntegerField(required=False)
    poll_every = serializers.IntegerField(
        required=False, min_value=1, max_value=86_400, help_text="Seconds."
    )


class BudgetRequest(Strict):
    """How much an account says at most in a rolling window; `null` limits nothing."""

    quarter = serializers.IntegerField(
        required=False, default=None, allow_null=True, help_text="In 15 minutes."
    )
    hour = serializers.IntegerField(required=False, default=None, allow_null=True)
    day = serializers.IntegerField(
        required=False, default=None, allow_null=True, help_text="In 24 hours."
    )
    reserved = serializers.IntegerField(
        required=False, default=0, help_text="Percent that posts never use."
    )
    overflow = serializers.IntegerField(
        required=False, default=None, allow_null=True,
        help_text="The account that answers customers while the budget is used up.",
    )  # fmt: skip


class SignatureRequest(Strict):
    """Who signs answers on a blog."""

    signs_as = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=30,
        help_text="Empty: the account's own user there. `operator`: by nickname. `user:17`: another user there.",
    )  # fmt: skip


class ListeningRequest(Strict):
    """What an account on X searches for; an empty query ends the search."""

    query = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=512,
        help_text="In X's search language. Your own posts and mentions of the account are left out by themselves.",
    )  # fmt: skip
    with_reposts = serializers.BooleanField(
        required=False, default=False, help_text="Whether posts that others pass on come in."
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
        return str(status_of(delivery).label)

    def get_state_hint(self, delivery: Delivery) -> str:
        """Say what the screens say."""
        return str(status_of(delivery).hint)


class DeliveryRow(DeliveryBrief):
    """A delivery in a list."""

    kind = serializers.ChoiceField(choices=OUTGOING, read_only=True)
    account = AccountBrief(read_only=True)
    requested_by = PersonShape(read_only=True, allow_null=True)

    class Meta(DeliveryBrief.Meta):
        fields = [
            *DeliveryBrief.Meta.fields,
            "origin", "kind", "account", "text", "title", "requested_by", "requested_at",
            "not_before", "deadline", "hold", "attempts_made", "external_id", "is_held_by_host",
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


class ModerationShape(serializers.ModelSerializer[Moderation]):
    """What is done to a message, and how far it has come. `external_id` is the message's."""

    verb = serializers.ChoiceField(choices=MODERATION_VERBS, read_only=True)
    state = serializers.ChoiceField(choices=MODERATION_STATES, read_only=True)
    requested_by = PersonShape(read_only=True, allow_null=True)

    class Meta:
        model = Moderation
        fields = [
            "id", "external_id", "verb", "state", "requested_by", "requested_at", "not_before",
            "attempts", "reason_code", "reason", "settled_at",
        ]  # fmt: skip
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
