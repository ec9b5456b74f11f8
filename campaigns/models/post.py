"""Posts that staff write ahead, and the placement of each on each account."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.lifecycle import PostState


class Post(models.Model):
    """One piece of news for several accounts.

    The writer's wall time (ISO 8601, no zone) and zone are kept beside the instant they mean, so that
    a change of the zone's rules can be noticed. `version` guards edits: two people cannot overwrite each other.
    A post of a series was written by the console, for one local date.
    """

    unit = models.ForeignKey("people.BusinessUnit", on_delete=models.PROTECT, related_name="posts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts"
    )
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="posts", null=True
    )
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PostState], default=PostState.DRAFT
    )
    local_time = models.CharField(_("local time"), max_length=19, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Seoul")
    publish_at = models.DateTimeField(_("publish at"), null=True)
    #: The time for which the owner was warned that nobody has approved it.
    warned_for = models.DateTimeField(null=True)
    #: Since when a link in it is known to lead nowhere, as seen within the hour before it goes out. Only told.
    links_broken_at = models.DateTimeField(null=True)
    request_key = models.UUIDField(unique=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.BigIntegerField(default=1)
    series = models.ForeignKey(
        "campaigns.Series", on_delete=models.PROTECT, null=True, related_name="posts"
    )
    #: The local date of the occurrence this is; empty once a changed rule has no room for it.
    occurrence_key = models.CharField(max_length=10, null=True)  # noqa: DJ001 -- unique where it is set
    #: Which state of its series it was written from.
    series_revision = models.PositiveIntegerField(default=0)
    #: Changed by hand: the series leaves it alone.
    is_detached = models.BooleanField(default=False)
    #: The words for X and Facebook wait until the article stands on the blog, and carry its address.
    is_announced = models.BooleanField(_("announce when live"), default=False)
    #: With it, links of ours say where a visitor came from; what it is called there.
    link_tag = models.CharField(_("campaign in links"), max_length=60, blank=True)
    #: What becomes of it when it could not leave at its time: a word of `campaigns.lateness`.
    lateness = models.CharField(_("if it is late"), max_length=12, blank=True)
    #: Opens a launch: leaves before ordinary posts. No part of what is approved.
    is_launch = models.BooleanField(_("launch post"), default=False)
    #: Why the console could not schedule it: the code of the refusal.
    trouble = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            # However many write ahead at once: one post for each occurrence.
            models.UniqueConstraint(
                fields=["series", "occurrence_key"], name="post_once_per_occurrence"
            ),
            models.CheckConstraint(
                condition=models.Q(state=PostState.DRAFT)
                | models.Q(state=PostState.CANCELLED)
                | models.Q(publish_at__isnull=False),
                name="post_scheduled_has_time",
            ),
        ]
        indexes = [
            # Reader: the list of posts, latest time first.
            models.Index(fields=["unit", "-publish_at", "-id"], name="post_list"),
            # Reader: the page of a campaign, and the list narrowed to it.
            models.Index(
                fields=["campaign", "-publish_at", "-id"],
                name="post_by_campaign",
                condition=models.Q(campaign__isnull=False),
            ),
            # Reader: the sweep of links, and the watch.
            models.Index(
                fields=["unit", "publish_at"],
                name="post_links_broken",
                condition=models.Q(links_broken_at__isnull=False, state=PostState.SCHEDULED),
            ),
            # Reader: the sweep of links, for what goes out soon.
            models.Index(
                fields=["publish_at"],
                name="post_soon",
                condition=models.Q(state=PostState.SCHEDULED),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PostTarget(models.Model):
    """A post's placement on one account. Owns one delivery once the post is scheduled."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="targets")
    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.PROTECT, related_name="post_targets"
    )
    text = models.TextField(_("text for this channel"), blank=True)
    #: What only a blog takes.
    excerpt = models.TextField(_("summary"), blank=True)
    categories = models.JSONField(default=list)
    #: Numbers of the post's pictures that do not go out here.
    left_out = models.JSONField(default=list)
    delivery = models.OneToOneField(
        "channels.Delivery", on_delete=models.PROTECT, null=True, related_name="post_target"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["post", "account"], name="target_once_per_account")
        ]

    def __str__(self) -> str:
        return f"{self.post_id} on {self.account_id}"

    @property
    def wording(self) -> str:
        """The text that goes out here as it was written: this channel's own, else the post's."""
        return self.text or self.post.body


class PostImage(models.Model):
    """A picture of the library that goes out with a post, in its place, and what it shows there."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="images")
    image = models.ForeignKey(
        "campaigns.LibraryImage", on_delete=models.PROTECT, related_name="uses"
    )
    position = models.PositiveSmallIntegerField()
    alt_text = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["post", "image"], name="image_once_per_post"),
        ]

    def __str__(self) -> str:
        return f"picture {self.position} of post {self.post_id}"


class PostPart(models.Model):
    """Further words under a placement: the next of a thread on X, a comment of ours on Facebook.

    They leave in order, each once the one before it stands.
    """

    target = models.ForeignKey(PostTarget, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    delivery = models.OneToOneField(
        "channels.Delivery", on_delete=models.PROTECT, null=True, related_name="post_part"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["target", "position"], name="part_placed_once"),
        ]

    def __str__(self) -> str:
        return f"part {self.position} of target {self.target_id}"
