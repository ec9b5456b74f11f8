"""Pictures that go out with answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from inbox.models.conversation import Conversation
from inbox.models.message import Reply
from inbox.models.writing import Draft


class Picture(models.Model):
    """A picture uploaded for an answer, made anew so that nothing but what one sees is in it.

    Without a reply it stands beside its uploader's draft; `draft` names the one that leaves later and
    takes it along. What goes out is told apart by number, never by name.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="pictures"
    )
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, null=True, related_name="pictures")
    draft = models.ForeignKey(Draft, on_delete=models.SET_NULL, null=True, related_name="pictures")
    file = models.FileField(upload_to="answers/%Y/%m/")
    content_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt_text = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [
            # Reader: the composer, and the sweep of what nobody sent.
            models.Index(
                fields=["conversation", "uploader"],
                name="picture_waiting",
                condition=Q(reply__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.file.name)
