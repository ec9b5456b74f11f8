"""Registers the channels app."""

from django.apps import AppConfig
from django.conf import settings

from channels.confinement import process_confine
from channels.outbound import routes_of
from channels.transport import route


class ChannelsConfig(AppConfig):
    """Platforms: accounts, what landed, what is on its way out."""

    name = "channels"

    def ready(self) -> None:
        """Set the way out, and shut every other when this is a process of a rehearsal."""
        if settings.CONFINED_TO:  # it reaches the sandbox, and that directly
            process_confine(settings.CONFINED_TO, settings.REDIS_URL)
        else:
            route(routes_of(settings.PROXIES, settings.CALLED_HOSTS))
