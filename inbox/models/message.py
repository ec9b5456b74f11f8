"""What was said: messages as facts, replies as intentions, notes among ourselves."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from channels.types import CameAs, Visibility
from inbox.lifecycle import Direction, MessageKind
from inbox.models.conversation import Contact, Conversation


class Message(models.Model):
    """A fact on the platform, unique per account and external id. Ours and the customers' alike.

    `quiet_since` is when it stopped asking for an answer: it was removed, hidden or held for spam.
    `is_part` marks an answer of ours after which the customer still waits for the rest.
    `erased_at` is when its words were taken out, on request or for its age.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.PROTECT, related_name="messages"
    )
    external_id = models.CharField(max_length=190)
    direction = models.CharField(max_length=8, choices=[(d.value, d.value) for d in Direction])
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in MessageKind])
    visibility = models.CharField(
        max_length=8, choices=[(v.value, v.value) for v in Visibility], default=Visibility.PUBLIC
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, related_name="messages"
    )
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    delivery = models.OneToOneField(
        "channels.Delivery", on_delete=models.SET_NULL, null=True, related_name="message"
    )
    thread_external_id = models.CharField(max_length=190)
    parent_external_id = models.CharField(max_length=190, blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    permalink = models.URLField(max_length=600, blank=True)
    media = models.JSONField(default=list)
    posted_at = models.DateTimeField()
    landed_at = models.DateTimeField()
    came_as = models.CharField(
        max_length=8, choices=[(c.value, c.value) for c in CameAs], default=CameAs.LIVE
    )
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    quiet_since = models.DateTimeField(null=True)
    is_part = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True)
    #: How many people like it, where the platform tells; put there by whoever reads it for a screen.
    reactions: int | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "external_id"], name="message_landed_once"),
            models.CheckConstraint(
                condition=Q(direction=Direction.OUTBOUND) | Q(contact__isnull=False),
                name="message_inbound_has_contact",
            ),
        ]
        indexes = [
            # Reader: the thread, in the platform's order.
            models.Index(fields=["conversation", "posted_at", "id"], name="message_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.external_id}"

    @property
    def is_inbound(self) -> bool:
        """Whether a customer wrote it."""
        return self.direction == Direction.INBOUND


class MessageRevision(models.Model):
    """How a message read before its author changed it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="revisions")
    text = models.TextField(blank=True)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["replaced_at", "id"]

    def __str__(self) -> str:
        return f"revision of {self.message_id}"


class Reply(models.Model):
    """An operator's intention to answer. `request_key` comes with the form: sending twice is one reply.

    `approved_by` is the colleague who let it out, where its author may not send alone.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="replies"
    )
    answers = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="answered_by")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="replies"
    )
    text = models.TextField()
    request_key = models.UUIDField(unique=True)
    delivery = models.OneToOneField(
        "channels.Delivery", on_delete=models.PROTECT, related_name="reply"
    )
    resolve_after = models.BooleanField(default=False)
    is_part = models.BooleanField(default=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "replies"
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"reply {self.pk}"


class Note(models.Model):
    """A word among colleagues. Never leaves the house."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes"
    )
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"note {self.pk}"
