"""What somebody types into the form of a post, kept until it is saved."""

from django.conf import settings
from django.db import models


class Scratch(models.Model):
    """The fields of a form as they were a moment ago. `key` is that of the request the form will make.

    Belongs to one person; `post` is empty while the post is new. No act of note, so nothing is recorded.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    post = models.ForeignKey(
        "campaigns.Post", on_delete=models.CASCADE, null=True, related_name="+"
    )
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "scratches"
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="scratch_one_per_form"),
        ]
        indexes = [
            # Reader: the form of a new post, for what was begun before.
            models.Index(fields=["user", "-saved_at"], name="scratch_latest"),
        ]

    def __str__(self) -> str:
        return f"scratch of {self.user_id}"

    @property
    def gist(self) -> str:
        """The first words of it, to recognise it by."""
        said = [*self.fields.get("title", []), *self.fields.get("body", [])]
        return next((" ".join(text.split())[:60] for text in said if text.strip()), "")
