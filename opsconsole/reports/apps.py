"""Registers the reports: their tables and their commands."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reads across the apps."""

    name = "opsconsole.reports"
    label = "reports"
