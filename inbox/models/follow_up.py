"""What we have promised to customers, and whether we kept it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from inbox.lifecycle import FollowUpState
from inbox.models.conversation import Conversation
from inbox.models.message import Message
from opsconsole.kernel.clock import now


class FollowUp(models.Model):
    """A promise with a date and somebody who keeps it.

    `message` is the answer in which it was made, empty when it was noted by hand; `quote` is how it
    reads there. `told_at` is when its owner was told that it is due. A sentence that is no promise
    is stored as dropped, so that it is not proposed again.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="follow_ups"
    )
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, related_name="follow_ups"
    )
    quote = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="follow_ups"
    )
    state = models.CharField(
        max_length=8,
        choices=[(state.value, state.value) for state in FollowUpState],
        default=FollowUpState.OPEN,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "quote"],
                name="follow_up_once_per_sentence",
                condition=Q(message__isnull=False),
            )
        ]
        indexes = [
            # Readers: the page of promises, the hand-over list, and the beat that looks for due ones.
            models.Index(
                fields=["due_at", "id"], name="follow_up_open", condition=Q(state="open")
            ),
            # Reader: the page of kept promises, newest first.
            models.Index(
                fields=["-closed_at", "-id"], name="follow_up_kept", condition=Q(state="kept")
            ),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"

    @property
    def is_overdue(self) -> bool:
        """Whether its day has come and it is still open."""
        return self.state == FollowUpState.OPEN and self.due_at <= now()
