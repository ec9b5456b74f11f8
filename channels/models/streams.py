"""What accounts are read for beside what speaks to them, and what stands above what customers write."""

from django.db import models

from channels.models.accounts import ChannelAccount
from channels.types import SideKind


class SideStream(models.Model):
    """Something an account is read for at an interval of its own. `query` is what a search looks for.

    `cursor` belongs to the adapter and moves only in the transaction that stored what was found; the ledger
    calls the stream by its kind. `walk_began_at` is when the first page of a walk was asked for that has not
    come to its end.
    """

    account = models.ForeignKey(
        ChannelAccount, on_delete=models.CASCADE, related_name="side_streams"
    )
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in SideKind])
    query = models.CharField(max_length=512, blank=True)
    cursor = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    walk_began_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    last_gap = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "kind"], name="stream_once_per_account")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"


class AncestorState(models.TextChoices):
    """What is known of a post above an item."""

    WANTED = "wanted", "wanted"
    FOUND = "found", "found"
    GONE = "gone", "gone"


class Ancestor(models.Model):
    """A post above an item that is no item itself: what a customer answers, as it looked when we read it.

    `level` counts from the item. One that is gone was deleted, or only others may see it.
    """

    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=190)
    parent_external_id = models.CharField(max_length=190, blank=True)
    state = models.CharField(max_length=6, choices=AncestorState, default=AncestorState.WANTED)
    level = models.PositiveSmallIntegerField(default=1)
    tries = models.PositiveSmallIntegerField(default=0)
    author_external_id = models.CharField(max_length=190, blank=True)
    author = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    permalink = models.URLField(max_length=600, blank=True)
    media = models.JSONField(default=list)
    posted_at = models.DateTimeField(null=True)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_id"], name="ancestor_once_per_account"
            )
        ]
        indexes = [
            # Reader: the poll, for what it still has to read.
            models.Index(
                fields=["account", "id"],
                name="ancestor_wanted",
                condition=models.Q(state=AncestorState.WANTED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.external_id}"


class NativePost(models.Model):
    """A post that somebody has scheduled on the platform itself. Read only; it goes when it is published there."""

    account = models.ForeignKey(
        ChannelAccount, on_delete=models.CASCADE, related_name="native_posts"
    )
    external_id = models.CharField(max_length=190)
    text = models.TextField(blank=True)
    due_at = models.DateTimeField()
    permalink = models.URLField(max_length=600, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_id"], name="native_post_once_per_account"
            )
        ]
        indexes = [
            # Reader: the calendar.
            models.Index(fields=["due_at"], name="native_post_due")
        ]

    def __str__(self) -> str:
        return f"native {self.external_id}"
