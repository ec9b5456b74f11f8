"""What the reports count from: the days of each unit, column by column, and which of them are stale."""

from django.db import models

from opsconsole.reports.lifecycle import Cohort, Family


class DayBook(models.Model):
    """One day of one unit, written anew as a whole: everything of a family that opened or ended then.

    `columns` holds `count` values of each column, one column after the other, as `reports.columns` lays
    them out; `tags` holds pairs of place and tag. `version` grows when either changes.
    """

    family = models.CharField(max_length=10, choices=[(f.value, f.value) for f in Family])
    cohort = models.CharField(max_length=6, choices=[(c.value, c.value) for c in Cohort])
    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)
    columns = models.BinaryField(default=b"")
    tags = models.BinaryField(default=b"")
    version = models.PositiveBigIntegerField(default=1)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Reader too: the days of a report.
            models.UniqueConstraint(
                fields=["family", "cohort", "unit", "day"], name="day_book_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.family} {self.cohort} {self.unit_id} {self.day}"


class StaleMark(models.Model):
    """Something changed that the day of this moment shows, in this unit: a worker makes its books anew.

    Written by the database itself, in the transaction that changes a wait or what belongs to it.
    """

    unit = models.ForeignKey(
        "people.BusinessUnit",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    moment = models.DateTimeField()
    marked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.unit_id} at {self.moment}"
