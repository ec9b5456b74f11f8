"""How much a platform still lets an account, or all accounts of an application, ask."""

from django.db import models


def owner_of_account(account_id: int | str) -> str:
    """Return the owner's name of what an account has for itself."""
    return f"account:{account_id}"


def owner_of_app(app_key: str) -> str:
    """Return the owner's name of what all accounts of an application share."""
    return f"app:{app_key}"


class RateWindow(models.Model):
    """One window of a platform, as its answers tell it, less what has been taken since.

    `most` is null while no answer has told it: then one call at a time finds out, until `scouted_until`.
    With `heard_at` but without `most` the platform tells nothing about it. `heard_at` is null again when
    a window began anew and no answer has told its end. `holds` counts how often in a row the platform refused
    without saying for how long; nobody calls before `held_until`.
    """

    owner = models.CharField(max_length=60)
    endpoint = models.CharField(max_length=120, blank=True)
    span = models.CharField(max_length=16)
    is_share = models.BooleanField(default=False)
    most = models.PositiveIntegerField(null=True)
    remaining = models.IntegerField(null=True)
    ends_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    scouted_until = models.DateTimeField(null=True)
    holds = models.PositiveSmallIntegerField(default=0)
    held_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "endpoint", "span"], name="rate_window_once")
        ]
        indexes = [
            # Reader: the alarm, for what platforms refuse.
            models.Index(
                fields=["owner"], name="rate_window_refused", condition=models.Q(holds__gt=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.endpoint} {self.span}"

    @property
    def is_shared(self) -> bool:
        """Whether all accounts of an application share it."""
        return self.owner.startswith("app:")
