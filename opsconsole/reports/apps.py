"""Registers the reports, so that their commands are found. No tables."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reads across the apps."""

    name = "opsconsole.reports"
    label = "reports"
