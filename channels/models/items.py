"""What platforms showed us, as it looked last."""

from django.db import models

from channels.models.accounts import ChannelAccount
from channels.types import CameAs, ItemKind, Visibility


class InboundItem(models.Model):
    """One item of one account, in its latest form. The inbox reads the rows that are `pending`.

    `digest` is the hash of what can change; an item that comes again unchanged touches nothing.
    `reactions` is no part of it: how often something is liked is no news.
    """

    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="items")
    external_id = models.CharField(max_length=190)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in ItemKind])
    visibility = models.CharField(
        max_length=8, choices=[(v.value, v.value) for v in Visibility], default=Visibility.PUBLIC
    )
    is_own = models.BooleanField(default=False)
    thread_external_id = models.CharField(max_length=190)
    parent_external_id = models.CharField(max_length=190, blank=True)
    author_external_id = models.CharField(max_length=190, blank=True)
    author = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    permalink = models.URLField(max_length=600, blank=True)
    context = models.CharField(max_length=600, blank=True)
    context_url = models.URLField(max_length=600, blank=True)
    media = models.JSONField(default=list)
    limits = models.JSONField(default=list)
    reactions = models.PositiveIntegerField(null=True)
    posted_at = models.DateTimeField()
    landed_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    #: When the platform was asked that told the form it has here: nothing older replaces it.
    as_of = models.DateTimeField(null=True)
    came_as = models.CharField(
        max_length=8, choices=[(c.value, c.value) for c in CameAs], default=CameAs.LIVE
    )
    #: When it is looked up again for edits and removals: ever more seldom, and never once it is old.
    recheck_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64)
    is_pending = models.BooleanField(default=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "external_id"], name="item_landed_once"),
        ]
        indexes = [
            # Reader: the ingester, oldest post first so that parents come before their answers.
            models.Index(
                fields=["posted_at", "id"],
                name="item_pending",
                condition=models.Q(is_pending=True),
            ),
            # Reader: the ingester, when a question arrives after our answer to it.
            models.Index(
                fields=["account", "parent_external_id"],
                name="item_own_answers",
                condition=models.Q(is_own=True),
            ),
            # Reader: counts of recent items, and reading a period again.
            models.Index(fields=["account", "-posted_at"], name="item_recent"),
            # Reader: the recheck of one account.
            models.Index(
                fields=["account", "recheck_at"],
                name="item_recheck",
                condition=models.Q(recheck_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"
