"""Answers that are written once and used often."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class SavedReply(models.Model):
    """A text behind a short word. Belongs to its owner alone, or is shared by a unit or by all units.

    `language` is that of the customers it is meant for; empty when it fits any. An archived one is
    offered no more, and its shortcut is free for another.
    """

    title = models.CharField(_("title"), max_length=80)
    shortcut = models.CharField(_("shortcut"), max_length=30)
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=12, blank=True)
    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.CASCADE, null=True, related_name="saved_replies"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="saved_replies"
    )
    used_count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "saved replies"
        constraints = [
            models.UniqueConstraint(
                Lower("shortcut"),
                "language",
                "unit",
                "owner",
                name="saved_reply_one_per_shortcut",
                condition=Q(archived_at__isnull=True),
                nulls_distinct=False,
            )
        ]
        indexes = [
            # Reader: the management page, by title.
            models.Index(fields=["title", "id"], name="saved_reply_by_title"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_archived(self) -> bool:
        """Whether it is offered no more."""
        return self.archived_at is not None
