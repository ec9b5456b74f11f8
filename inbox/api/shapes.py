"""How conversations look in the API, and what may be said about them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from channels.api.shapes import KINDS, AccountBrief, DeliveryBrief, ModerationShape
from channels.types import Visibility
from inbox.lifecycle import ConversationState, Direction, HandOverReason, MessageKind
from inbox.models import (
    Consult,
    Contact,
    Conversation,
    Message,
    MessageRevision,
    Note,
    Reply,
    Tag,
)
from inbox.selectors.filters import CLOCKS, VIEWS
from inbox.selectors.timeline import ENTRY_KINDS, Entry
from inbox.status import RESOLUTION_KEYS
from opsconsole.audit.models import Activity
from opsconsole.kernel.api import LARGEST_PAGE, KeyedRequest, PageQuery, Strict
from opsconsole.people.api.shapes import PersonShape, UnitShape

STATES = [state.value for state in ConversationState]
MESSAGE_KINDS = [kind.value for kind in MessageKind]


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
    tags = serializers.SerializerMethodField()

    class Meta:
        model = Conversation
        fields = [
            "id", "channel", "account", "unit", "contact", "state", "assignee", "tags",
            "preview", "context", "context_url", "message_count", "opened_at", "waiting_since",
            "due_at", "is_breached",
            "last_message_at", "last_inbound_at", "resolved_at", "resolution", "reopenings",
            "snoozed_until", "version",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(TagShape(many=True))
    def get_tags(self, row: Conversation) -> Any:
        """Return the tags; rows of a list have them at hand."""
        labels = getattr(row, "labels", None)
        return TagShape(row.tags.all() if labels is None else labels, many=True).data


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
            "edited_at", "removed_at", "revisions", "delivery", "is_part",
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
            "id", "author", "answers", "text", "request_key", "delivery", "resolve_after", "is_part",
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


class ConsultShape(serializers.ModelSerializer[Consult]):
    """A question to another unit that was answered, by a colleague or by a guest."""

    unit = UnitShape(read_only=True)
    asked_by = PersonShape(read_only=True)
    answered_by = PersonShape(read_only=True, allow_null=True)

    class Meta:
        model = Consult
        fields = [
            "id", "unit", "question", "asked_by", "asked_at", "due_at", "answer", "answered_by",
            "guest_name", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields


class EntryShape(serializers.Serializer[Any]):
    """One line of the timeline. `kind` says which of the five others is filled; the rest are null."""

    kind = serializers.ChoiceField(choices=list(ENTRY_KINDS))
    at = serializers.DateTimeField()
    message = MessageShape(allow_null=True)
    reply = ReplyShape(allow_null=True)
    note = NoteShape(allow_null=True)
    activity = ActivityShape(allow_null=True)
    consult = ConsultShape(allow_null=True)

    def to_representation(self, entry: Entry) -> dict[str, Any]:
        """Fill the one member that the entry's kind names."""
        rows = dict.fromkeys(ENTRY_KINDS) | {entry.kind: entry.row}
        return super().to_representation({"kind": entry.kind, "at": entry.at, **rows})


class HintShape(serializers.Serializer[Any]):
    """What makes an answer later, less seen or less sure than usual."""

    text = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)


class PrivateAnswerShape(serializers.Serializer[Any]):
    """Whether `reply_target` may be answered privately; null where the channel has no such thing."""

    is_possible = serializers.BooleanField()
    why_not = serializers.CharField(allow_blank=True)
    until = serializers.DateTimeField(allow_null=True)


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
    can_draft = serializers.BooleanField(help_text="Whether you may write an answer here.")
    can_send = serializers.BooleanField(
        help_text="Whether it leaves without a colleague's approval."
    )
    can_approve = serializers.BooleanField()
    can_note = serializers.BooleanField()
    can_direct = serializers.BooleanField()
    can_reply = serializers.BooleanField()
    why_not_reply = serializers.CharField(allow_blank=True)
    hint = HintShape(allow_null=True, help_text="Something to know before you answer, or null.")
    private = PrivateAnswerShape(allow_null=True)
    moderations = ModerationShape(
        source="last_acts", many=True, help_text="What was last done to each of its messages."
    )

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_older(self, thread: Any) -> str | None:
        """Return the address of the older entries."""
        made: str | None = self.context["older"](thread.older_cursor)
        return made


