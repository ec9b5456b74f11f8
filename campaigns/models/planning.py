"""What the calendar keeps: how much an account should say a day, and secret addresses for other programs."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DailyGoal(models.Model):
    """How many posts a day an account should have: from `low` to `high`."""

    account = models.OneToOneField(
        "channels.ChannelAccount", on_delete=models.CASCADE, related_name="daily_goal"
    )
    low = models.PositiveSmallIntegerField(_("at least"))
    high = models.PositiveSmallIntegerField(_("at most"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(high__gte=models.F("low")) & models.Q(high__gte=1),
                name="goal_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.low}-{self.high} on {self.account_id}"


class CalendarFeed(models.Model):
    """A secret address at which a person's calendar program reads the posts that person may see.

    Only a digest of the secret is kept. One person has one at most.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"feed of {self.user_id}"
