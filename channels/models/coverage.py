"""What has been read of an account, what is missing, and what is being read of its past."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from channels.lifecycle import HoleState, PastKind, PastState
from channels.models.accounts import ChannelAccount


class CoveredStretch(models.Model):
    """A stretch of time of which everything that one stream of an account showed is here.

    Half open, in the platform's time. Those of one stream neither overlap nor touch: they are joined.
    """

    account = models.ForeignKey(
        ChannelAccount, on_delete=models.CASCADE, related_name="covered", db_index=False
    )
    stream = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            # Readers: whoever extends the latest stretch; the timeline of an account.
            models.UniqueConstraint(
                fields=["account", "stream", "since"], name="covered_stretch_once"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="covered_stretch_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.since:%Y-%m-%d %H:%M:%S} to {self.until:%Y-%m-%d %H:%M:%S}"


class Hole(models.Model):
    """A stretch that was not read when it happened. `found` is how many items came in when it was filled.

    What its platform does not give out any more is lost, and stays named.
    """

    account = models.ForeignKey(
        ChannelAccount, on_delete=models.CASCADE, related_name="holes", db_index=False
    )
    stream = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=6, choices=[(s.value, s.value) for s in HoleState])
    found = models.PositiveIntegerField(default=0)
    noticed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="hole_has_time"),
            models.UniqueConstraint(fields=["account", "stream", "since"], name="hole_once"),
        ]
        # Reader: the timeline of an account, and whether a day of it is whole.
        indexes = [models.Index(fields=["account", "until"], name="hole_of_account")]

    def __str__(self) -> str:
        return f"{self.state} {self.stream} {self.since:%H:%M:%S} to {self.until:%H:%M:%S}"


class PastReading(models.Model):
    """An order to read some of an account's past: its history, a period once more, or a hole.

    Done by workers a few pages at a time, whenever it is due, and gone on with where it stood. `cursor`
    belongs to the adapter; null once there are no more pages. `known_after` is the item after which known
    ones are looked up next.
    """

    account = models.ForeignKey(
        ChannelAccount, on_delete=models.CASCADE, related_name="past_readings", db_index=False
    )
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in PastKind])
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in PastState], default=PastState.WAITING
    )
    hole = models.ForeignKey(Hole, on_delete=models.SET_NULL, null=True, related_name="readings")
    streams = models.JSONField(default=list)
    since = models.DateTimeField()
    until = models.DateTimeField()
    cursor = models.JSONField(default=dict, null=True)
    known_after = models.BigIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    fresh = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="past_has_time"),
        ]
        indexes = [
            # Reader: the worker that reads the past.
            models.Index(
                fields=["due_at"], name="past_due", condition=Q(state__in=["waiting", "reading"])
            ),
            # Reader: the account's page.
            models.Index(fields=["account", "-id"], name="past_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"
