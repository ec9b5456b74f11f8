"""Who must be answered by when: calendars, service levels, and the waits that are measured by them."""

from django.conf import settings
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from inbox.models.conversation import Conversation
from inbox.models.message import Message
from inbox.wait_log import EndKind, WaitKind


class Calendar(models.Model):
    """When a unit is open. The one without a unit holds for every unit that has none of its own."""

    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.CASCADE, null=True, related_name="calendars"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], name="calendar_once_per_unit", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"calendar of {self.unit_id or 'the house'}"


class CalendarVersion(models.Model):
    """A calendar as it stood from some day on. Never changed: waits that ended keep theirs.

    `week` is seven lists of [opens, closes] in minutes after midnight, Monday first. `exceptions`
    maps a date to such a list (empty is closed). `country` closes its public holidays. `is_applied`
    tells whether the waits that are open have been measured anew.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    zone = models.CharField(max_length=64)
    week = models.JSONField()
    exceptions = models.JSONField(default=dict)
    country = models.CharField(max_length=2, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    is_applied = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "number"], name="calendar_version_counts_up"
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} v{self.number}"


class SlaPolicy(models.Model):
    """How soon customers are answered: in one unit or all, on one channel or all, at one priority or all.

    Targets are seconds; an empty one sets no limit. `by_calendar` counts open hours alone, otherwise
    day and night count. `is_applied` as for calendars.
    """

    name = models.CharField(_("name"), max_length=60)
    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.CASCADE, null=True, related_name="sla_policies"
    )
    channel = models.CharField(max_length=10, blank=True)
    priority = models.PositiveSmallIntegerField(null=True)
    first_s = models.PositiveIntegerField(null=True)
    next_s = models.PositiveIntegerField(null=True)
    resolution_s = models.PositiveIntegerField(null=True)
    by_calendar = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    is_applied = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "channel", "priority"],
                name="sla_policy_once_per_scope",
                condition=Q(is_active=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.name


class Closing(models.Model):
    """One resolve: lines up to message `through` wait no longer. Reopening by hand undoes it.

    Or the word of somebody (`by`, reason "elsewhere") that they were answered on the site itself.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="closings"
    )
    at = models.DateTimeField()
    through = models.BigIntegerField()
    reason = models.CharField(max_length=16, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Reader: the waits of a conversation, worked out anew.
            models.Index(fields=["conversation", "id"], name="closing_of_conversation"),
            # Reader: the reports' day books, a day at a time.
            models.Index(fields=["at"], name="closing_by_day"),
        ]

    def __str__(self) -> str:
        return f"closing of {self.conversation_id}"


class Wait(models.Model):
    """A customer waited for an answer. Kept true to `inbox.wait_log` by `inbox.actions.clocks`.

    `opened_at` is the customer's clock: the platform's time of the oldest line. `desk_opened_at` is the
    desk's: when we first had one. Seconds are whole and count from `opened_at` (`wall_s`, `biz_s` in open
    hours) or from `desk_opened_at` (`desk_biz_s`). `breached_at` is the due time that was missed.
    """

    # Only the columns that somebody looks by are indexed, below: a wait is written for every customer.
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="waits", db_index=False
    )
    seq = models.PositiveIntegerField()
    cycle = models.PositiveIntegerField()
    kind = models.CharField(max_length=5, choices=[(k.value, k.value) for k in WaitKind])
    is_reopened = models.BooleanField(default=False)
    opened_by = models.ForeignKey(
        Message,
        on_delete=models.SET_NULL,
        null=True,
        related_name="opened_waits",
        db_index=False,
    )
    opened_at = models.DateTimeField()
    desk_opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_kind = models.CharField(
        max_length=16, blank=True, choices=[(k.value, k.value) for k in EndKind]
    )
    end_reason = models.CharField(max_length=16, blank=True)
    replier = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    answer = models.ForeignKey(
        Message,
        on_delete=models.SET_NULL,
        null=True,
        related_name="ended_waits",
        db_index=False,
    )
    is_outside = models.BooleanField(default=False)
    double_answers = models.PositiveSmallIntegerField(default=0)
    assignee_at_end = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    unit_at_open = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit_at_end = models.ForeignKey(
        "people.BusinessUnit",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.PROTECT, related_name="waits", db_index=False
    )
    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=12, blank=True)
    calendar_version = models.ForeignKey(
        CalendarVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    policy = models.ForeignKey(
        SlaPolicy, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    by_calendar = models.BooleanField(default=False)
    target_s = models.PositiveIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    wall_s = models.PositiveIntegerField(null=True)
    biz_s = models.PositiveIntegerField(null=True)
    desk_biz_s = models.PositiveIntegerField(null=True)
    excluded_reason = models.CharField(max_length=16, blank=True)
    clock_suspect = models.BooleanField(default=False)
    is_backfill = models.BooleanField(default=False)
    #: Its first line came in late, by no fault of the desk: it is due by the desk's clock.
    is_late = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="wait_one_open", condition=Q(ended_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["conversation", "seq"],
                name="wait_counts_up",
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_kind="")
                | (Q(ended_at__isnull=False) & ~Q(end_kind="")),
                name="wait_ends_somehow",
            ),
        ]
        indexes = [
            # Reader: the sweep for breaches.
            models.Index(
                fields=["due_at"],
                name="wait_to_breach",
                condition=Q(ended_at__isnull=True, breached_at__isnull=True),
            ),
            # Reader: the sweep for warnings.
            models.Index(
                fields=["warn_at"],
                name="wait_to_warn",
                condition=Q(
                    ended_at__isnull=True, breached_at__isnull=True, warned_at__isnull=True
                ),
            ),
            # Reader: measuring all open waits anew.
            models.Index(fields=["id"], name="wait_open", condition=Q(ended_at__isnull=True)),
            # Reader: response times of a unit over a time, by when waits opened.
            models.Index(fields=["unit_at_open", "opened_at"], name="wait_by_unit"),
            # Reader: the same by when they ended.
            models.Index(fields=["unit_at_end", "ended_at"], name="wait_by_unit_end"),
            # Reader: response times of one person.
            models.Index(fields=["replier", "ended_at"], name="wait_by_replier"),
        ]

    def __str__(self) -> str:
        return f"wait {self.conversation_id}.{self.seq}"
