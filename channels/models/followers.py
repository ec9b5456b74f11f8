"""Who follows an account: how many on each day, and, where it is wanted, who came and who went."""

from django.db import models


class FollowerSample(models.Model):
    """How many followed an account on a day (in Seoul)."""

    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.CASCADE, related_name="follower_samples"
    )
    day = models.DateField()
    count = models.PositiveIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["account", "day"], name="follower_sample_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}: {self.count}"


class FollowerWatch(models.Model):
    """When an account's followers are counted next, and how far the reading of its list has come.

    The list is read only while `keeps_list`, page by page: walk after walk, each from `token` to its end.
    """

    account = models.OneToOneField(
        "channels.ChannelAccount", on_delete=models.CASCADE, related_name="follower_watch"
    )
    due_at = models.DateTimeField()
    keeps_list = models.BooleanField(default=False)
    walk = models.PositiveIntegerField(default=1)
    token = models.CharField(max_length=300, blank=True)
    walk_ended_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        # Reader: the tick that counts followers.
        indexes = [models.Index(fields=["due_at"], name="follower_watch_due")]

    def __str__(self) -> str:
        return f"followers of {self.account_id}"


class AccountFollower(models.Model):
    """Somebody who follows, or followed, an account. `came_at` is null for who was there before the first walk."""

    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.CASCADE, related_name="followers"
    )
    external_id = models.CharField(max_length=40)
    came_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    seen_walk = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_id"], name="account_follower_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.external_id} of {self.account_id}"
