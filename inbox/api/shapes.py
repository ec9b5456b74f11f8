"""How conversations look in the API, and what may be said about them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from channels.api.shapes import KINDS, AccountBrief, DeliveryBrief
from channels.types import Visibility
from inbox.lifecycle import ConversationState, Direction, MessageKind
from inbox.models import Contact, Conversation, Message, MessageRevision, Note, Reply, Tag
from inbox.selectors.queue import VIEWS
from inbox.selectors.thread import Entry
from opsconsole.audit.models import Activity
from opsconsole.kernel.api import LARGEST_PAGE, KeyedRequest, PageQuery, Strict
from opsconsole.people.api.shapes import PersonShape, UnitShape

STATES = [state.value for state in ConversationState]
MESSAGE_KINDS = [kind.value for kind in MessageKind]
ENTRY_KINDS = ["message", "reply", "note", "activity"]


class ContactShape(serializers.ModelSerializer[Contact]):
    """The customer as the platform describes them."""

    class Meta:
        model = Contact
        fields = ["id", "name", "handle", "url", "avatar_url", "followers"]
        read_only_fields = fields


class TagShape(serializers.ModelSerializer[Tag]):
    """A word that operators put on conversations."""

    class Meta:
        model = Tag
        fields = ["id", "name", "colour"]
        read_only_fields = fields


class ConversationShape(serializers.ModelSerializer[Conversation]):
    """A customer's thread on one account. `version` grows with every change."""

    channel = serializers.ChoiceField(choices=KINDS, read_only=True)
    state = serializers.ChoiceField(choices=STATES, read_only=True)
    account = AccountBrief(read_only=True)
    unit = UnitShape(read_only=True)
    contact = ContactShape(read_only=True)
    assignee = PersonShape(read_only=True, allow_null=True)
    tags = TagShape(many=True, read_only=True)

    class Meta:
        model = Conversation
        fields = [
            "id", "channel", "account", "unit", "contact", "state", "assignee", "tags",
            "preview", "context", "context_url", "message_count", "opened_at", "waiting_since",
            "last_message_at", "last_inbound_at", "resolved_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class RevisionShape(serializers.ModelSerializer[MessageRevision]):
    """How a message read before its author changed it."""

    class Meta:
        model = MessageRevision
        fields = ["text", "replaced_at"]
        read_only_fields = fields


class MessageShape(serializers.ModelSerializer[Message]):
    """A fact on the platform, theirs or ours."""

    direction = serializers.ChoiceField(choices=[d.value for d in Direction], read_only=True)
    kind = serializers.ChoiceField(choices=MESSAGE_KINDS, read_only=True)
    visibility = serializers.ChoiceField(choices=[v.value for v in Visibility], read_only=True)
    contact = ContactShape(read_only=True, allow_null=True)
    operator = PersonShape(read_only=True, allow_null=True)
    delivery = serializers.IntegerField(source="delivery_id", read_only=True, allow_null=True)
    revisions = RevisionShape(many=True, read_only=True)
    media = serializers.ListField(child=serializers.DictField(), read_only=True)

    class Meta:
        model = Message
        fields = [
            "id", "external_id", "parent_external_id", "direction", "kind", "visibility",
            "contact", "operator", "text", "language", "permalink", "media", "posted_at",
            "edited_at", "removed_at", "revisions", "delivery",
        ]  # fmt: skip
        read_only_fields = fields


class ReplyShape(serializers.ModelSerializer[Reply]):
    """An answer of ours and how far it has come. `answers` is the message it goes to."""

    author = PersonShape(read_only=True)
    answers = serializers.IntegerField(source="answers_id", read_only=True)
    delivery = DeliveryBrief(read_only=True)

    class Meta:
        model = Reply
        fields = [
            "id", "author", "answers", "text", "request_key", "delivery", "resolve_after",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class NoteShape(serializers.ModelSerializer[Note]):
    """A word among colleagues."""

    author = PersonShape(read_only=True)

    class Meta:
        model = Note
        fields = ["id", "author", "text", "created_at"]
        read_only_fields = fields


class ActivityShape(serializers.ModelSerializer[Activity]):
    """An act: who did what."""

    class Meta:
        model = Activity
        fields = ["id", "actor_name", "verb", "data"]
        read_only_fields = fields


class EntryShape(serializers.Serializer[Any]):
    """One line of the timeline. `kind` says which of the four others is filled; the rest are null."""

    kind = serializers.ChoiceField(choices=ENTRY_KINDS)
    at = serializers.DateTimeField()
    message = MessageShape(allow_null=True)
    reply = ReplyShape(allow_null=True)
    note = NoteShape(allow_null=True)
    activity = ActivityShape(allow_null=True)

    def to_representation(self, entry: Entry) -> dict[str, Any]:
        """Fill the one member that the entry's kind names."""
        rows = dict.fromkeys(ENTRY_KINDS) | {entry.kind: entry.row}
        return super().to_representation({"kind": entry.kind, "at": entry.at, **rows})


class ThreadShape(serializers.Serializer[Any]):
    """A conversation with its timeline, oldest first, and what you may do with it."""

    conversation = ConversationShape()
    entries = EntryShape(many=True)
    older_cursor = serializers.CharField(
        allow_blank=True, help_text="Give it as `before`; empty when the beginning is shown."
    )
    older = serializers.SerializerMethodField(help_text="Address of the older entries, or null.")
    reply_target = serializers.IntegerField(
        source="reply_target.id",
        allow_null=True,
        default=None,
        help_text="The message that a reply goes to unless it says otherwise.",
    )
    can_work = serializers.BooleanField()
    can_note = serializers.BooleanField()
    can_direct = serializers.BooleanField()
    can_reply = serializers.BooleanField()
    why_not_reply = serializers.CharField(allow_blank=True)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_older(self, thread: Any) -> str | None:
        """Return the address of the older entries."""
        made: str | None = self.context["older"](thread.older_cursor)
        return made


class QueueQuery(PageQuery):
    """Which conversations to list."""

    view = serializers.ChoiceField(
        choices=VIEWS, required=False, default="open",
        help_text="`resolved` and `all` come newest first, the others by who waits longest.",
    )  # fmt: skip
    channel = serializers.ChoiceField(choices=KINDS, required=False, default="")
    account = serializers.IntegerField(required=False, default=None)
    unit = serializers.IntegerField(required=False, default=None)
    assignee = serializers.IntegerField(required=False, default=None)
    tag = serializers.IntegerField(required=False, default=None)
    text = serializers.CharField(
        required=False, default="", max_length=200, allow_blank=True,
        help_text="In a message, a name or a handle.",
    )  # fmt: skip


class ThreadQuery(Strict):
    """How much of the timeline to show."""

    before = serializers.CharField(required=False, default="", max_length=300)
    limit = serializers.IntegerField(
        required=False, default=100, min_value=1, max_value=LARGEST_PAGE
    )


class AssignRequest(Strict):
    """Who shall have it."""

    assignee = serializers.IntegerField(help_text="A user who may work in the unit's inbox.")


class HandOverRequest(Strict):
    """Where it belongs, and why."""

    unit = serializers.IntegerField()
    reason = serializers.CharField(max_length=500)


class TagRequest(Strict):
    """The tag's name; made when new."""

    name = serializers.CharField(max_length=200)


class NoteRequest(Strict):
    """What colleagues should know."""

    text = serializers.CharField(max_length=20_000)


class ReplyRequest(KeyedRequest):
    """An answer in public."""

    text = serializers.CharField(max_length=100_000, trim_whitespace=False)
    answers = serializers.IntegerField(
        required=False, default=None, help_text="Default: `reply_target` of the conversation."
    )
    seen_version = serializers.IntegerField(
        required=False, default=None,
        help_text="Refuse when the customer has written, or one of us has answered, since this `version`.",
    )  # fmt: skip
    resolve_after = serializers.BooleanField(
        required=False, default=False, help_text="Resolve once the answer stands."
    )


class ResolveRequest(Strict):
    """Why it is done."""

    reason = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)
    seen_version = serializers.IntegerField(
        required=False, default=None,
        help_text="Refuse when the customer has written since this `version`.",
    )  # fmt: skip
