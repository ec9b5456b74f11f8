"""People outside, the conversations with them, and who works on which."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inbox.lifecycle import ACTIVE, UNWANTED, ConversationState, Priority


class Contact(models.Model):
    """The outside person as seen on one network. `network` separates ids that only mean something there.

    Whom people hold for the same person share a `person`. `is_vip` is true for all of these as soon as
    one of them has `vip_since`. `language` is set by hand; empty means: as they write.
    """

    network = models.CharField(max_length=190)
    external_id = models.CharField(max_length=190)
    name = models.CharField(max_length=190, blank=True)
    handle = models.CharField(max_length=190, blank=True)
    url = models.URLField(max_length=600, blank=True)
    avatar_url = models.URLField(max_length=600, blank=True)
    followers = models.PositiveIntegerField(null=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    person = models.ForeignKey(
        "inbox.Person", on_delete=models.SET_NULL, null=True, related_name="contacts"
    )
    is_vip = models.BooleanField(default=False)
    vip_since = models.DateTimeField(null=True)
    vip_reason = models.CharField(max_length=200, blank=True)
    blocked_at = models.DateTimeField(null=True)
    block_reason = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "external_id"], name="contact_known_once"),
        ]
        indexes = [
            # Reader: who may be the same person, being called the same.
            models.Index(Lower("name"), name="contact_by_name"),
            models.Index(Lower("handle"), name="contact_by_handle"),
        ]

    def __str__(self) -> str:
        return self.name or self.handle or gettext("Somebody")

    @property
    def channel(self) -> str:
        """The kind of channel that the network belongs to."""
        return self.network.partition(":")[0]


class Tag(models.Model):
    """A word that operators put on conversations."""

    name = models.CharField(_("name"), max_length=40)
    colour = models.CharField(_("colour"), max_length=16, default="grey")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_named_once")]

    def __str__(self) -> str:
        return self.name


class Conversation(models.Model):
    """The unit of work: one customer's thread on one account.

    `thread_key` is the adapter's thread plus the customer where many customers share one thread.
    `answered_up_to` is the platform's time of our latest answer: older lines do not wait.
    `closed_through` is the newest message when it was last resolved: up to there nobody waits.
    `due_at` is when the open wait must be answered, `is_breached` whether that has been missed.
    `queue_at` orders the queue: the due time, without one a day after the wait began, or FAR_FUTURE
    when nobody waits.
    `language` is that of the customer's newest line. `resolution` says why it was resolved.
    `snoozed_until` is empty while it is snoozed until the customer writes.
    `awaiting_approval` says that somebody's answer waits for a colleague to let it out.
    `contact_followers` and `is_vip` repeat what is known of the customer, for the queue's filters.
    `silent_since` is the assignee's last sign of work, or when the customer began to wait for one.
    `version` grows with every change an open screen should show; screens poll with it.
    `inbound_version` is the version at which the customer last wrote or changed something,
    `answer_version` the one at which somebody of us last answered, here or on the platform itself.
    `erased_at` is when the words of all that was said by then were taken out.
    """

    # Single columns need no index of their own where one below begins with them.
    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.PROTECT, related_name="conversations",
        db_index=False,
    )  # fmt: skip
    channel = models.CharField(max_length=10)
    unit = models.ForeignKey(
        "people.BusinessUnit", on_delete=models.PROTECT, related_name="conversations",
        db_index=False,
    )  # fmt: skip
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="conversations", db_index=False
    )
    thread_key = models.CharField(max_length=390)
    cycle = models.PositiveIntegerField(default=1)
    previous = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="followed_by"
    )
    context = models.CharField(max_length=600, blank=True)
    context_url = models.URLField(max_length=600, blank=True)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in ConversationState],
        default=ConversationState.NEW,
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="conversations",
        db_index=False,
    )
    preview = models.CharField(max_length=200, blank=True)
    message_count = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    answered_up_to = models.DateTimeField(null=True)
    closed_through = models.BigIntegerField(default=0)
    queue_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    last_inbound_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=16, blank=True)
    reopenings = models.PositiveIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(default=Priority.NORMAL)
    language = models.CharField(max_length=12, blank=True)
    topic = models.CharField(max_length=40, blank=True)
    assigned_at = models.DateTimeField(null=True)
    silent_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    is_breached = models.BooleanField(default=False)
    snoozed_until = models.DateTimeField(null=True)
    snooze_reason = models.CharField(max_length=200, blank=True)
    contact_followers = models.PositiveIntegerField(default=0)
    is_vip = models.BooleanField(default=False)
    awaiting_approval = models.BooleanField(default=False)
    version = models.BigIntegerField(default=1)
    inbound_version = models.BigIntegerField(default=1)
    answer_version = models.BigIntegerField(default=0)
    erased_at = models.DateTimeField(null=True)
    tags: "models.ManyToManyField[Tag, ConversationTag]" = models.ManyToManyField(
        Tag, through="ConversationTag", related_name="conversations"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "thread_key", "cycle"], name="conversation_once_per_cycle"
            ),
            models.CheckConstraint(
                condition=~Q(state=ConversationState.RESOLVED) | Q(waiting_since__isnull=True),
                name="conversation_resolved_waits_for_nobody",
            ),
        ]
        indexes = [
            # Reader: the queue of a few units.
            models.Index(
                fields=["unit", "queue_at", "id"],
                name="conversation_queue_by_unit",
                condition=Q(state__in=[state.value for state in sorted(ACTIVE)]),
            ),
            # Reader: the queue over all units.
            models.Index(
                fields=["queue_at", "id"],
                name="conversation_queue",
                condition=Q(state__in=[state.value for state in sorted(ACTIVE)]),
            ),
            # Reader: what nobody has.
            models.Index(
                fields=["queue_at", "id"],
                name="conversation_unassigned",
                condition=Q(
                    state__in=[ConversationState.NEW, ConversationState.OPEN],
                    assignee__isnull=True,
                ),
            ),
            # Reader: "mine".
            models.Index(
                fields=["assignee", "queue_at", "id"],
                name="conversation_mine",
                condition=Q(state__in=[state.value for state in sorted(ACTIVE)]),
            ),
            # Reader: views that are read by recency.
            models.Index(fields=["-last_message_at", "-id"], name="conversation_recent"),
            # Readers: the same, of one account, of one unit, of one assignee.
            models.Index(
                fields=["account", "-last_message_at", "-id"], name="conversation_of_account"
            ),
            models.Index(fields=["unit", "-last_message_at", "-id"], name="conversation_of_unit"),
            models.Index(
                fields=["assignee", "-last_message_at", "-id"], name="conversation_of_assignee"
            ),
            # Reader: what is answered, newest first.
            models.Index(
                fields=["-last_message_at", "-id"],
                name="conversation_answered",
                condition=Q(state=ConversationState.WAITING),
            ),
            # Readers: what comes back when, and the beat that brings it back.
            models.Index(
                fields=["snoozed_until", "id"],
                name="conversation_snoozed",
                condition=Q(state=ConversationState.SNOOZED),
            ),
            # Reader: important customers, newest first.
            models.Index(
                fields=["-last_message_at", "-id"],
                name="conversation_vip",
                condition=Q(is_vip=True),
            ),
            # Reader: customers whom many follow.
            models.Index(
                fields=["contact_followers"],
                name="conversation_followed",
                condition=Q(contact_followers__gte=10_000),
            ),
            # Reader: one topic, newest first.
            models.Index(
                fields=["topic", "-last_message_at", "-id"],
                name="conversation_of_topic",
                condition=Q(topic__gt=""),
            ),
            # Reader: "waiting for approval".
            models.Index(
                fields=["queue_at", "id"],
                name="conversation_approval",
                condition=Q(awaiting_approval=True),
            ),
            # Reader: how much somebody has in hand, and whose assignee is silent.
            models.Index(
                fields=["assignee", "silent_since"],
                name="conversation_in_hand",
                condition=Q(
                    state__in=[ConversationState.NEW, ConversationState.OPEN],
                    assignee__isnull=False,
                    waiting_since__isnull=False,
                ),
            ),
            # Reader: the beat that resolves what has been quiet since we answered.
            models.Index(
                fields=["unit", "last_message_at"],
                name="conversation_quiet",
                condition=Q(state=ConversationState.WAITING),
            ),
            # Reader: the view of spam, newest first.
            models.Index(
                fields=["-last_message_at", "-id"],
                name="conversation_spam",
                condition=Q(resolution__in=[word.value for word in UNWANTED]),
            ),
            # Reader: the sweep of what is older than it may be kept.
            models.Index(
                fields=["last_message_at", "id"],
                name="conversation_kept",
                condition=Q(state=ConversationState.RESOLVED, erased_at__isnull=True),
            ),
            # Reader: the customer panel.
            models.Index(fields=["contact", "-last_message_at"], name="conversation_by_contact"),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    #: Set by `queue_page`: the tags in their order.
    labels: "list[Tag]"
    #: Set by `mark_unread` for whoever looks at a list.
    is_unread = False

    @property
    def is_active(self) -> bool:
        """Whether it is still on somebody's list."""
        return self.state in ACTIVE


class ConversationTag(models.Model):
    """A tag on a conversation, and who put it there."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="conversation_tags"
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="conversation_tags")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "tag"], name="tag_once_per_conversation"
            )
        ]
        # Reader: the queue filtered by tag.
        indexes = [models.Index(fields=["tag", "conversation"], name="conversation_by_tag")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.tag_id}"


class Assignment(models.Model):
    """Who had a conversation, from when to when, and why. The open one is mirrored on the conversation."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="assignments"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    unit = models.ForeignKey("people.BusinessUnit", on_delete=models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                name="assignment_one_open",
                condition=Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.assignee_id}"
