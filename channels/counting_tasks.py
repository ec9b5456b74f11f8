"""What workers do about money and followers, beside polls and deliveries."""

from celery import shared_task

from channels.actions.charging import paid_reads_forget


@shared_task
def forget() -> None:
    """Forget what was read on days that are over: each day is paid for anew."""
    paid_reads_forget()