class QueueQuery(PageQuery):
    """Which conversations to list."""

    view = serializers.ChoiceField(
        choices=VIEWS, required=False, default="open",
        help_text="`mentions`, `waiting`, `resolved` and `all` come newest first, `snoozed` by when they "
        "come back, the others by what is due first.",
    )  # fmt: skip
    channel = serializers.ChoiceField(choices=KINDS, required=False, default="")
    account = serializers.IntegerField(required=False, default=None)
    unit = serializers.IntegerField(required=False, default=None)
    assignee = serializers.IntegerField(required=False, default=None)
    tag = serializers.IntegerField(required=False, default=None)
    topic = serializers.CharField(required=False, default="", max_length=40, allow_blank=True)
    language = serializers.CharField(required=False, default="", max_length=12, allow_blank=True)
    vip = serializers.BooleanField(required=False, default=False)
    followers = serializers.IntegerField(
        required=False, default=None, min_value=0, help_text="The customer has at least so many."
    )
    clock = serializers.ChoiceField(
        choices=CLOCKS, required=False, default="", allow_blank=True,
        help_text="Due already, within an hour, or today; or missed.",
    )  # fmt: skip
    since = serializers.DateField(
        required=False, default=None, help_text="The newest line is of this day or later."
    )
    until = serializers.DateField(
        required=False, default=None, help_text="The newest line is of this day or earlier."
    )
    text = serializers.CharField(
        required=False, default="", max_length=200, allow_blank=True,
        help_text="In a message, a note, a name or a handle, newest first; with `from:`, `unit:`, `tag:`, "
        "`channel:`, `account:`, `assignee:`, `is:`, `before:`, `after:`, quotes, and `-` to exclude.",
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
    kind = serializers.ChoiceField(
        choices=[kind.value for kind in HandOverReason],
        required=False, default=HandOverReason.OTHER.value,
        help_text="Only `wrong_unit` counts as a mis-route.",
    )  # fmt: skip


class TagRequest(Strict):
    """The tag's name; made when new."""

    name = serializers.CharField(max_length=200)


class NoteRequest(Strict):
    """What colleagues should know."""

    text = serializers.CharField(max_length=20_000)


class ShownPicture(Strict):
    """A picture that goes along, and what it shows."""

    id = serializers.IntegerField()
    alt_text = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=1000,
        help_text="Default: what was said of it when it was uploaded.",
    )  # fmt: skip
    needs_no_words = serializers.BooleanField(
        required=False, default=False, help_text="It needs no description."
    )


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
    is_part = serializers.BooleanField(
        required=False, default=False,
        help_text="The rest of the answer follows: the customer's wait goes on.",
    )  # fmt: skip
    pictures = ShownPicture(
        many=True, required=False, default=list, help_text="Uploaded before, in their order."
    )
    private = serializers.BooleanField(
        required=False, default=False,
        help_text="Only the customer reads it: once for a comment, where `private` of the thread allows.",
    )  # fmt: skip
    confirm = serializers.CharField(
        required=False, default="", max_length=64, allow_blank=True,
        help_text="`confirm` of a refusal with the code `needs_confirmation`: lets the same words through "
        "in spite of the personal data in them.",
    )  # fmt: skip


class ResolveRequest(Strict):
    """Why it is done."""

    resolution = serializers.ChoiceField(
        choices=[word.value for word in RESOLUTION_KEYS], required=False, default="", allow_blank=True,
        help_text="Default: `answered` when nobody waits for an answer, else `no_answer_needed`.",
    )  # fmt: skip
    reason = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)
    seen_version = serializers.IntegerField(
        required=False, default=None,
        help_text="Refuse when the customer has written since this `version`.",
    )  # fmt: skip


class SnoozeRequest(Strict):
    """Until when it is put aside."""

    until = serializers.DateTimeField(
        allow_null=True,
        help_text="A moment within the next year; null: until the customer writes.",
    )
    reason = serializers.CharField(
        required=False, default="", max_length=200, allow_blank=True,
        help_text="Needed when the customer would wait beyond the due time.",
    )  # fmt: skip
    seen_version = serializers.IntegerField(
        required=False, default=None,
        help_text="Refuse when the customer has written since this `version`.",
    )  # fmt: skip
