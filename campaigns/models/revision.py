"""What a post said at each moment somebody saved it."""

from django.conf import settings
from django.db import models


class PostRevision(models.Model):
    """One saved form of a post, never changed (the database refuses). Approval is given to its `digest`.

    `content` is what `campaigns.contents` makes of a post: texts, accounts, time, campaign. `digest` is the
    SHA-256 of its canonical form, so that equal content has an equal digest. `brought_back` is the
    number of the earlier revision that this one repeats.
    """

    post = models.ForeignKey("campaigns.Post", on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    brought_back = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="post_revision_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of post {self.post_id}"
