"""Which database this is: how the workers notice that a copy of it has taken its place."""

from django.db import models
from django.db.models import Q


class DatabaseMark(models.Model):
    """One row: the server and timeline on which this database was last seen at work, and when.

    A standby that is promoted, or a backup that is restored, brings the row along, but has another
    identity: what it was last told lies at about `seen_at`.
    """

    identity = models.CharField(max_length=60)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="database_mark_single")]

    def __str__(self) -> str:
        return f"{self.identity} at {self.seen_at}"
