"""How images of the library look in the API, and what may be said about them."""

from typing import Any

from rest_framework import serializers

from campaigns.actions.library import LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_RIGHTS
from campaigns.models import LibraryImage
from campaigns.selectors.library import SHOWN
from opsconsole.kernel.api import PageQuery, Strict
from opsconsole.people.api.shapes import UnitShape


class ImageShape(serializers.ModelSerializer[LibraryImage]):
    """An image or film of a unit's library. `size` is in bytes, `sha256` that of the file as it is kept;
    `seconds` is how long a film is.
    """

    unit = UnitShape(read_only=True)

    class Meta:
        model = LibraryImage
        fields = [
            "id", "unit", "name", "content_type", "width", "height", "seconds", "size", "sha256", "alt_text",
            "needs_no_words", "rights", "rights_until", "created_at", "archived_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class ImageWords(Strict):
    """What is said of an image."""

    alt_text = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_DESCRIPTION,
        help_text="What it shows, for those who cannot see it.",
    )  # fmt: skip
    rights = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_RIGHTS,
        help_text="Who made it, and what you may do with it.",
    )  # fmt: skip
    rights_until = serializers.DateField(
        required=False, default=None, allow_null=True,
        help_text="The last day on which you may use it.",
    )  # fmt: skip


class ImageUpload(ImageWords):
    """An image for a unit's library; without a name it is called like its file."""

    unit = serializers.IntegerField()
    file: Any = serializers.FileField(
        help_text="JPEG, PNG, GIF or WebP (15 MB), or MP4 with H.264 (100 MB)."
    )
    name = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_NAME
    )


class ImageChange(ImageWords):
    """An image as it shall be called and described from now on, whole."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    needs_no_words = serializers.BooleanField(
        required=False, default=False, help_text="Mere decoration: nothing in it to be described."
    )
    version = serializers.IntegerField(help_text="The `version` you have read.")


class ImageQuery(PageQuery):
    """Which images to list: with all of these words in name, description or rights; of one unit; one view."""

    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    unit = serializers.IntegerField(required=False, default=None, allow_null=True)
    show = serializers.ChoiceField(choices=SHOWN, required=False, default="", allow_blank=True)
