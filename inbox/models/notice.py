"""What people are told."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from inbox.models.conversation import Conversation
from inbox.notices import Digest, NoticeKind


class NoticePreference(models.Model):
    """How one person wants to be told. People without a row are told on the bell alone.

    `muted` are kinds that are not even kept; `browser` are kinds that also knock at the desktop.
    `digest_at` is the hour, in the console's zone, at which unread notices go out by e-mail.
    `digested_at` is when that last happened: compare-and-set, so that two workers send one.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preference"
    )
    muted = models.JSONField(default=list)
    browser = models.JSONField(default=list)
    email = models.EmailField(blank=True)
    digest = models.CharField(
        max_length=8, choices=[(d.value, d.value) for d in Digest], default=Digest.NEVER
    )
    digest_at = models.PositiveSmallIntegerField(default=9)
    digested_at = models.DateTimeField(null=True)

    class Meta:
        # Reader: the sweep that sends digests.
        indexes = [
            models.Index(
                fields=["digest_at"], name="notice_digest", condition=~Q(digest=Digest.NEVER)
            )
        ]

    def __str__(self) -> str:
        return f"notices of {self.user_id}"


class Notice(models.Model):
    """Somebody is told something, once. `key` names the occasion, so that repeating it says nothing new."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(
        max_length=24, choices=[(kind.value, kind.value) for kind in NoticeKind]
    )
    key = models.CharField(max_length=120)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, null=True, related_name="notices"
    )
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "key"], name="notice_given_once")
        ]
        indexes = [
            # Reader: the list of one person, newest first.
            models.Index(fields=["user", "-id"], name="notice_by_user"),
            # Reader: the number on the bell, and the queue of what mentions me.
            models.Index(
                fields=["user", "kind", "conversation"],
                name="notice_unread",
                condition=Q(read_at__isnull=True),
            ),
            # Reader: the queue of what mentions me, read or not.
            models.Index(
                fields=["user", "conversation"],
                name="notice_mentions",
                condition=Q(kind=NoticeKind.MENTION),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
