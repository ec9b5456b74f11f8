"""Money: what an account has cost, by day and kind, and what was read on a day."""

from django.db import models


class Spending(models.Model):
    """What one account has cost on one day (UTC) for one kind of thing, at the prices of that day."""

    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.CASCADE, related_name="spendings"
    )
    day = models.DateField()
    kind = models.CharField(max_length=12)
    count = models.PositiveIntegerField(default=0)
    amount = models.DecimalField(max_digits=12, decimal_places=4, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "day", "kind"], name="spending_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day} {self.kind}: {self.amount}"


class PaidRead(models.Model):
    """Something of a platform that an application has read on a day: reading it again that day is free."""

    owner = models.CharField(max_length=60)
    day = models.DateField()
    is_person = models.BooleanField()
    external_id = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "owner", "is_person", "external_id"], name="paid_read_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.day} {self.external_id}"
