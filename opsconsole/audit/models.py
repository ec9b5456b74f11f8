"""The audit table. Rows are written once; the database itself refuses to change or delete them."""

from django.conf import settings
from django.db import models


class Activity(models.Model):
    """One act: who did what to which thing, with the details that matter."""

    at = models.DateTimeField(db_index=True)
    actor_kind = models.CharField(max_length=8)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=80)
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    unit_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            # Reader: the timeline of one conversation, post or account.
            models.Index(fields=["subject_type", "subject_id", "id"], name="activity_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.subject_type}:{self.subject_id}"
