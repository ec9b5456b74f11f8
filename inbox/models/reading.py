"""Who has seen what."""

from django.conf import settings
from django.db import models

from inbox.models.conversation import Conversation


class ReadMark(models.Model):
    """How far somebody has read a conversation.

    `message` is the number of the newest message they saw: numbers grow in the order in which lines
    reach us, whatever the platform's time says. `version` is the conversation's when they looked.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="read_marks"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="read_marks"
    )
    message = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Also the reader of the dots in the queue: one person, a page of conversations.
            models.UniqueConstraint(
                fields=["user", "conversation"], name="conversation_read_by_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} has read {self.conversation_id} up to {self.version}"
