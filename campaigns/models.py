"""Posts that staff write ahead, and the placement of each on each account."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.lifecycle import PostState


class Post(models.Model):
    """One piece of news for several accounts.

    The writer's wall time (ISO 8601, no zone) and zone are kept beside the instant they mean, so that
    a change of the zone's rules can be noticed. `version` guards edits: two people cannot overwrite each other.
    """

    unit = models.ForeignKey("people.BusinessUnit", on_delete=models.PROTECT, related_name="posts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts"
    )
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PostState], default=PostState.DRAFT
    )
    local_time = models.CharField(_("local time"), max_length=19, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Seoul")
    publish_at = models.DateTimeField(_("publish at"), null=True)
    request_key = models.UUIDField(unique=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=PostState.DRAFT)
                | models.Q(state=PostState.CANCELLED)
                | models.Q(publish_at__isnull=False),
                name="post_scheduled_has_time",
            )
        ]
        indexes = [
            # Reader: the list of posts, latest time first.
            models.Index(fields=["unit", "-publish_at", "-id"], name="post_list"),
        ]

    def __str__(self) -> str:
        return self.title


class PostTarget(models.Model):
    """A post's placement on one account. Owns one delivery once the post is scheduled."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="targets")
    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.PROTECT, related_name="post_targets"
    )
    text = models.TextField(_("text for this channel"), blank=True)
    delivery = models.OneToOneField(
        "channels.Delivery", on_delete=models.PROTECT, null=True, related_name="post_target"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["post", "account"], name="target_once_per_account")
        ]

    def __str__(self) -> str:
        return f"{self.post_id} on {self.account_id}"

    @property
    def wording(self) -> str:
        """The text that goes out here: this channel's own, else the post's."""
        return self.text or self.post.body
