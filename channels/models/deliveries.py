"""Intentions on their way to a platform. The rules of exactly once are constraints here."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from channels.lifecycle import SETTLED, UNPERMITTED, DeliveryState, LateRule
from channels.models.accounts import ChannelAccount
from channels.types import ANSWERS, FollowKind, OutgoingKind

_STATES = [(state.value, state.value) for state in DeliveryState]


class Delivery(models.Model):
    """One text for one account, once.

    `origin` is unique and names what asked for it ("reply:17", "target:4"), so asking twice cannot
    send twice. `fence` grows with each claim: a worker that lost its lease can no longer write.

    `content_hash` stands for what it says, in the words of whoever asked; with `needs_permit` it leaves
    only while `permitted_hash`, which people gave, is the same.

    What `follows` another delivery is blocked until that one stands on its platform, and then carries
    its number or its address, as `follow_kind` says. `article` is what only a blog takes.
    """

    origin = models.CharField(max_length=80, unique=True)
    account = models.ForeignKey(
        ChannelAccount, on_delete=models.PROTECT, related_name="deliveries"
    )
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in OutgoingKind])
    state = models.CharField(max_length=12, choices=_STATES, default=DeliveryState.PLANNED)
    text = models.TextField()
    title = models.CharField(max_length=300, blank=True)
    reply_to = models.CharField(max_length=190, blank=True)
    thread = models.CharField(max_length=190, blank=True)
    nonce = models.CharField(max_length=40, unique=True)
    #: What was uploaded, and until when a later try may go on with it.
    media_handles = models.JSONField(default=list)
    handles_until = models.DateTimeField(null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    priority = models.PositiveSmallIntegerField(default=5)
    not_before = models.DateTimeField()
    deadline = models.DateTimeField()
    #: What becomes of it once its deadline has passed.
    late_rule = models.CharField(
        max_length=4, choices=[(r.value, r.value) for r in LateRule], default=LateRule.SEND
    )
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    attempts_made = models.PositiveIntegerField(default=0)
    retries = models.PositiveIntegerField(default=0)
    empty_reads = models.PositiveIntegerField(default=0)
    ambiguous_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=190, blank=True)
    url = models.URLField(max_length=600, blank=True)
    sent_at = models.DateTimeField(null=True)
    #: The platform's own time of creation, where it told one.
    posted_at = models.DateTimeField(null=True)
    is_held_by_host = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    is_unseen = models.BooleanField(default=False)
    needs_permit = models.BooleanField(default=False)
    content_hash = models.CharField(max_length=64, blank=True)
    permitted_hash = models.CharField(max_length=64, blank=True)
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followers"
    )
    follow_kind = models.CharField(
        max_length=8, blank=True, choices=[(k.value, k.value) for k in FollowKind]
    )
    is_blocked = models.BooleanField(default=False)
    article = models.JSONField(default=dict)
    #: What stops it, or stopped it when it became due; nothing with a hold is claimed.
    hold = models.ForeignKey(
        "channels.Hold",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="stopped",
    )

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            # No road of the code leads an unpermitted delivery to a platform.
            models.CheckConstraint(
                condition=Q(needs_permit=False)
                | Q(state__in=sorted(UNPERMITTED))
                | (~Q(content_hash="") & Q(permitted_hash=F("content_hash"))),
                name="delivery_permitted_before_it_moves",
            ),
            models.CheckConstraint(
                condition=Q(is_blocked=False) | Q(follows__isnull=False),
                name="delivery_blocked_by_another",
            ),
            models.UniqueConstraint(
                fields=["account", "external_id"],
                name="delivery_one_per_external_id",
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                condition=~Q(state=DeliveryState.SENT) | ~Q(external_id=""),
                name="delivery_sent_has_external_id",
            ),
        ]
        indexes = [
            # Reader: the dispatcher. With the number, for those that are due in one second.
            models.Index(
                fields=["priority", "not_before", "id"],
                name="delivery_due",
                condition=Q(
                    state__in=[
                        DeliveryState.PLANNED,
                        DeliveryState.READY,
                        DeliveryState.RETRY_WAIT,
                    ]
                ),
            ),
            # Readers: the dispatcher, closing what nobody let out, and who warns of it.
            models.Index(
                fields=["not_before"],
                name="delivery_awaiting",
                condition=Q(state=DeliveryState.AWAITING),
            ),
            # Reader: the reaper.
            models.Index(
                fields=["lease_until"],
                name="delivery_leased",
                condition=Q(
                    state__in=[
                        DeliveryState.CLAIMED,
                        DeliveryState.PREPARED,
                        DeliveryState.ARMED,
                        DeliveryState.RECONCILING,
                    ]
                ),
            ),
            # Reader: the reconciler.
            models.Index(
                fields=["next_look_at"],
                name="delivery_ambiguous",
                condition=Q(state=DeliveryState.AMBIGUOUS),
            ),
            # Reader: inbox and campaigns, settling their own rows.
            models.Index(fields=["id"], name="delivery_unseen", condition=Q(is_unseen=True)),
            # Reader: the lists of deliveries that are not sent, and how many need a decision.
            models.Index(
                fields=["-id"],
                name="delivery_not_sent",
                condition=Q(state__in=sorted(set(DeliveryState) - {DeliveryState.SENT})),
            ),
            # Reader: the board of what was missed, latest first.
            models.Index(
                fields=["-not_before", "-id"],
                name="delivery_missed",
                condition=Q(
                    state__in=[DeliveryState.MISSED, DeliveryState.FAILED, DeliveryState.HELD]
                ),
            ),
            # Reader: the screen of holds, for what is stopped and what waits for review.
            models.Index(
                fields=["hold", "not_before"],
                name="delivery_on_hold",
                condition=Q(hold__isnull=False),
            ),
            # Reader: letting go, or stopping, what follows another delivery.
            models.Index(fields=["id"], name="delivery_blocked", condition=Q(is_blocked=True)),
            # Reader: the delivery list of one account, newest first.
            models.Index(fields=["account", "-id"], name="delivery_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.state}"

    @property
    def is_answer(self) -> bool:
        """Whether it answers a customer, publicly or not: what hangs under a post of ours does not."""
        return self.kind in ANSWERS and self.follows_id is None

    @property
    def is_permitted(self) -> bool:
        """Whether it may leave: nobody has to let it out, or somebody has let out just this."""
        return not self.needs_permit or (
            self.content_hash != "" and self.permitted_hash == self.content_hash
        )

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens without a person."""
        return self.state in SETTLED


class DeliveryMedia(models.Model):
    """A file that goes out with a delivery."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="media")
    file = models.FileField(upload_to="outgoing/%Y/%m/")
    content_type = models.CharField(max_length=60)
    alt_text = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.file.name)


class DeliveryAttempt(models.Model):
    """One create call: written before its first byte, completed once. Rows are never reused."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    #: Whose budget it came from; empty for what was before there were budgets.
    account = models.ForeignKey(
        ChannelAccount, on_delete=models.CASCADE, null=True, db_index=False, related_name="+"
    )
    number = models.PositiveIntegerField()
    worker = models.CharField(max_length=80, blank=True)
    armed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, null=True)  # noqa: DJ001 - NULL is "still open"
    http_status = models.PositiveSmallIntegerField(null=True)
    detail = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempt_numbered_once"),
            models.UniqueConstraint(
                fields=["delivery"],
                name="attempt_one_unresolved",
                condition=Q(outcome__isnull=True),
            ),
        ]
        indexes = [
            # Reader: the watch, for how late the first calls of the last hour were.
            models.Index(fields=["armed_at"], name="attempt_armed"),
            # Reader: the budget of an account.
            models.Index(fields=["account", "armed_at"], name="attempt_by_account"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.delivery_id}"
