"""Who is there when: shifts, what each operator can take on, whose turn it is, and what is passed on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Shift(models.Model):
    """Somebody is on duty in a unit, or in every unit when none is named, from one moment to another.

    The database refuses two shifts of one person that overlap in a unit (`shift_never_twice`).
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shifts"
    )
    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.CASCADE, null=True, related_name="shifts"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_starts"
            )
        ]
        indexes = [
            # Reader: who is on duty at a moment, and the roster of a week.
            models.Index(
                fields=["ends_at", "starts_at"],
                name="shift_by_time",
                condition=Q(cancelled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.starts_at:%Y-%m-%d %H:%M}"


class OperatorProfile(models.Model):
    """What one operator can take on: how much at once, in which languages, and whether they pause.

    Without `capacity` the desk's counts; without `languages` every language is as good as another.
    `away_until` is the end of a pause; it ends by itself.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="operator_profile"
    )
    capacity = models.PositiveSmallIntegerField(null=True)
    languages = models.JSONField(default=list)
    away_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"operator profile of {self.person_id}"


class Turn(models.Model):
    """When somebody was last given a conversation of a unit automatically: the longest ago is next."""

    unit = models.ForeignKey("people.BusinessUnit", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "person"], name="turn_once_per_unit")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.person_id}"


class HandOverNote(models.Model):
    """What one shift wants the next to know. Somebody of the next shift confirms having read it."""

    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.CASCADE, related_name="hand_over_notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hand_over_notes"
    )
    text = models.TextField()
    created_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        # Reader: the hand-over page, newest first.
        indexes = [models.Index(fields=["unit", "-id"], name="hand_over_note_by_unit")]

    def __str__(self) -> str:
        return f"hand-over note {self.pk}"
