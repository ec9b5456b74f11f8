"""Files of posts that people upload, and what became of each row."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.lifecycle import WORKED_ON, ImportRowState, ImportState


class Import(models.Model):
    """One uploaded file whose posts are one unit's.

    `content` is the file itself, kept until its rows are read; `digest` is its SHA-256, by which the same file
    is known again. `request_key` comes with the form: uploaded twice by one press is one import.
    `trouble` is the sentence with which the file was refused, in the language of whoever uploaded it.
    """

    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.PROTECT, related_name="imports"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="imports"
    )
    #: Who has asked for the posts to be made, or for taking them back: with their rights it is done.
    acting = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=4)
    digest = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    request_key = models.UUIDField(unique=True)
    state = models.CharField(
        max_length=9,
        choices=[(s.value, s.value) for s in ImportState],
        default=ImportState.READING,
    )
    trouble = models.CharField(max_length=300, blank=True)
    #: Key and heading of each column, in the order of the file.
    headings = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    #: All as drafts, whatever the file says.
    as_drafts = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Reader: the worker.
            models.Index(
                fields=["id"], name="import_open", condition=Q(state__in=sorted(WORKED_ON))
            ),
            # Readers: the list of former imports, and the look for the same file.
            models.Index(fields=["unit", "-id"], name="import_list"),
            models.Index(fields=["unit", "digest"], name="import_same"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """One row: what was typed, what will be made of it, what is wrong with it, and the post it became.

    `number` is what a spreadsheet shows beside the row. `cells` are emptied when the import is old.
    """

    upload = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=dict)
    #: Keys of the columns whose cells hold a formula or an error.
    formulas = models.JSONField(default=list)
    plan = models.JSONField(default=dict)
    #: When it would go out: what duplicates are looked for by.
    at = models.DateTimeField(null=True)
    faults = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    state = models.CharField(
        max_length=7,
        choices=[(s.value, s.value) for s in ImportRowState],
        default=ImportRowState.WAITING,
    )
    post = models.OneToOneField(
        "campaigns.Post", on_delete=models.SET_NULL, null=True, related_name="import_row"
    )
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="import_row_once")
        ]
        # Readers: the worker, and the numbers and lists on the screen.
        indexes = [models.Index(fields=["upload", "state", "number"], name="import_row_by_state")]

    def __str__(self) -> str:
        return f"row {self.number} of {self.upload_id}"
