"""What workers do for the inbox: ingest what landed, give work out, and keep what time brings about."""

import threading

from celery import shared_task

from inbox.actions.bulk import bulk_run
from inbox.actions.clock_sweep import waits_measure_anew, waits_sweep
from inbox.actions.consults import consults_expire
from inbox.actions.digests import digests_send
from inbox.actions.erasing import retention_sweep
from inbox.actions.follow_ups import followups_fall_due
from inbox.actions.giving import conversations_give_out
from inbox.actions.giving_back import candidates_return_overtaken
from inbox.actions.ingest import items_ingest
from inbox.actions.leases import leases_sweep
from inbox.actions.parking import drafts_park_overtaken
from inbox.actions.pictures import pictures_sweep
from inbox.actions.presence import presences_sweep
from inbox.actions.quiet import quiet_resolve
from inbox.actions.returning import silent_return
from inbox.actions.scheduling import scheduled_send_due
from inbox.actions.searching import search_index
from inbox.actions.snoozing import snoozes_end
from inbox.actions.trials import trials_advance
from opsconsole.kernel.doorbell import ring_on_commit

#: One ingests and one waits its turn. Whoever comes third can go: the second will see it all.
_TURNS = threading.BoundedSemaphore(2)


@shared_task
def ingest() -> None:
    """Ingest until nothing is pending."""
    if not _TURNS.acquire(blocking=False):
        return
    try:
        while items_ingest():
            ring_on_commit("work_changed")
    finally:
        _TURNS.release()


@shared_task
def drafts_sweep() -> None:
    """Park what was overtaken, then send what is due."""
    drafts_park_overtaken()
    candidates_return_overtaken()
    scheduled_send_due()


@shared_task
def presence_sweep() -> None:
    """Clear tabs that fell silent and leases that have ended."""
    presences_sweep()
    leases_sweep()


@shared_task
def bulk() -> None:
    """Do what people asked for on many conversations, until none is left."""
    while bulk_run():
        pass


@shared_task
def try_rules() -> None:
    """Go on with trials of routing rules until all are done."""
    while trials_advance():
        pass


@shared_task
def consults_sweep() -> None:
    """Let questions that nobody answered come to their end."""
    consults_expire()


@shared_task
def index() -> None:
    """Make the search's entries until none is missing."""
    while search_index():
        pass


@shared_task
def digest() -> None:
    """Send the digests whose hour has come."""
    while digests_send():
        pass


@shared_task
def clocks() -> None:
    """Measure anew what was changed, then warn of waits that are nearly due and note the missed."""
    waits_measure_anew()
    while waits_sweep():
        pass


@shared_task
def give_out() -> None:
    """Give waiting conversations to those who are there, until nobody waits or nobody has room."""
    while conversations_give_out():
        pass


@shared_task
def wake() -> None:
    """Wake what has been put aside long enough, however long the workers were down."""
    while snoozes_end():
        pass


@shared_task
def take_back() -> None:
    """Return what assignees let wait in silence."""
    while silent_return():
        pass


@shared_task
def close_quiet() -> None:
    """Resolve what was answered and has been quiet for long."""
    while quiet_resolve():
        pass


@shared_task
def promises() -> None:
    """Bring back the conversations whose promises are due."""
    while followups_fall_due():
        pass


@shared_task
def pictures() -> None:
    """Throw away what was uploaded for an answer and forgotten."""
    while pictures_sweep():
        pass


@shared_task
def retention() -> None:
    """Empty what is older than may be kept."""
    while retention_sweep():
        pass
