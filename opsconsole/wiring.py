"""The composition root: which task answers which doorbell, and what the beat calls when."""

from django.conf import settings

DOORBELLS = {
    "delivery_requested": "channels.tasks.dispatch",
    "items_landed": "inbox.tasks.ingest",
    "poll_requested": "channels.tasks.poll_due",
    "delivery_settled": "opsconsole.tasks.settle",
}

#: Task and seconds between calls. A call that finds the worker busy expires before the next.
BEAT: dict[str, tuple[str, float]] = {
    "dispatch": ("channels.tasks.dispatch", 1.0),
    "poll": ("channels.tasks.poll_due", 1.0),
    "ingest": ("inbox.tasks.ingest", 2.0),
    "settle": ("opsconsole.tasks.settle", 2.0),
    "reconcile": ("channels.tasks.reconcile_due", 1.0),
    "reap": ("channels.tasks.reap", settings.REAPER_SECONDS),
    "heartbeat": ("channels.tasks.heartbeat", 1.0),
}


def beat_schedule() -> dict[str, dict[str, object]]:
    """Return the table in Celery's own form."""
    return {
        name: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
        for name, (task, seconds) in BEAT.items()
    }
