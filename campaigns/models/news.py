"""What shall be told to people about posts: written with the act, handed on to whoever gives notices."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.news import NewsKind


class PostNews(models.Model):
    """Something to tell one person about a post, once per `key`. Leaves with `handed_at`."""

    post = models.ForeignKey("campaigns.Post", on_delete=models.CASCADE, related_name="news")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in NewsKind])
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "post news"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "key"], name="post_news_told_once")
        ]
        indexes = [
            # Reader: whoever hands them on.
            models.Index(fields=["id"], name="post_news_waiting", condition=Q(handed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
