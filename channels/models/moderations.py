"""Acts on what stands on a platform: hide, approve, delete. Asked for by people, done by workers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from channels.lifecycle import ModerationState
from channels.models.accounts import ChannelAccount
from channels.types import ModerationVerb

_OPEN = [ModerationState.PLANNED, ModerationState.CLAIMED]


class Moderation(models.Model):
    """One act on one item, at most one under way at a time; asked again after its end it is a new row.

    `fence` grows with each claim: a worker that lost its lease can no longer write.
    """

    account = models.ForeignKey(
        ChannelAccount, on_delete=models.PROTECT, related_name="moderations"
    )
    external_id = models.CharField(max_length=190)
    verb = models.CharField(max_length=12, choices=[(v.value, v.value) for v in ModerationVerb])
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in ModerationState],
        default=ModerationState.PLANNED,
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    not_before = models.DateTimeField()
    deadline = models.DateTimeField()
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    retries = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    is_unseen = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_id"],
                name="moderation_one_under_way",
                condition=Q(state__in=_OPEN),
            ),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN) | Q(settled_at__isnull=False),
                name="moderation_end_has_a_time",
            ),
        ]
        indexes = [
            # Reader: the worker.
            models.Index(
                fields=["not_before", "id"],
                name="moderation_due",
                condition=Q(state=ModerationState.PLANNED),
            ),
            # Reader: the reaper.
            models.Index(
                fields=["lease_until"],
                name="moderation_leased",
                condition=Q(state=ModerationState.CLAIMED),
            ),
            # Reader: the inbox, bringing its messages up to date.
            models.Index(fields=["id"], name="moderation_unseen", condition=Q(is_unseen=True)),
            # Reader: a conversation, for what was last done to each of its messages.
            models.Index(fields=["account", "external_id", "-id"], name="moderation_by_item"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.external_id} {self.state}"

    @property
    def is_under_way(self) -> bool:
        """Whether a worker has it or will take it."""
        return self.state in _OPEN
