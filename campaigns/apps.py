"""Registers the campaigns app."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Scheduled posts."""

    name = "campaigns"

    def ready(self) -> None:
        """Let holds cover campaigns and their tags, and the watch count what leads nowhere."""
        from campaigns.holds import scopes_add  # noqa: PLC0415 - tables exist from here on
        from campaigns.watching import concerns_add  # noqa: PLC0415

        scopes_add()
        concerns_add()
