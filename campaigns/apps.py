"""Registers the campaigns app."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Scheduled posts."""

    name = "campaigns"

    def ready(self) -> None:
        """Let holds cover campaigns and their tags."""
        from campaigns.holds import scopes_add  # noqa: PLC0415 - tables exist from here on

        scopes_add()
