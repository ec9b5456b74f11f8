"""Registers the project package itself and connects the wiring once all apps are loaded."""

from django.apps import AppConfig

from opsconsole.celery import app as celery_app
from opsconsole.kernel import doorbell
from opsconsole.wiring import DOORBELLS, beat_schedule


class OpsconsoleConfig(AppConfig):
    """The house."""

    name = "opsconsole"
    label = "opsconsole"

    def ready(self) -> None:
        """Connect each doorbell to its task and give the beat its table."""
        doorbell.connect(DOORBELLS)
        celery_app.conf.beat_schedule = beat_schedule()
