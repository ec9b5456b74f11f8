"""One rehearsal from beginning to end, in the process that conducts it.

This process reads the real rows and writes one of them, the rehearsal's own. It sends nothing: the worker
does, which knows neither the real database nor any address but the sandbox's.
"""

import contextlib
import logging
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from campaigns.actions.rehearsals import rehearsal_done, rehearsal_failed, rehearsal_heard
from campaigns.models import Rehearsal
from campaigns.rehearsal.platforms import Platforms
from campaigns.rehearsal.report import report_of
from campaigns.rehearsal.running import Run
from campaigns.rehearsal.scratch import (
    may_make_databases,
    scratch_drop,
    scratch_make,
    scratch_open,
    scratches_sweep,
    template_made,
)
from campaigns.rehearsal.script import script_of
from campaigns.rehearsal.stage import Stage
from opsconsole.local.problems import Problem
from opsconsole.people.selectors import actor_for

logger = logging.getLogger(__name__)


class Stopped(Exception):
    """Somebody has cancelled it, or holds it for dead: there is nobody to tell."""


class Trouble(Exception):
    """It cannot be brought to an end. `code` says why, in a word."""

    def __init__(self, code: str, detail: str = "") -> None:
        """`detail` is for whoever operates the console."""
        self.code, self.detail = code, detail
        super().__init__(code)


def conduct(rehearsal: Rehearsal) -> None:
    """Run a rehearsal that this process has begun, and leave its report or the reason of its failure."""
    try:
        report = _run(rehearsal)
    except Stopped:
        logger.warning("rehearsal %s was stopped", rehearsal.pk)
    except Trouble as trouble:
        rehearsal_failed(rehearsal, trouble.code, trouble.detail)
    except Problem as problem:
        rehearsal_failed(rehearsal, "no_start", str(problem))
    except Exception as error:
        logger.exception("rehearsal %s failed", rehearsal.pk)
        rehearsal_failed(rehearsal, "crashed", f"{type(error).__name__}: {error}")
    except BaseException:
        rehearsal_failed(rehearsal, "stopped")
        raise
    else:
        rehearsal_done(rehearsal, report)


def _run(rehearsal: Rehearsal) -> dict[str, Any]:
    if not may_make_databases():
        raise Trouble("no_databases")
    scratches_sweep()
    actor = actor_for(rehearsal.asked_by)
    tell = partial(_tell, rehearsal)
    with _stage(rehearsal) as stage:
        stage.platforms_start()
        tell("preparing")
        template = template_made(stage.migrate)
        database = scratch_make(rehearsal.pk, template)
        platforms = Platforms(stage.platforms_wait())
        stage.worker_start(database, platforms.url)
        tell("preparing")
        script = script_of(actor, rehearsal.campaign)
        with scratch_open(database) as alias:
            run = Run(rehearsal, script, stage, platforms, alias, tell)
            run.prepare()
            stage.worker_wait()
            run.begin()
            run.watch()
            tell("reporting")
            return report_of(actor, run.outcome())


@contextlib.contextmanager
def _stage(rehearsal: Rehearsal) -> Iterator[Stage]:
    """A place for the processes; all of it is gone afterwards, the database too."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        stage = Stage(Path(folder), rehearsal.pk)
        try:
            yield stage
        finally:
            stage.close()
            scratch_drop(rehearsal.pk)


def _tell(rehearsal: Rehearsal, step: str, **more: Any) -> None:
    if not rehearsal_heard(rehearsal, {"step": step, **more}):
        raise Stopped
