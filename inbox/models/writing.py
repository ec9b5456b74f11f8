"""Answers before they are sent: drafts, who is answering what, and who is looking on.

Presence is a table although it lives for seconds: what ends without a word (a lid closed, a network lost)
must be seen to end, and one DELETE that returns rows tells which screens to tell. Redis would forget
silently, and a screen of forty rows would have to ask it forty times.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from inbox.lifecycle import LIVE_DRAFTS, DraftKind, DraftState, PresenceState
from inbox.models.conversation import Conversation
from inbox.models.message import Message

_LIVE = Q(state__in=[state.value for state in sorted(LIVE_DRAFTS)])


class Draft(models.Model):
    """A text on its way to becoming a reply or a note. Shared: colleagues of the unit see it.

    `base_version` and `base_at` are the conversation as its author last took note of it: what came
    later is news to this text. `request_key` becomes the reply's, so that a draft is sent once
    however often and from wherever it is sent. `revision` steps with every save: of two tabs that
    save, the one that has not seen the other's words is told. `park_reason` is the code of the
    refusal that parked it. `submitted_digest` stands for the words that approval was asked for: any
    others need it anew.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="drafts"
    )
    kind = models.CharField(
        max_length=8, choices=[(k.value, k.value) for k in DraftKind], default=DraftKind.REPLY
    )
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in DraftState],
        default=DraftState.WRITING,
    )
    text = models.TextField(blank=True)
    answers = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")
    is_private = models.BooleanField(default=False)
    resolve_after = models.BooleanField(default=False)
    is_part = models.BooleanField(default=False)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4)
    revision = models.PositiveIntegerField(default=1)
    base_version = models.BigIntegerField()
    base_at = models.DateTimeField()
    send_at = models.DateTimeField(null=True)
    park_reason = models.CharField(max_length=40, blank=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_digest = models.CharField(max_length=64, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "author", "kind"],
                name="draft_one_live_per_author",
                condition=_LIVE,
            ),
            models.CheckConstraint(
                condition=~Q(state=DraftState.SCHEDULED) | Q(send_at__isnull=False),
                name="draft_scheduled_has_its_time",
            ),
        ]
        indexes = [
            # Readers: the reports' day books, a day at a time.
            models.Index(
                fields=["submitted_at"],
                name="draft_submitted",
                condition=Q(submitted_at__isnull=False),
            ),
            models.Index(
                fields=["decided_at"], name="draft_decided", condition=Q(decided_at__isnull=False)
            ),
            # Reader: "my drafts", newest first.
            models.Index(
                fields=["author", "-updated_at", "-id"], name="draft_mine", condition=_LIVE
            ),
            # Reader: the drafts of one's units, newest first.
            models.Index(fields=["-updated_at", "-id"], name="draft_newest", condition=_LIVE),
            # Reader: the beat that sends what is due.
            models.Index(
                fields=["send_at"], name="draft_due", condition=Q(state=DraftState.SCHEDULED)
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk} {self.state}"

    @property
    def is_live(self) -> bool:
        """Whether anything can still become of it."""
        return self.state in LIVE_DRAFTS


class Lease(models.Model):
    """Who is answering a conversation at this moment. Ends by itself unless the writing goes on."""

    conversation = models.OneToOneField(
        Conversation, on_delete=models.CASCADE, related_name="lease"
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="leases"
    )
    taken_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        # Reader: the beat that clears what has ended.
        indexes = [models.Index(fields=["expires_at"], name="lease_ending")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.holder_id}"


class Presence(models.Model):
    """One open tab on a conversation, for as long as it gives signs of life."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="presences"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    tab = models.CharField(max_length=36)
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in PresenceState])
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "user", "tab"], name="presence_once_per_tab"
            )
        ]
        # Reader: the beat that clears tabs that fell silent.
        indexes = [models.Index(fields=["seen_at"], name="presence_silent")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.user_id} {self.state}"
