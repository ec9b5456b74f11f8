"""Lists that people have kept under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A view of the queue with its filters, as the address has them. With a unit it is shared with it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.CASCADE, null=True, related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000, blank=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "owner", Lower("name"), name="saved_view_named_once", condition=Q(unit__isnull=True)
            ),
            models.UniqueConstraint(
                "unit", Lower("name"), name="saved_view_named_once_in_unit",
                condition=Q(unit__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class HomeView(models.Model):
    """The saved view that somebody's inbox opens with."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="home_view"
    )
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="home_of")

    def __str__(self) -> str:
        return f"{self.user_id} {self.view_id}"
