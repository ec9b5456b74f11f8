"""How a business unit works its inbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.lifecycle import AssignmentMode


class Desk(models.Model):
    """One unit's ways of working. Units without a row work by the defaults below."""

    unit = models.OneToOneField(
        "people.BusinessUnit", on_delete=models.CASCADE, related_name="desk"
    )
    assignment_mode = models.CharField(
        _("automatic assignment"),
        max_length=12,
        choices=[(mode.value, mode.value) for mode in AssignmentMode],
        default=AssignmentMode.MANUAL,
    )
    capacity = models.PositiveSmallIntegerField(_("open conversations per operator"), default=12)
    return_after_minutes = models.PositiveIntegerField(
        _("give back when silent for (minutes)"), null=True, blank=True
    )
    reopen_hours = models.PositiveIntegerField(_("reopen within (hours)"), default=24)
    consult_minutes = models.PositiveIntegerField(
        _("answer a consult within (minutes)"), default=60
    )
    resolve_after_days = models.PositiveIntegerField(
        _("resolve when quiet for (days)"), null=True, blank=True
    )

    def __str__(self) -> str:
        return f"desk of {self.unit_id}"
