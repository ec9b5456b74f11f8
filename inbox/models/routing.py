"""Where conversations go by themselves, what became of it, and where they have been."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.lifecycle import HandOverReason, StayCause, TrialState
from inbox.models.conversation import Conversation

#: How often a rule may hit in an hour before it is taken for a mistake and switched off.
HITS_PER_HOUR = 5_000


class RoutingRule(models.Model):
    """What to do with a conversation that opens and meets the conditions; read in the order of `position`.

    `conditions` and `outcome` hold the fields of `inbox.routing.Conditions` and `Outcome`. `revision`
    grows when either changes; only the revision that has been tried may be switched on.
    `on_old_lines`: also for conversations whose first line is older than a day when it lands.
    """

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField()
    is_on = models.BooleanField(default=False)
    conditions = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    on_old_lines = models.BooleanField(default=False)
    most_per_hour = models.PositiveIntegerField(default=HITS_PER_HOUR)
    revision = models.PositiveIntegerField(default=1)
    tried_revision = models.PositiveIntegerField(default=0)
    tripped_at = models.DateTimeField(null=True)
    hits = models.PositiveBigIntegerField(default=0)
    last_hit_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_tried(self) -> bool:
        """Whether the rule as it stands has been tried on the past."""
        return self.tried_revision == self.revision


class RuleRun(models.Model):
    """A rule has met a conversation: once, for ever. `outcome` is what it decided there."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="rule_runs"
    )
    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="runs")
    outcome = models.JSONField(default=dict)
    ran_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "rule"], name="rule_runs_once_per_conversation"
            )
        ]
        indexes = [
            # Readers: the breaker (how often in the last hour), and the newest hits of a rule.
            models.Index(fields=["rule", "-ran_at"], name="rule_run_by_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} on {self.conversation_id}"


class RuleTrial(models.Model):
    """A rule tried on what opened in the last 30 days. Changes nothing; a worker fills `result`.

    `reached` is the number of the last conversation looked at: a worker that dies leaves it to the next.
    """

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="trials")
    revision = models.PositiveIntegerField()
    state = models.CharField(
        max_length=8,
        choices=[(state.value, state.value) for state in TrialState],
        default=TrialState.WAITING,
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    since = models.DateTimeField()
    total = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    reached = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Reader: the worker that looks for trials to go on with.
            models.Index(
                fields=["id"], name="rule_trial_open", condition=Q(finished_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"trial {self.pk} of {self.rule_id}"


class UnitStay(models.Model):
    """A conversation's time in one unit, from when to when, and how it came there.

    The first stay in the account's own unit is written down when it ends; before that the conversation
    itself says it. A stay that began with a hand-over tells what it ended: `came_from`, the rule that had
    sent it there (`wrong_rule`; empty: the account), `lost_seconds` that the customer waited there, and
    whether the conversation has been in this unit before (`is_return`).
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="stays")
    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey("people.BusinessUnit", on_delete=models.PROTECT, related_name="+")
    came_by = models.CharField(
        max_length=9, choices=[(cause.value, cause.value) for cause in StayCause]
    )
    rule = models.ForeignKey(
        RoutingRule, on_delete=models.SET_NULL, null=True, related_name="stays"
    )
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(
        max_length=12, blank=True, choices=[(word.value, word.value) for word in HandOverReason]
    )
    words = models.CharField(max_length=500, blank=True)
    came_from = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.PROTECT, null=True, related_name="+"
    )
    wrong_rule = models.ForeignKey(
        RoutingRule, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    lost_seconds = models.PositiveBigIntegerField(default=0)
    is_return = models.BooleanField(default=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="stay_one_open", condition=Q(ended_at__isnull=True)
            )
        ]
        indexes = [
            # Reader: the matrix of mis-routes, by period.
            models.Index(
                fields=["began_at", "came_from", "unit"],
                name="stay_misroutes",
                condition=Q(reason=HandOverReason.WRONG_UNIT),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} in {self.unit_id}"
