"""Registers the campaigns app."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Scheduled posts."""

    name = "campaigns"
