"""Asking a unit, or somebody outside the house, without giving the case away."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from inbox.lifecycle import ConsultState
from inbox.models.conversation import Conversation


class Consult(models.Model):
    """A question about a conversation to another unit, with a clock of its own (`due_at`).

    Answered by a person of that unit (`answered_by`) or by a guest (`guest_name`). Who is asked reads the
    conversation's messages while the question is open, and nothing else.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="consults"
    )
    unit = models.ForeignKey("people.BusinessUnit", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=9,
        choices=[(state.value, state.value) for state in ConsultState],
        default=ConsultState.OPEN,
    )
    question = models.TextField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    guest_name = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ConsultState.ANSWERED)
                | Q(answered_by__isnull=False)
                | ~Q(guest_name=""),
                name="consult_answered_by_somebody",
            )
        ]
        indexes = [
            # Readers: the list of a unit, its number in the rail, and the worker that lets consults expire.
            models.Index(
                fields=["unit", "due_at"],
                name="consult_open",
                condition=Q(state=ConsultState.OPEN),
            ),
            # Reader: what a unit was asked before.
            models.Index(fields=["unit", "-id"], name="consult_by_unit"),
        ]

    def __str__(self) -> str:
        return f"consult {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether an answer is still awaited."""
        return self.state == ConsultState.OPEN


class ConsultLink(models.Model):
    """A one-time address at which a guest without a login reads a consult and answers it.

    Only a hash of the address's secret is kept. `lines` are the numbers of the messages that are shown.
    """

    consult = models.ForeignKey(Consult, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=2)
    lines = models.JSONField(default=list)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link {self.pk} of consult {self.consult_id}"
