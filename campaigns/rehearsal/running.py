"""The course of one rehearsal: rows copied, misfortunes dealt, time passing until nothing more can happen."""

import time
from collections.abc import Callable
from copy import copy as shallow_copy
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from campaigns.models import PostPart, PostTarget, Rehearsal
from campaigns.rehearsal.copying import Copy, copy_for, files_copy
from campaigns.rehearsal.misfortunes import Faults, Misfortune, Placement, misfortunes_deal
from campaigns.rehearsal.outcome import Outcome, is_over
from campaigns.rehearsal.platforms import Counterpart, Platforms
from campaigns.rehearsal.script import Script
from campaigns.rehearsal.stage import Stage
from channels.models import Credential, Delivery
from channels.types import LINK, mark_of
from opsconsole.kernel.clock import now
from opsconsole.local.problems import Problem

M = Misfortune
#: Seconds between two looks at how far it is.
_LOOK = 0.5
#: Seconds from the copying of rows to the first post, and more for each of them.
_LEAD, _LEAD_EACH = 2.0, 0.01
#: On a bad day every answer takes this long (milliseconds), and a slow one this long at most.
_LATENCY, _SLOW = 400, 4000
#: Seconds for which a platform asks to be left alone on a bad day.
_LIMITED = 10


class Run:
    """A rehearsal whose processes have been started. `alias` is its database, `tell` says how far it is."""

    def __init__(
        self,
        rehearsal: Rehearsal,
        script: Script,
        stage: Stage,
        platforms: Platforms,
        alias: str,
        tell: Callable[..., None],
    ) -> None:
        """Nothing is copied yet."""
        self._rehearsal, self._script, self._stage = rehearsal, script, stage
        self._platforms, self._alias, self._tell = platforms, alias, tell
        self._deliveries = script.deliveries
        self._timing = script.timing(speed=rehearsal.speed, skips_gaps=rehearsal.skips_gaps)
        self._planned = {one.pk: one.not_before for one in self._deliveries}
        self._counterparts = self._connect()
        self._faults: dict[int, tuple[Misfortune, str]] = {}
        self._struck: set[str] = set()
        self._is_cut = False

    def prepare(self) -> None:
        """Deal the misfortunes, and bring the files over."""
        self._deal()
        files = (row for one in self._deliveries for row in one.media.all())
        files_copy(files, self._stage.media)

    def begin(self) -> None:
        """Copy the rows, their times brought closer together; from here on time passes."""
        copy, credentials = copy_for(self._counterparts, self._stage.credential_key)
        wait = _LEAD + _LEAD_EACH * len(self._deliveries)
        self._start = now() + timedelta(seconds=wait)
        self._moments = {
            pk: self._timing.moment(planned, self._start) for pk, planned in self._planned.items()
        }
        copy.add(self._moved(one) for one in self._deliveries)
        copy.add(PostTarget.objects.filter(delivery__in=self._planned))
        copy.add(PostPart.objects.filter(delivery__in=self._planned))
        copy.add(row for one in self._deliveries for row in one.media.all())
        self._write(copy, credentials)

    def watch(self) -> None:
        """Wait until nothing more can happen, or the time is up."""
        end = time.monotonic() + settings.REHEARSAL_MINUTES * 60
        while not self._look():
            if time.monotonic() > end:
                self._is_cut = True
                return
            time.sleep(_LOOK)

    def outcome(self) -> Outcome:
        """Return what came of it, as it stands in the scratch database and on the platforms."""
        self._struck |= self._platforms.struck()
        injected = {
            pk: kind for pk, (kind, fault) in self._faults.items() if fault in self._struck
        }
        return Outcome(
            script=self._script,
            planned=self._planned,
            moments=self._moments,
            ended={row.pk: row for row in self._rows()},
            creates={
                account: self._platforms.creates(one.name)
                for account, one in self._counterparts.items()
            },
            injected=injected,
            seconds=(now() - self._start).total_seconds(),
            is_cut=self._is_cut,
        )

    def _moved(self, delivery: Delivery) -> Delivery:
        """Return a delivery at its moment of the rehearsal; how late it may leave stays the same."""
        moved = shallow_copy(delivery)
        moved.not_before = self._moments[delivery.pk]
        moved.deadline = moved.not_before + (delivery.deadline - delivery.not_before)
        return moved

    def _connect(self) -> dict[int, Counterpart]:
        """Make a counterpart in the sandbox for every account that something goes to."""
        accounts = {one.account_id: one.account for one in self._deliveries}
        return {
            pk: self._platforms.account(f"account{pk}", account.kind, account.name)
            for pk, account in accounts.items()
        }

    def _deal(self) -> None:
        faults = Faults(self._rehearsal.faults)
        self._forgive_repetition()
        if faults != Faults.NONE:
            for one in self._counterparts.values():
                self._platforms.settings(one.name, latency_ms=_LATENCY)
        leaving = [
            Placement(one.pk, one.account_id, one.account.kind)
            for one in self._deliveries
            if one.is_permitted and one.hold_id is None and one.account.can_speak
        ]
        by_number = {one.pk: one for one in self._deliveries}
        for pk, kind in misfortunes_deal(leaving, faults, self._rehearsal.seed).items():
            self._faults[pk] = kind, self._fault(by_number[pk], kind)

    def _forgive_repetition(self) -> None:
        """Platforms refuse the same words within a day; here a day passes in moments."""
        last: dict[tuple[int, str], datetime] = {}
        least: dict[int, float] = {}
        for one in self._deliveries:
            key = one.account_id, one.text.strip()
            at = self._timing.moment(one.not_before, one.not_before)
            if key in last:
                apart = (at - last[key]).total_seconds()
                least[one.account_id] = min(least.get(one.account_id, apart), apart)
            last[key] = at
        for account, apart in least.items():
            self._platforms.settings(
                self._counterparts[account].name,
                x_duplicate_seconds=max(apart - 0.5, 0), fb_duplicate_posts="allow",
            )  # fmt: skip

    def _fault(self, delivery: Delivery, kind: Misfortune) -> str:
        patience = settings.SEND_TIMEOUT_SECONDS
        hangs = {"kind": "timeout_after", "seconds": patience + 10}
        options: dict[Misfortune, dict[str, Any]] = {
            M.TIMEOUT: hangs,
            M.KILLED: hangs,
            M.BAD_GATEWAY: {"kind": "status", "status": 502},
            M.LIMITED: {"kind": "status", "status": 429, "reset_in": _LIMITED},
            M.SLOW: {"kind": "slow", "ms": min(_SLOW, patience * 500)},
            M.REVOKED: {"kind": "status", "status": 401},
        }
        # An article is known by the mark in its address, everything else by its words.
        words = LINK.split(delivery.text)[0].strip()
        text = mark_of(delivery.nonce) if delivery.account.kind == "blog" else words
        account = self._counterparts[delivery.account_id].name
        return self._platforms.fault(account, text=text, **options[kind])

    def _write(self, copy: Copy, credentials: list[Credential]) -> None:
        with transaction.atomic(using=self._alias):
            copy.write(self._alias)
            Credential.objects.using(self._alias).bulk_create(credentials)

    def _look(self) -> bool:
        """Say how far it is; whether nothing more can happen."""
        if (fallen := self._stage.fallen()) is not None:
            raise Problem(f"{fallen.name} stopped (exit code {fallen.exit_code}). {fallen.why()}")
        self._kill_when_its_turn_has_come()
        at = now()
        over = sum(is_over(row, at) for row in self._rows())
        self._tell(
            "running", over=over, of=len(self._deliveries),
            at=self._timing.campaign_time(at, self._start).isoformat() if self._deliveries else "",
        )  # fmt: skip
        return over == len(self._deliveries)

    def _rows(self) -> QuerySet[Delivery]:
        """The deliveries as they stand in the scratch database, each with what it follows."""
        rows = Delivery.objects.using(self._alias).filter(pk__in=self._planned)
        return rows.select_related("account", "follows__account")

    def _kill_when_its_turn_has_come(self) -> None:
        waiting = [
            fault for kind, fault in self._faults.values()
            if kind == M.KILLED and fault not in self._struck
        ]  # fmt: skip
        if waiting and (struck := self._platforms.struck()) & set(waiting):
            self._struck |= struck
            self._stage.worker_kill()
