"""What workers do for posts: write series, import, look up addresses, what time does to approvals, rehearse."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from celery import shared_task
from django.conf import settings

from campaigns.actions import links
from campaigns.actions.approval_sweep import approvals_sweep
from campaigns.actions.import_running import imports_run
from campaigns.actions.imports import imports_sweep
from campaigns.actions.link_sweep import links_sweep
from campaigns.actions.live_presence import live_presences_sweep
from campaigns.actions.occurrences import series_write_due
from campaigns.actions.rehearsals import rehearsal_begin, rehearsals_bury
from campaigns.models import LinkCheck
from campaigns.rehearsal.starting import rehearsal_start
from channels.links import Look, look_up
from opsconsole.kernel.doorbell import ring_on_commit

logger = logging.getLogger(__name__)

#: Seconds for one step of a look; and so many addresses one worker process looks up at a time.
LINK_TIMEOUT, LOOKS_AT_ONCE = 6.0, 4
_LOOKING = threading.Lock()
#: Turns that one call gives to imports.
IMPORT_TURNS = 4


@shared_task
def check_links() -> None:
    """Look up addresses until none is due; one hand in a process is enough."""
    if not _LOOKING.acquire(blocking=False):
        return
    try:
        with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
            while due := links.links_due():
                for link, look in zip(due, pool.map(_look, due), strict=True):
                    links.link_checked(link, look)
    finally:
        _LOOKING.release()


def _look(link: LinkCheck) -> Look:
    try:
        return look_up(
            link.url, timeout=LINK_TIMEOUT, allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS
        )
    except Exception:
        logger.exception("looking up address %s failed", link.pk)
        return Look("unreachable", "no_answer")


@shared_task
def look_ahead_at_links() -> None:
    """Have the links of what goes out soon looked up once more, and tell of those that lead nowhere."""
    links_sweep()


@shared_task
def forget_links() -> None:
    """Forget addresses that nobody has asked about for long."""
    while links.links_forget():
        pass


@shared_task
def write_series() -> None:
    """Write posts ahead until every series reaches its horizon."""
    while series_write_due():
        pass


@shared_task
def approvals() -> None:
    """Let requests expire and warn whose posts nobody has approved, until none is left."""
    while approvals_sweep():
        pass


@shared_task
def run_imports() -> None:
    """Go on with files of posts for some turns, then ring again: no call lasts as long as its redelivery."""
    for _turn in range(IMPORT_TURNS):
        if not imports_run():
            return
    ring_on_commit("import_asked")


@shared_task
def sweep_imports() -> None:
    """Forget what was typed in files of long ago."""
    imports_sweep()


@shared_task
def live_presence() -> None:
    """Clear tabs that fell silent from live desks."""
    live_presences_sweep()


@shared_task
def rehearse() -> None:
    """Clear away rehearsals whose process has died, and start the next one in a process of its own."""
    rehearsals_bury()
    rehearsal = rehearsal_begin()
    if rehearsal is not None:
        rehearsal_start(rehearsal)
