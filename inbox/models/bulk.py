"""One act upon many conversations, and what became of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from inbox.lifecycle import BulkAct, BulkState
from inbox.models.conversation import Conversation


class BulkJob(models.Model):
    """An act that somebody asked for on a selection. `values` is what the act needs besides.

    `request_key` comes with the form: asked twice is one job. `undoes` is the job it takes back.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bulk_jobs"
    )
    act = models.CharField(max_length=12, choices=[(act.value, act.value) for act in BulkAct])
    values = models.JSONField(default=dict)
    total = models.PositiveIntegerField()
    request_key = models.UUIDField(unique=True)
    undoes = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="undone_by"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Reader: the worker.
            models.Index(
                fields=["id"], name="bulk_job_open", condition=Q(finished_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"


class BulkRow(models.Model):
    """One conversation of a job. `before` is what undoing it needs to know."""

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="rows")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="bulk_rows"
    )
    seen_version = models.BigIntegerField()
    state = models.CharField(
        max_length=8,
        choices=[(state.value, state.value) for state in BulkState],
        default=BulkState.WAITING,
    )
    reason = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "conversation"], name="bulk_row_once_per_job")
        ]
        # Readers: the worker, and the numbers on the screen.
        indexes = [models.Index(fields=["job", "state", "id"], name="bulk_row_by_state")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.conversation_id}"
