"""Connecting accounts: our own apps at the platforms, and handshakes under way."""

from django.conf import settings
from django.db import models

from channels.lifecycle import ChannelKind, HandshakeState, Way


class PlatformApp(models.Model):
    """Our app at one platform, in whose name people sign in there. Its secrets are encrypted.

    `base_url` replaces the platform's own addresses when set.
    """

    kind = models.CharField(
        max_length=10, unique=True, choices=[(kind.value, kind.value) for kind in ChannelKind]
    )
    sealed = models.BinaryField()
    base_url = models.URLField(max_length=500, blank=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"app at {self.kind}"


class Handshake(models.Model):
    """One try at connecting an account, or at giving one new credentials. Nothing is an account before it is done.

    `sealed` holds what was typed and what the platform gave, encrypted, and is emptied at the end. `found`
    is what a worker learned with it, without secrets. `state_hash` is of the word that comes back from the
    platform: it counts once, in the session of `session_hash` alone, before `until`.
    """

    kind = models.CharField(
        max_length=10, choices=[(kind.value, kind.value) for kind in ChannelKind]
    )
    way = models.CharField(max_length=10, choices=[(way.value, way.value) for way in Way])
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in HandshakeState],
        default=HandshakeState.ASKED,
    )
    #: The account that gets new credentials; none for a new one.
    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.CASCADE, null=True, related_name="handshakes"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    session_hash = models.CharField(max_length=64, blank=True)
    state_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - unique where there is one
    sealed = models.BinaryField(default=bytes)
    found = models.JSONField(default=list)
    #: Why it failed: a code of ours, and what the platform said.
    reason = models.CharField(max_length=30, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            # Reader: the workers, what waits for one.
            models.Index(
                fields=["asked_at"],
                name="handshake_to_look",
                condition=models.Q(state__in=[HandshakeState.ASKED, HandshakeState.LOOKING]),
            ),
            # Reader: the sweep of what nobody came back to.
            models.Index(fields=["until"], name="handshake_until"),
        ]

    def __str__(self) -> str:
        return f"handshake {self.pk} with {self.kind}"
