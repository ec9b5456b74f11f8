"""How a customer and our promises to them look in the API, and what may be said about them."""

from dataclasses import replace
from typing import Any

from rest_framework import serializers

from inbox.api.shapes import ContactShape
from inbox.lifecycle import FollowUpState
from inbox.models import ContactNote, FollowUp
from inbox.selectors.follow_ups import VIEWS
from opsconsole.kernel.api import PageQuery, Strict
from opsconsole.people.api.shapes import PersonShape

PROMISE_STATES = [state.value for state in FollowUpState]


class KnownContactShape(ContactShape):
    """A contact with what colleagues decided about it."""

    class Meta(ContactShape.Meta):
        fields = [
            *ContactShape.Meta.fields,
            "channel", "is_vip", "vip_reason", "blocked_at", "block_reason", "language",
        ]  # fmt: skip
        read_only_fields = fields


class ContactNoteShape(serializers.ModelSerializer[ContactNote]):
    """Something lasting about a customer."""

    author = PersonShape(read_only=True)
    unit = serializers.IntegerField(source="unit_id", read_only=True)

    class Meta:
        model = ContactNote
        fields = ["id", "author", "unit", "text", "created_at", "edited_at"]
        read_only_fields = fields


class CustomerShape(serializers.Serializer[Any]):
    """The customer of a conversation, as far as you may see: contacts held for the same person as well."""

    contact = KnownContactShape()
    others = KnownContactShape(many=True, help_text="The same person on other channels.")
    suggestions = KnownContactShape(
        many=True, help_text="Called the same; perhaps the same person."
    )
    notes = ContactNoteShape(many=True)
    conversations = serializers.ListField(
        child=serializers.IntegerField(), help_text="Earlier conversations, newest first."
    )
    message_count = serializers.IntegerField()
    first_seen_at = serializers.DateTimeField()

    def to_representation(self, panel: Any) -> dict[str, Any]:
        """Name conversations by their numbers."""
        earlier = [row.pk for row in panel.conversations]
        shown: dict[str, Any] = super().to_representation(replace(panel, conversations=earlier))
        return shown


class FollowUpShape(serializers.ModelSerializer[FollowUp]):
    """A promise to a customer. `message` is the answer in which it was made, null when noted by hand."""

    conversation = serializers.IntegerField(source="conversation_id", read_only=True)
    message = serializers.IntegerField(source="message_id", read_only=True, allow_null=True)
    owner = PersonShape(read_only=True)
    state = serializers.ChoiceField(choices=PROMISE_STATES, read_only=True)

    class Meta:
        model = FollowUp
        fields = [
            "id", "conversation", "message", "quote", "due_at", "owner", "state", "created_at",
            "closed_at",
        ]  # fmt: skip
        read_only_fields = fields


class VipRequest(Strict):
    """Whether the customer is a VIP, and why."""

    is_vip = serializers.BooleanField()
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)


class LanguageRequest(Strict):
    """In which language the customer is answered; empty: the one they write in."""

    language = serializers.CharField(allow_blank=True, max_length=12)


class ContactRequest(Strict):
    """Which other contact."""

    contact = serializers.IntegerField()


class BlockRequest(Strict):
    """Why."""

    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)


class SpamRequest(Strict):
    """Whether the customer is blocked in the same act."""

    block = serializers.BooleanField(required=False, default=False)
    seen_version = serializers.IntegerField(
        required=False, default=None,
        help_text="Refuse when the customer has written since this `version`.",
    )  # fmt: skip


class ContactNoteRequest(Strict):
    """What to remember."""

    text = serializers.CharField(max_length=20_000)


class ReadRequest(Strict):
    """How far you have read."""

    version = serializers.IntegerField(min_value=0, help_text="`version` of the conversation.")
    newest = serializers.IntegerField(min_value=0, help_text="The highest message id you saw.")


class FollowUpQuery(PageQuery):
    """Which promises to list."""

    view = serializers.ChoiceField(choices=VIEWS, required=False, default="open")


class FollowUpRequest(Strict):
    """What was promised, by when, in which answer, and who keeps it."""

    quote = serializers.CharField(max_length=2_000)
    due_at = serializers.DateTimeField()
    message = serializers.IntegerField(required=False, default=None)
    owner = serializers.IntegerField(required=False, default=None, help_text="Default: you.")


class FollowUpChange(Strict):
    """Another day or another owner."""

    due_at = serializers.DateTimeField()
    owner = serializers.IntegerField(required=False, default=None)
