"""Registers the channels app."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Platforms: accounts, what landed, what is on its way out."""

    name = "channels"
