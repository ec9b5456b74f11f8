"""Campaigns tried out beforehand, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.lifecycle import REHEARSING, RehearsalState
from campaigns.rehearsal.misfortunes import Faults

_USER = settings.AUTH_USER_MODEL


class Rehearsal(models.Model):
    """One trial run of a campaign, at `speed` times the speed, against imitated platforms.

    `run` names the process that conducts it, `heard_at` is its last sign of life. `progress` and
    `report` are what it tells, as `campaigns.rehearsal` keeps them. `reason` says in a word why it failed.
    """

    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.CASCADE, related_name="rehearsals"
    )
    state = models.CharField(
        max_length=9,
        choices=[(s.value, s.value) for s in RehearsalState],
        default=RehearsalState.QUEUED,
    )
    speed = models.PositiveSmallIntegerField()
    skips_gaps = models.BooleanField()
    faults = models.CharField(max_length=8, choices=[(f.value, f.value) for f in Faults])
    seed = models.PositiveIntegerField()
    request_key = models.UUIDField(unique=True)
    asked_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    run = models.UUIDField(null=True)
    heard_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    progress = models.JSONField(default=dict)
    report = models.JSONField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            # One at a time in the whole installation, whoever starts them.
            models.UniqueConstraint(
                fields=["state"],
                name="rehearsal_one_runs",
                condition=Q(state=RehearsalState.RUNNING),
            ),
            models.UniqueConstraint(
                fields=["campaign"],
                name="rehearsal_one_live_per_campaign",
                condition=Q(state__in=sorted(REHEARSING)),
            ),
        ]
        indexes = [
            # Reader: the list of a campaign's rehearsals, newest first.
            models.Index(fields=["campaign", "-id"], name="rehearsal_list"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"rehearsal {self.pk} of campaign {self.campaign_id}"

    @property
    def is_live(self) -> bool:
        """Whether it waits for its turn or is under way."""
        return self.state in REHEARSING
