"""Alarms: that sending is late, or that the clock of the workers is silent."""

from django.db import models
from django.db.models import Q

from channels.lifecycle import AlarmKind


class Alarm(models.Model):
    """Something has been wrong with the sending since `began_at`; one of a kind at a time.

    `told_at` is when the administrators were told: once for each alarm.
    """

    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in AlarmKind])
    began_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], name="alarm_one_of_a_kind", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} since {self.began_at}"
