"""Who must agree to a post, who was asked, and what they said."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from campaigns.lifecycle import LIVE, ApprovalState, ReleaseState

_USER = settings.AUTH_USER_MODEL


class ApprovalPolicy(models.Model):
    """What approval the posts of a unit, or of a campaign, need: `steps` as `campaigns.approval.Step` keeps them.

    A request must be decided `hours_before` the post's time. Without steps nothing is needed.
    """

    unit = models.OneToOneField(
        "people.BusinessUnit", on_delete=models.CASCADE, null=True, related_name="approval_policy"
    )
    campaign = models.OneToOneField(
        "campaigns.Campaign", on_delete=models.CASCADE, null=True, related_name="approval_policy"
    )
    steps = models.JSONField(default=list)
    hours_before = models.PositiveSmallIntegerField(null=True)
    changed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "approval policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True) ^ Q(campaign__isnull=True),
                name="approval_policy_of_unit_or_campaign",
            )
        ]

    def __str__(self) -> str:
        return f"approval policy {self.pk}"


class ApprovalRequest(models.Model):
    """One revision of a post is put before those who must agree. `digest` is the revision's.

    `steps` are those of the policies at that time; `step` is the one that is open. After `expires_at` nobody can
    decide any more. A post has at most one request that is open or approved.
    """

    post = models.ForeignKey("campaigns.Post", on_delete=models.PROTECT, related_name="requests")
    revision = models.ForeignKey(
        "campaigns.PostRevision", on_delete=models.PROTECT, related_name="requests"
    )
    digest = models.CharField(max_length=64)
    steps = models.JSONField()
    step = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(
        max_length=9,
        choices=[(s.value, s.value) for s in ApprovalState],
        default=ApprovalState.OPEN,
    )
    asked_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post"],
                name="approval_one_live_per_post",
                condition=Q(state__in=sorted(LIVE)),
            )
        ]
        indexes = [
            # Reader: the worker that lets requests expire.
            models.Index(
                fields=["expires_at"],
                name="approval_expiring",
                condition=Q(state=ApprovalState.OPEN),
            )
        ]

    def __str__(self) -> str:
        return f"request {self.pk} for post {self.post_id}"

    @property
    def is_open(self) -> bool:
        """Whether somebody can still decide, as far as the state says."""
        return self.state == ApprovalState.OPEN


class ApprovalVoice(models.Model):
    """Somebody is asked for one step of a request, and what they said. `guest` spoke in their stead, by a link."""

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="voices")
    step = models.PositiveSmallIntegerField()
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=True)
    agrees = models.BooleanField(null=True)
    word = models.CharField(max_length=1000, blank=True)
    guest = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["step", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "step", "user"], name="approval_one_voice_each"
            ),
            models.CheckConstraint(
                condition=Q(is_open=False) | Q(agrees__isnull=True),
                name="approval_voice_open_until_said",
            ),
        ]
        indexes = [
            # Readers: what waits for me, and its number in the rail.
            models.Index(fields=["user"], name="approval_waiting", condition=Q(is_open=True)),
        ]

    def __str__(self) -> str:
        return f"voice of {self.user_id} in request {self.request_id}"


class ApprovalLink(models.Model):
    """A one-time address at which a guest speaks for somebody who is asked. Only a hash of its secret is kept."""

    voice = models.ForeignKey(ApprovalVoice, on_delete=models.PROTECT, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=2)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link {self.pk} of voice {self.voice_id}"


class PostComment(models.Model):
    """A word about a post among those who write and approve it; never sent."""

    post = models.ForeignKey("campaigns.Post", on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    text = models.CharField(max_length=1000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"comment {self.pk} on post {self.post_id}"


class EmergencyRelease(models.Model):
    """Two people let one revision out without approval, and why. One row stays for ever."""

    post = models.ForeignKey("campaigns.Post", on_delete=models.PROTECT, related_name="releases")
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)
    state = models.CharField(
        max_length=5,
        choices=[(s.value, s.value) for s in ReleaseState],
        default=ReleaseState.ASKED,
    )
    asked_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    given_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(given_by__isnull=True) | ~Q(given_by=F("asked_by")),
                name="release_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReleaseState.GIVEN) | Q(given_by__isnull=False),
                name="release_given_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["post"],
                name="release_one_live_per_post",
                condition=~Q(state=ReleaseState.VOID),
            ),
        ]

    def __str__(self) -> str:
        return f"release of post {self.post_id}"
