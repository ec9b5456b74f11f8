"""Pictures and films that a unit keeps, to be used in its posts."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LibraryImage(models.Model):
    """A picture of a unit, made anew so that nothing but what one sees is in it, with its description and rights.

    A film is kept in the same way, rid of what its camera says of place and name; its small one stands for it.

    `sha256` is that of the file as it is kept: the same picture stands once in a unit. `rights` says who made
    it and what we may do with it, `rights_until` the last day of that. An archived picture is offered no more,
    but posts that name it keep it. `version` guards edits.
    """

    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.PROTECT, related_name="library_images"
    )
    file = models.FileField(upload_to="library/%Y/%m/")
    #: A small one, for lists.
    thumb = models.FileField(upload_to="library/%Y/%m/")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    #: In bytes.
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    #: How long a film is; none for a picture.
    seconds = models.FloatField(null=True)
    alt_text = models.CharField(_("description"), max_length=1000, blank=True)
    #: Decoration: there is nothing in it to be described.
    needs_no_words = models.BooleanField(_("it needs no description"), default=False)
    rights = models.CharField(_("rights"), max_length=500, blank=True)
    rights_until = models.DateField(_("rights until"), null=True)
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    version = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "sha256"],
                name="library_image_once_in_unit",
                condition=Q(archived_at__isnull=True),
            )
        ]
        indexes = [
            # Reader: the library and the choice of pictures, newest first.
            models.Index(
                fields=["unit", "-id"],
                name="library_image_list",
                condition=Q(archived_at__isnull=True),
            ),
            # Reader: what rights end soon.
            models.Index(
                fields=["rights_until"],
                name="library_image_rights",
                condition=Q(rights_until__isnull=False, archived_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_film(self) -> bool:
        """Whether it is a film."""
        return self.seconds is not None

    @property
    def lacks_words(self) -> bool:
        """Nobody has said yet what it shows."""
        return not self.alt_text and not self.needs_no_words

    def rights_ended(self, today: date) -> bool:
        """Say whether the last day of its rights lies behind us."""
        return self.rights_until is not None and self.rights_until < today
