"""Posts that repeat: the rule, the texts that go round, and where they go."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.recurrence import Frequency, Rule


class Series(models.Model):
    """A rule by which posts are written ahead, one for each local date it falls on.

    `texts` go round; `wording` maps account ids to words of their own. `skipped` lists the local dates
    left out. `revision` steps with every change: posts of an older one are yet to follow. Up to the
    local date `written_to` all posts are as the series wants them; empty means that work is waiting.
    `last_on` is the day the rule ends on, worked out from it. A change of "this and following" ends one
    series and begins another that `continues` it, its numbers going on from `first_number`.
    """

    unit = models.ForeignKey("people.BusinessUnit", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, null=True, related_name="+"
    )
    accounts = models.ManyToManyField("channels.ChannelAccount", related_name="+")
    title = models.CharField(_("title"), max_length=200, blank=True)
    texts = models.JSONField(default=list)
    wording = models.JSONField(default=dict)
    #: What `campaigns.contents.settings_of` keeps: pictures, what follows, a blog's own.
    settings = models.JSONField(default=dict)
    language = models.CharField(max_length=2, default="ko")
    lateness = models.CharField(max_length=12, blank=True)
    frequency = models.CharField(max_length=8, choices=[(f.value, f.value) for f in Frequency])
    interval = models.PositiveSmallIntegerField(default=1)
    weekdays = models.JSONField(default=list)
    month_day = models.SmallIntegerField(default=0)
    nth = models.SmallIntegerField(default=0)
    starts_on = models.DateField()
    clock = models.TimeField()
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Seoul")
    until = models.DateField(null=True)
    count = models.PositiveSmallIntegerField(null=True)
    last_on = models.DateField(null=True)
    skipped = models.JSONField(default=list)
    first_number = models.PositiveIntegerField(default=1)
    continues = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="continued_by"
    )
    revision = models.PositiveIntegerField(default=1)
    written_to = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    request_key = models.UUIDField(unique=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.BigIntegerField(default=1)

    class Meta:
        verbose_name_plural = "series"
        indexes = [
            # Reader: the worker that writes posts ahead.
            models.Index(
                fields=["written_to"], name="series_to_write",
                condition=models.Q(ended_at__isnull=True),
            ),
            # Reader: the list of series of some units.
            models.Index(fields=["unit", "-id"], name="series_list"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title or self.texts[0]

    @property
    def rule(self) -> Rule:
        """When it repeats, as plain values."""
        return Rule(
            frequency=Frequency(self.frequency),
            starts_on=self.starts_on,
            clock=self.clock,
            zone=self.time_zone,
            interval=self.interval,
            weekdays=tuple(self.weekdays),
            month_day=self.month_day,
            nth=self.nth,
            until=self.until,
            count=self.count,
        )
