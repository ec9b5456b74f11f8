"""Tables of people: users, business units, memberships."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from opsconsole.people.roles import Role


class Language(models.TextChoices):
    """Languages the console speaks."""

    KOREAN = "ko", _("Korean")
    ENGLISH = "en", _("English")


class Theme(models.TextChoices):
    """Light, dark, or whatever the device says."""

    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


#: Seconds in which people may choose to be able to take an answer back.
UNDO_CHOICES = {
    0: _("Off: answers leave at once"),
    5: _("5 seconds"),
    10: _("10 seconds"),
    20: _("20 seconds"),
    30: _("30 seconds"),
}


#: What a screen needs of a colleague whom it only names: for `.only()`, along a relation or not.
NAMING = ("username", "nickname", "photo")


class User(AbstractUser):
    """A person at the console. Customers see the nickname, colleagues also the photo."""

    nickname = models.CharField(_("nickname"), max_length=40)
    photo = models.ImageField(_("photo"), upload_to="people/", blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.KOREAN
    )
    theme = models.CharField(_("theme"), max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    #: Seconds in which an answer sent from the composer can be taken back; empty: the console's own.
    undo_seconds = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined,misc]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_case_insensitive")
        ]

    def __str__(self) -> str:
        return self.nickname or self.username

    @property
    def undo_window(self) -> int:
        """Seconds between pressing Send and leaving."""
        return settings.UNDO_SECONDS if self.undo_seconds is None else self.undo_seconds

    @property
    def photo_name(self) -> str:
        """The photo's file name, which changes with the photo; empty without one."""
        return self.photo.name.rsplit("/", 1)[-1] if self.photo else ""

    @property
    def photo_url(self) -> str:
        """Where signed-in colleagues find the photo: never a public address. No query."""
        return reverse("people:photo", args=[self.pk, self.photo_name]) if self.photo else ""


class BusinessUnit(models.Model):
    """Owner of accounts and conversations, and the boundary of what people see.

    A walled unit is seen by those with a role in it only: a role in every unit stops at its wall.
    """

    slug = models.SlugField(max_length=40, unique=True)
    name_ko = models.CharField(_("name in Korean"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    colour = models.CharField(_("colour"), max_length=16, default="blue")
    is_active = models.BooleanField(_("active"), default=True)
    is_walled = models.BooleanField(_("walled"), default=False)

    class Meta:
        ordering = ["id"]
        indexes = [
            # Reader: whoever signs in with a role in every unit: are there walls?
            models.Index(fields=["id"], name="unit_walled", condition=models.Q(is_walled=True)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_ko


class Membership(models.Model):
    """A role in one unit, or in every unit when `unit` is empty.

    Where replies need approval, somebody else lets them out: for newcomers, until a manager lifts it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(
        BusinessUnit, on_delete=models.CASCADE, related_name="memberships", null=True, blank=True
    )
    role = models.CharField(
        _("role"), max_length=16, choices=[(role.value, role.value) for role in Role]
    )
    needs_approval = models.BooleanField(_("replies need approval"), default=False)
    may_approve = models.BooleanField(_("may approve replies"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit"], name="membership_once_per_unit", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.unit or '*'}"
