"""How imports look in the API, and what may be said about them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.api.shapes import PostQuery
from campaigns.importing.words import say
from campaigns.lifecycle import ImportRowState, ImportState
from campaigns.models import ImportRow
from opsconsole.kernel.api import KeyedRequest, PageQuery, Strict
from opsconsole.people.api.shapes import PersonShape, UnitShape

STATES = [state.value for state in ImportState]
ROW_STATES = [state.value for state in ImportRowState]


class CountsShape(serializers.Serializer[Any]):
    """How many rows have come to what. `warned` and `scheduled` are of those that are good."""

    waiting = serializers.IntegerField()
    good = serializers.IntegerField()
    faulty = serializers.IntegerField()
    made = serializers.IntegerField()
    failed = serializers.IntegerField()
    undone = serializers.IntegerField()
    kept = serializers.IntegerField()
    warned = serializers.IntegerField()
    scheduled = serializers.IntegerField()


class ImportShape(serializers.Serializer[Any]):
    """A file of posts and how far it has come. `trouble` says why it was refused."""

    id = serializers.IntegerField(source="upload.pk")
    state = serializers.ChoiceField(choices=STATES, source="upload.state")
    unit = UnitShape(source="upload.unit")
    uploaded_by = PersonShape(source="upload.uploaded_by")
    name = serializers.CharField(source="upload.name")
    sha256 = serializers.CharField(source="upload.digest")
    trouble = serializers.CharField(source="upload.trouble", allow_blank=True)
    total = serializers.IntegerField(source="upload.total")
    rows = CountsShape(source="*")
    created_at = serializers.DateTimeField(source="upload.created_at")
    finished_at = serializers.DateTimeField(source="upload.finished_at", allow_null=True)


class ImportBrief(serializers.Serializer[Any]):
    """A former import in a list."""

    id = serializers.IntegerField(source="pk")
    state = serializers.ChoiceField(choices=STATES)
    unit = UnitShape()
    uploaded_by = PersonShape()
    name = serializers.CharField()
    sha256 = serializers.CharField(source="digest")
    total = serializers.IntegerField()
    made = serializers.IntegerField(source="made_count", help_text="Posts it has written.")
    created_at = serializers.DateTimeField()


class ProblemShape(serializers.Serializer[Any]):
    """What is wrong with a row, or wants a second look. `code` is stable; the words are the reader's."""

    code = serializers.CharField()
    column = serializers.CharField(allow_blank=True, help_text="Its heading; empty for the row.")
    detail = serializers.CharField(source="sentence")
    post = serializers.IntegerField(allow_null=True, help_text="The post it is about.")


class ImportRowShape(serializers.ModelSerializer[ImportRow]):
    """One row. `cells` are what was typed, by column; `plan` is what will be made of it."""

    state = serializers.ChoiceField(choices=ROW_STATES, read_only=True)
    cells = serializers.DictField(child=serializers.CharField(), read_only=True)
    plan = serializers.DictField(read_only=True)
    faults = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = ImportRow
        fields = ["number", "state", "cells", "plan", "faults", "warnings", "post"]
        read_only_fields = fields

    @extend_schema_field(ProblemShape(many=True))
    def get_faults(self, row: ImportRow) -> Any:
        """Say what stops it."""
        return ProblemShape(say(row.faults), many=True).data

    @extend_schema_field(ProblemShape(many=True))
    def get_warnings(self, row: ImportRow) -> Any:
        """Say what wants a second look."""
        return ProblemShape(say(row.warnings), many=True).data


class ImportRequest(KeyedRequest):
    """A file of posts for a unit."""

    file: Any = serializers.FileField(
        help_text="Excel (.xlsx) or CSV, at most 5 MB and 2,000 rows. One row is one post.",
        allow_empty_file=True,
    )
    unit = serializers.IntegerField()


class CommitRequest(Strict):
    """What shall become of the good rows."""

    as_drafts = serializers.BooleanField(
        required=False, default=False, help_text="All as drafts, whatever the file says."
    )


class RowQuery(PageQuery):
    """Which rows to list."""

    state = serializers.ChoiceField(choices=ROW_STATES, required=False, default="")


class ExportQuery(PostQuery):
    """Which posts to export, and as what."""

    cursor = None  # type: ignore[assignment]  # the whole list is one file
    limit = None  # type: ignore[assignment]
    file = serializers.ChoiceField(choices=["csv", "xlsx"], required=False, default="csv")
