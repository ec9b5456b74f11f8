"""Registers the channels app."""

from django.apps import AppConfig
from django.conf import settings

from channels.confinement import process_confine


class ChannelsConfig(AppConfig):
    """Platforms: accounts, what landed, what is on its way out."""

    name = "channels"

    def ready(self) -> None:
        """Shut every way out but one, when this is a process of a rehearsal."""
        if settings.CONFINED_TO:
            process_confine(settings.CONFINED_TO, settings.REDIS_URL)
