"""Connected accounts and their credentials."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels.lifecycle import ChannelKind


class ChannelAccount(models.Model):
    """One connected profile, page or blog.

    `cursor` belongs to the adapter and moves only in the transaction that stored the items.
    `poll_lease_until` keeps two workers from polling one account; `next_allowed_at` parks the whole
    account while the platform asks for patience.
    """

    kind = models.CharField(
        _("channel"), max_length=10, choices=[(kind.value, kind.value) for kind in ChannelKind]
    )
    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.PROTECT, related_name="channel_accounts"
    )
    name = models.CharField(_("name"), max_length=120)
    handle = models.CharField(max_length=120, blank=True)
    external_id = models.CharField(max_length=190)
    url = models.URLField(max_length=500, blank=True)
    base_url = models.URLField(_("base address"), max_length=500, blank=True)
    poll_every = models.PositiveIntegerField(_("seconds between polls"), default=60)
    is_paused = models.BooleanField(_("paused"), default=False)
    needs_reconnect = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)
    cursor = models.JSONField(default=dict)
    poll_due_at = models.DateTimeField()
    poll_lease_until = models.DateTimeField(null=True)
    poll_fence = models.BigIntegerField(default=0)
    recheck_due_at = models.DateTimeField()
    next_allowed_at = models.DateTimeField(null=True)
    last_polled_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    last_gap = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["unit_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "base_url", "external_id"], name="account_connected_once"
            ),
            models.CheckConstraint(
                condition=models.Q(poll_every__gte=1), name="account_poll_every_positive"
            ),
        ]
        indexes = [
            # Reader: the poll tick.
            models.Index(
                fields=["poll_due_at"],
                name="account_poll_due",
                condition=models.Q(is_paused=False, needs_reconnect=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def can_speak(self) -> bool:
        """Whether anything may be sent as this account now."""
        return not (self.is_paused or self.needs_reconnect)


class Credential(models.Model):
    """The secrets of one account, encrypted with the keys in the settings."""

    account = models.OneToOneField(
        ChannelAccount, on_delete=models.CASCADE, related_name="credential"
    )
    sealed = models.BinaryField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"credential of {self.account_id}"
