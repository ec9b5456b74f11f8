"""Registers the audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only record of every act."""

    name = "opsconsole.audit"
    label = "audit"
