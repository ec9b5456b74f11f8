"""Connected accounts and their credentials."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels.budgets import WINDOWS, Limit, limit
from channels.lifecycle import ChannelKind


class ChannelAccount(models.Model):
    """One connected profile, page or blog.

    `cursor` belongs to the adapter and moves only in the transaction that stored the items.
    `poll_lease_until` keeps two workers from polling one account; `next_allowed_at` parks the whole
    account while the platform asks for patience. `clock_skew` is by how many seconds the platform's
    clock is ahead of ours, 0 while that is too little to matter.
    """

    kind = models.CharField(
        _("channel"), max_length=10, choices=[(kind.value, kind.value) for kind in ChannelKind]
    )
    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.PROTECT, related_name="channel_accounts"
    )
    name = models.CharField(_("name"), max_length=120)
    handle = models.CharField(max_length=120, blank=True)
    external_id = models.CharField(max_length=190)
    url = models.URLField(max_length=500, blank=True)
    base_url = models.URLField(_("base address"), max_length=500, blank=True)
    poll_every = models.PositiveIntegerField(_("seconds between polls"), default=60)
    is_paused = models.BooleanField(_("paused"), default=False)
    needs_reconnect = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)
    cursor = models.JSONField(default=dict)
    poll_due_at = models.DateTimeField()
    poll_lease_until = models.DateTimeField(null=True)
    poll_fence = models.BigIntegerField(default=0)
    #: From when on it is read as it happens, where its history is read beside that.
    live_since = models.DateTimeField(null=True)
    #: When the reading under way asked for its first page, in the platform's time; it may span polls.
    walk_began_at = models.DateTimeField(null=True)
    revisit_began_at = models.DateTimeField(null=True)
    recheck_due_at = models.DateTimeField()
    next_allowed_at = models.DateTimeField(null=True)
    #: Why it waits until then, when that is no window: "capped" (the month's allowance) or "credits".
    parked_for = models.CharField(max_length=8, blank=True)
    #: Which application it speaks through, see `channels.quota.app_key_of`; empty while nobody knows.
    app_key = models.CharField(max_length=32, blank=True)
    #: Nothing is read before this: what is left of the platform's window is for answers.
    reads_wait_until = models.DateTimeField(null=True)
    #: What it says at most in a rolling window, empty for no limit; and the percent that answers keep.
    budget_quarter = models.PositiveSmallIntegerField(_("in 15 minutes"), null=True)
    budget_hour = models.PositiveSmallIntegerField(_("in an hour"), null=True)
    budget_day = models.PositiveSmallIntegerField(_("in 24 hours"), null=True)
    budget_reserved = models.PositiveSmallIntegerField(default=0)
    #: Answers urgent questions once the budget is used up.
    overflow = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    #: Its budget has no room for posts, or for answers, before this.
    posts_wait_until = models.DateTimeField(null=True)
    answers_wait_until = models.DateTimeField(null=True)
    #: What it may cost in a month (dollars, empty for no limit), what it has cost in the month that begins
    #: then, of which month people were told, and whether it owns its application: reading it is cheaper.
    spend_ceiling = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    spend_month = models.DateField(null=True)
    spent = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    spend_told = models.DateField(null=True)
    owns_app = models.BooleanField(default=False)
    #: When a platform took its credentials away, until somebody has been told.
    voice_lost_at = models.DateTimeField(null=True)
    #: Whether posts that others pass on come in, and when a stream of it is due; empty before the first look.
    with_reposts = models.BooleanField(default=False)
    streams_due_at = models.DateTimeField(null=True)
    #: Who signs answers on a blog: its own user when empty, "operator", or "user:" and a number there.
    signs_as = models.CharField(max_length=30, blank=True)
    clock_skew = models.FloatField(default=0)
    last_polled_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    #: The code of what went wrong last (`channels.errors.failure_code`), empty when all went well.
    last_failure = models.CharField(max_length=12, blank=True)
    #: What people were last told of its health and when, and towards what it leans since when.
    condition = models.CharField(max_length=10, blank=True)
    condition_at = models.DateTimeField(null=True)
    leaning = models.CharField(max_length=10, blank=True)
    leaning_since = models.DateTimeField(null=True)
    last_gap = models.CharField(max_length=300, blank=True)
    #: Headings that a blog files articles under: [{"number", "name"}], and when they were last asked for.
    categories = models.JSONField(default=list)
    categories_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    #: When the platform ends our access unless somebody signs in there again, where it says so.
    access_until = models.DateTimeField(null=True)
    #: The end of access that people were told of, and how many days before it they were told last.
    access_told = models.DateTimeField(null=True)
    access_told_days = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField()
    #: Since when it is being deleted with all that belongs to it.
    leaving_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["unit_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "base_url", "external_id"], name="account_connected_once"
            ),
            models.CheckConstraint(
                condition=models.Q(poll_every__gte=1), name="account_poll_every_positive"
            ),
        ]
        indexes = [
            # Reader: the poll tick.
            models.Index(
                fields=["poll_due_at"],
                name="account_poll_due",
                condition=models.Q(is_paused=False, needs_reconnect=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def limits(self) -> list[Limit]:
        """What its budget allows; empty where nothing is limited."""
        given = [(window, getattr(self, name)) for name, window in WINDOWS.items()]
        return [limit(window, most, self.budget_reserved) for window, most in given if most]

    @property
    def can_speak(self) -> bool:
        """Whether anything may be sent as this account now."""
        return not (self.is_paused or self.needs_reconnect)


class Credential(models.Model):
    """The secrets of one account, encrypted with the keys in the settings.

    Where the platform lends a token for hours only, `expires_at` is its end. Whoever holds the lease asks
    for the next; `refresh_fence` makes a lost lease harmless.
    """

    account = models.OneToOneField(
        ChannelAccount, on_delete=models.CASCADE, related_name="credential"
    )
    sealed = models.BinaryField()
    updated_at = models.DateTimeField()
    #: Through which app of ours somebody signed in there; none where the secrets were typed.
    app = models.ForeignKey(
        "channels.PlatformApp", on_delete=models.PROTECT, null=True, related_name="credentials"
    )
    expires_at = models.DateTimeField(null=True)
    refresh_lease_until = models.DateTimeField(null=True)
    refresh_fence = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"credential of {self.account_id}"
