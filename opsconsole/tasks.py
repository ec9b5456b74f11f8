"""The tasks that belong to no single app."""

from celery import shared_task

from campaigns.actions import posts_settle
from inbox.actions.replies import replies_settle


@shared_task
def settle() -> None:
    """Bring inbox and campaigns up to date with deliveries that moved, until none is left."""
    while replies_settle():
        pass
    while posts_settle():
        pass
