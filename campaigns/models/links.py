"""Addresses in posts, and what was found there."""

from django.db import models
from django.db.models import Q

from campaigns.lifecycle import LinkState


class LinkCheck(models.Model):
    """One address, and what answered when it was last looked up. Workers look, nobody else.

    `reason` says why it did not go well, as `channels.links.look_up` calls it. `next_at` is when it is to be
    looked up; empty while nobody wants to know.
    """

    #: The SHA-256 of the address: addresses are longer than an index holds.
    key = models.CharField(max_length=64, unique=True)
    url = models.TextField()
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in LinkState], default=LinkState.PENDING
    )
    reason = models.CharField(max_length=20, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    #: Where it leads in the end, if that is elsewhere.
    final_url = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    #: How often in a row nothing could be found out.
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            # Reader: the worker, what has waited longest first.
            models.Index(fields=["next_at"], name="link_due", condition=Q(next_at__isnull=False)),
            # Reader: the sweep of what nobody has asked about for long.
            models.Index(fields=["checked_at"], name="link_old"),
        ]

    def __str__(self) -> str:
        return self.url[:100]
