"""Starts the process that conducts a rehearsal, and notices how it ends. It does not outlive its worker."""

import os
import signal
import sys
import threading

from django.conf import settings
from django.db import connection, connections

from campaigns.actions.rehearsals import rehearsal_failed
from campaigns.models import Rehearsal
from campaigns.rehearsal.scratch import may_make_databases, scratch_drop, url_of
from opsconsole.local.processes import Service

#: Seconds that it has to clear away when its worker ends.
_GRACE = 8.0


def rehearsal_start(rehearsal: Rehearsal) -> None:
    """Start the process of a rehearsal that has begun. Does not wait for its end."""
    service = Service(
        f"rehearsal {rehearsal.pk}",
        [sys.executable, "-P", "manage.py", "rehearse", str(rehearsal.pk), "--run", str(rehearsal.run)],
        _environment(), stop_signal=signal.SIGTERM, grace=_GRACE,
    )  # fmt: skip
    service.start()
    threading.Thread(
        target=_attend, args=(service, rehearsal), name=service.name, daemon=True
    ).start()


def _environment() -> dict[str, str]:
    """The worker's own, with what may have been set otherwise since it started."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL_FILE"}
    return kept | {
        "PYTHONPATH": str(settings.BASE_DIR),
        "DATABASE_URL": url_of(str(connection.settings_dict["NAME"])),
        "REDIS_PREFIX": settings.REDIS_PREFIX,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }


def _attend(service: Service, rehearsal: Rehearsal) -> None:
    """Wait for the end. Whoever was killed could neither say so nor clear away."""
    code = service.wait()
    try:
        rehearsal_failed(rehearsal, "died", f"exit code {code}")
        if may_make_databases():
            scratch_drop(rehearsal.pk)
    finally:
        connections.close_all()
