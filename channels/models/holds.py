"""Holds: what people have stopped, and what was under way at that moment."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from channels.models.accounts import ChannelAccount
from channels.models.deliveries import Delivery


class Hold(models.Model):
    """Nothing that it covers is armed between `placed_at` and `lifted_at`.

    `scope` names an entry of channels.scopes. Of `unit`, `account`, `target_id` and `phrase` those are
    filled that the scope needs; without any of them the whole house stands still. `target_id` and
    `target_name` are for scopes that other apps add.
    """

    scope = models.CharField(max_length=12)
    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.PROTECT, null=True, related_name="+"
    )
    account = models.ForeignKey(
        ChannelAccount, on_delete=models.PROTECT, null=True, related_name="holds"
    )
    target_id = models.BigIntegerField(null=True)
    target_name = models.CharField(max_length=200, blank=True)
    phrase = models.CharField(max_length=120, blank=True)
    with_answers = models.BooleanField(default=False)
    reason = models.CharField(max_length=500)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "unit", "account", "target_id", "phrase", "with_answers"],
                name="hold_in_force_once",
                condition=Q(lifted_at__isnull=True),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            # Reader: whoever arms a delivery, and the frame of every screen.
            models.Index(fields=["id"], name="hold_in_force", condition=Q(lifted_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk} on {self.scope}"

    @property
    def is_in_force(self) -> bool:
        """Whether it still stops anything."""
        return self.lifted_at is None


class HoldInFlight(models.Model):
    """A delivery that was armed, or of unclear fate, when a hold was placed: the hold came too late for it."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="in_flight")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["hold", "delivery"], name="in_flight_listed_once")
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} was {self.state}"
