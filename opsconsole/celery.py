"""The Celery application."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

from opsconsole.kernel.memory import collect_rarely

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsconsole.settings")

app = Celery("opsconsole")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["campaigns", "channels", "inbox", "opsconsole", "opsconsole.reports"])
app.autodiscover_tasks(["channels"], related_name="push_tasks")
app.autodiscover_tasks(["channels"], related_name="counting_tasks")
app.autodiscover_tasks(["channels"], related_name="past_tasks")
app.autodiscover_tasks(["channels"], related_name="connecting_tasks")
app.autodiscover_tasks(["channels"], related_name="ping_tasks")
app.autodiscover_tasks(["channels"], related_name="subscribing_tasks")


def _loaded(**_: Any) -> None:
    """A worker has everything that it will ever load."""
    collect_rarely(by_the_batch=True)


worker_ready.connect(_loaded)
