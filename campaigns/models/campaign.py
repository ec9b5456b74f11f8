"""What posts are written for: a goal with dates, and the people and units behind it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.lifecycle import CampaignState


class Campaign(models.Model):
    """Posts with one goal. `unit` owns it; the people of `partners` see it and write posts for it.

    `version` guards edits. `request_key` makes a second click harmless.
    """

    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.PROTECT, related_name="campaigns"
    )
    partners = models.ManyToManyField(
        "people.BusinessUnit", related_name="shared_campaigns", blank=True
    )
    owners = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="campaigns")
    name = models.CharField(_("name"), max_length=120)
    goal = models.TextField(_("goal"), blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    tags = models.JSONField(_("tags"), default=list)
    state = models.CharField(
        max_length=8,
        choices=[(s.value, s.value) for s in CampaignState],
        default=CampaignState.PLANNED,
    )
    request_key = models.UUIDField(unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_it_starts"
            )
        ]
        indexes = [
            # Reader: the list of campaigns, latest first.
            models.Index(fields=["-starts_on", "-id"], name="campaign_list"),
        ]

    def __str__(self) -> str:
        return self.name
