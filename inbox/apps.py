"""Registers the inbox app."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The shared inbox."""

    name = "inbox"
