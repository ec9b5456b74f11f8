"""Live desks: what several people say as it happens, under a master post, on several accounts."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.lifecycle import LiveMode, LiveState

_USER = settings.AUTH_USER_MODEL


class LiveDesk(models.Model):
    """A launch or a forum, reported as it happens by the people of one unit.

    Where its unit or campaign has an approval rule, nothing is said before somebody else has let the desk
    out, for the steps of that rule (`let_out_for`): a changed rule asks anew.
    """

    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.PROTECT, related_name="live_desks"
    )
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="live_desks", null=True
    )
    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(
        max_length=6, choices=[(s.value, s.value) for s in LiveState], default=LiveState.OPEN
    )
    request_key = models.UUIDField(unique=True)
    opened_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    let_out_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", null=True)
    let_out_at = models.DateTimeField(null=True)
    let_out_for = models.JSONField(default=list)
    #: Who said no to letting it out, when, and why; over once it is let out or asked for again.
    refused_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", null=True)
    refused_at = models.DateTimeField(null=True)
    refused_word = models.TextField(blank=True)
    closed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(let_out_by__isnull=True) | ~Q(let_out_by=models.F("opened_by")),
                name="live_desk_let_out_by_another",
            ),
            models.CheckConstraint(
                condition=Q(refused_by__isnull=True) | ~Q(refused_by=models.F("opened_by")),
                name="live_desk_refused_by_another",
            ),
        ]
        indexes = [
            # Reader: the list of desks, newest first.
            models.Index(fields=["state", "-id"], name="live_desk_list"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether words can be said."""
        return self.state == LiveState.OPEN


class LivePlace(models.Model):
    """An account that a live desk speaks on. Without a `master` the first words said there are it."""

    desk = models.ForeignKey(LiveDesk, on_delete=models.CASCADE, related_name="places")
    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.PROTECT, related_name="live_places"
    )
    mode = models.CharField(max_length=5, choices=[(mode.value, mode.value) for mode in LiveMode])
    master = models.ForeignKey(
        "campaigns.PostTarget", on_delete=models.SET_NULL, related_name="live_places", null=True
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["desk", "account"], name="live_place_once")]

    def __str__(self) -> str:
        return f"account {self.account_id} at live desk {self.desk_id}"


class LiveSnippet(models.Model):
    """Words prepared for a live desk. Used once, unless it is kept; `version` guards edits."""

    desk = models.ForeignKey(LiveDesk, on_delete=models.CASCADE, related_name="snippets")
    position = models.PositiveIntegerField()
    text = models.TextField()
    is_kept = models.BooleanField(default=False)
    is_used = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text


class LiveLine(models.Model):
    """What somebody said at a live desk: numbered in the order in which the server took it.

    It leaves at `leaves_at`; until a worker takes it, its author can take it back. `request_key` makes a
    second click, a second tab and a retry harmless.
    """

    desk = models.ForeignKey(LiveDesk, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    snippet = models.ForeignKey(
        LiveSnippet, on_delete=models.SET_NULL, related_name="lines", null=True
    )
    request_key = models.UUIDField(unique=True)
    said_at = models.DateTimeField()
    leaves_at = models.DateTimeField()
    is_taken_back = models.BooleanField(default=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["desk", "number"], name="live_line_numbered_once")
        ]

    def __str__(self) -> str:
        return f"line {self.number} of live desk {self.desk_id}"


class LiveWord(models.Model):
    """A line on one account. What is skipped stands in nobody's way: the next words hang before it."""

    line = models.ForeignKey(LiveLine, on_delete=models.PROTECT, related_name="words")
    place = models.ForeignKey(LivePlace, on_delete=models.PROTECT, related_name="words")
    delivery = models.OneToOneField(
        "channels.Delivery", on_delete=models.PROTECT, null=True, related_name="live_word"
    )
    #: How many deliveries were asked for: one that was refused for good is followed by another.
    asked = models.PositiveSmallIntegerField(default=0)
    is_skipped = models.BooleanField(default=False)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["line", "place"], name="live_word_once_per_place")
        ]

    def __str__(self) -> str:
        return f"line {self.line_id} on place {self.place_id}"


class LivePresence(models.Model):
    """One open tab at a live desk, for as long as it gives signs of life."""

    desk = models.ForeignKey(LiveDesk, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(_USER, on_delete=models.CASCADE, related_name="+")
    tab = models.CharField(max_length=36)
    is_typing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["desk", "user", "tab"], name="live_presence_once")
        ]
        indexes = [
            # Reader: the beat that clears tabs that fell silent.
            models.Index(fields=["seen_at"], name="live_presence_silent"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at live desk {self.desk_id}"
