"""The doors through which platforms push to us, and what came through them, as it came."""

from django.db import models
from django.db.models import Q

from channels.lifecycle import (
    PINGS,
    SIGNED,
    PushSource,
    PushState,
    SubscriptionState,
    SubscriptionWish,
)
from channels.models.accounts import ChannelAccount


class PushDoor(models.Model):
    """The address at which a platform pushes what happens on one account; without it there is only polling.

    `token` is part of the address, `verify_token` is what Facebook must say when it subscribes.
    """

    account = models.OneToOneField(ChannelAccount, on_delete=models.CASCADE, related_name="door")
    token = models.CharField(max_length=64, unique=True)
    verify_token = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    #: When the platform last proved that it is the right one, or we did to it.
    proved_at = models.DateTimeField(null=True)
    #: When the newest event came that a worker has taken in.
    heard_at = models.DateTimeField(null=True)
    #: When something last came with a wrong signature, to the minute.
    refused_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"door of {self.account_id}"


class PushEvent(models.Model):
    """One call through a door, its body byte by byte, stored before anybody looks into it.

    `due_at` is when a worker may take it: a claim moves it to the end of its lease and raises `fence`.
    `claims` counts claims that came to no end, `tries` those that ended in another try.
    """

    account = models.ForeignKey(
        ChannelAccount, on_delete=models.CASCADE, related_name="push_events"
    )
    source = models.CharField(
        max_length=12, choices=[(source.value, source.value) for source in PushSource]
    )
    body = models.BinaryField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    state = models.CharField(
        max_length=8,
        choices=[(state.value, state.value) for state in PushState],
        default=PushState.WAITING,
    )
    due_at = models.DateTimeField()
    fence = models.BigIntegerField(default=0)
    claims = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "digest"],
                name="push_event_once",
                condition=Q(source__in=sorted(SIGNED)),
            ),
        ]
        indexes = [
            # Reader: the worker that takes in what platforms pushed.
            models.Index(
                fields=["id"],
                name="push_signed_waiting",
                condition=Q(state=PushState.WAITING, source__in=sorted(SIGNED)),
            ),
            # Readers: the worker that verifies pings; the door, which lets no more wait than it can bear.
            models.Index(
                fields=["account", "id"],
                name="push_pings_waiting",
                condition=Q(state=PushState.WAITING, source__in=sorted(PINGS)),
            ),
            # Reader: the account's page and the list of what is parked.
            models.Index(
                fields=["account", "-id"],
                name="push_parked",
                condition=Q(state=PushState.PARKED),
            ),
            # Reader: the sweep of what is over.
            models.Index(
                fields=["settled_at"],
                name="push_settled",
                condition=Q(state__in=[PushState.DONE, PushState.DROPPED]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} event {self.pk}"


class PushSubscription(models.Model):
    """Whether a platform tells our application what happens on one account, as it last said itself.

    `wish` is what a worker is asked for, `fields` of what we are told. A claim moves `due_at` to the end
    of its lease and raises `fence`.
    """

    account = models.OneToOneField(
        ChannelAccount, on_delete=models.CASCADE, related_name="subscription"
    )
    wish = models.CharField(
        max_length=12, choices=[(wish.value, wish.value) for wish in SubscriptionWish]
    )
    state = models.CharField(
        max_length=8,
        choices=[(state.value, state.value) for state in SubscriptionState],
        default=SubscriptionState.WAITING,
    )
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    fence = models.BigIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    fields = models.JSONField(default=list)
    told_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            # Reader: the worker.
            models.Index(
                fields=["due_at"],
                name="subscription_waiting",
                condition=Q(state=SubscriptionState.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return f"subscription of {self.account_id}"

    @property
    def is_on(self) -> bool:
        """Whether the platform says that our application is told anything."""
        return bool(self.fields)
