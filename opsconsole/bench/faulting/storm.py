"""Schedules of faults by chance, many at a time on one console, while its processes are being hurt."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from celery import current_app
from kombu.exceptions import OperationalError

from channels.actions.accounts import account_pause, account_reconnect, account_resume
from channels.actions.deliveries import (
    delivery_cancel,
    delivery_confirm_live,
    delivery_revise,
    delivery_send_again,
)
from channels.actions.holding import hold_lift, hold_place
from channels.actions.reviewing import review_drop, review_send
from channels.models import ChannelAccount, Delivery, Hold, RateWindow
from channels.models.windows import owner_of_account
from opsconsole.bench.faulting.field import Field, Line, mark_of, secrets_of
from opsconsole.bench.faulting.menu import Schedule, draw
from opsconsole.bench.faulting.rows import Fate
from opsconsole.bench.platform import control
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError
from opsconsole.local.terminal import say

#: Schedules that run at the same time.
AT_A_TIME = 250
#: Where nothing more is to be done by anybody.
_OVER = ("sent", "rejected", "failed", "missed", "cancelled")
#: Seconds in which people act and processes are hurt; times that people come back to what is stuck, and
#: seconds after which they do at the latest.
_STORMY, _LOOKS, _PATIENCE = 4.5, 16, 20


@dataclass(slots=True)
class Told:
    """What a storm came to."""

    schedules: int = 0
    fates: list[Fate] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)
    humans: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Running:
    line: Line
    schedule: Schedule
    made: list[Delivery]


def storm(field: Field, count: int, *, seed: int = 1) -> Told:
    """Run so many schedules, numbered from the seed on, in waves."""
    told, began = Told(), time.monotonic()
    for first in range(0, count, AT_A_TIME):
        numbers = range(seed + first, seed + min(first + AT_A_TIME, count))
        _wave(field, [draw(number) for number in numbers], random.Random(seed + first), told)
        say(f"{told.schedules} of {count} schedules after {time.monotonic() - began:.0f} s")
    told.seconds = time.monotonic() - began
    return told


def _wave(field: Field, schedules: list[Schedule], dice: random.Random, told: Told) -> None:
    lines = [(field.line(schedule.kind), schedule) for schedule in schedules]
    for line, schedule in lines:
        for wish in schedule.calls:
            line.fault(**wish)
        for wish in schedule.reads:
            line.fault(method="GET", **wish)
    running = [
        _Running(line, schedule, [field.post(line, after=due, window=window)
                                  for due, window in schedule.posts])
        for line, schedule in lines
    ]  # fmt: skip
    _hurt(field, running, dice, told)
    made = [delivery for one in running for delivery in one.made]
    for _ in range(_LOOKS):
        told.injected["worker ended by itself"] += field.revive()
        field.rest(made, _PATIENCE)
        if not _look_after(field, running, dice, told):
            break
    told.schedules += len(schedules)
    told.fates += field.fates(made)
    _count_faults(field, running, told)


def _hurt(field: Field, running: list[_Running], dice: random.Random, told: Told) -> None:
    """Let people act at their times, and kill, flush and double in between."""
    acts = [(at, one, act) for one in running for at, act in one.schedule.acts]
    blows = [(dice.uniform(0.3, _STORMY), None, "kill") for _ in range(3)]
    blows += [(dice.uniform(0, _STORMY), None, name) for name in ("flush", "double", "double")]
    blows += [(dice.uniform(0, _STORMY), None, "redis down")] if dice.random() < 0.4 else []
    began = time.monotonic()
    for at, one, act in sorted([*acts, *blows], key=lambda entry: entry[0]):
        time.sleep(max(0.0, began + at - time.monotonic()))
        told.injected[act] += 1
        if one is None:
            _blow(field, act, dice)
        else:
            with suppress(DomainError):  # it came too late, which is an answer
                _act(field, one, act)


def _blow(field: Field, what: str, dice: random.Random) -> None:
    if what == "kill":
        number = dice.randrange(len(field.stack.workers))
        field.stack.kill_worker(number)
        field.stack.start_worker(number)
    elif what == "flush":
        field.stack.flush_redis()
    elif what == "redis down":
        field.stack.restart_redis(seconds_down=1)
    else:
        with suppress(OperationalError):
            for _ in range(5):
                current_app.send_task("channels.tasks.dispatch", task_id=f"d{dice.randrange(3)}")


def _act(field: Field, one: _Running, act: str) -> None:
    first = Delivery.objects.select_related("account").get(pk=one.made[0].pk)
    if act == "hold":
        hold_place(field.actor, scope="account", target=one.line.account.pk, reason="bench")
    elif act == "revise":
        at = now() + timedelta(seconds=1)
        delivery_revise(
            field.actor, delivery=first, text=f"고침 {mark_of(first.text)}", title="고침",
            not_before=at, deadline=at + timedelta(hours=1),
        )  # fmt: skip
    elif act == "cancel":
        delivery_cancel(field.actor, delivery_id=first.pk)
    elif act == "pause":
        account_pause(field.actor, account_id=one.line.account.pk)
    else:
        current_app.send_task("channels.tasks.reconcile_due")


def _look_after(field: Field, running: list[_Running], dice: random.Random, told: Told) -> bool:
    """Do what people would about whatever does not go on by itself. False when nothing was left to do."""
    stuck = [one for one in running if any(_open(one))]
    for one in stuck:
        with suppress(DomainError):
            _free(field, one.line)
        for delivery in _open(one):
            with suppress(DomainError):
                _decide(field, one.line, delivery, dice, told)
    return bool(stuck)


def _open(one: _Running) -> Iterator[Delivery]:
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in one.made])
    return rows.exclude(state__in=_OVER).iterator()


def _free(field: Field, line: Line) -> None:
    """Lift, resume, reconnect, and let the quarter of an hour go by that a platform asked for."""
    account = ChannelAccount.objects.get(pk=line.account.pk)
    for hold in Hold.objects.filter(account=account.pk, lifted_at__isnull=True):
        hold_lift(field.actor, hold_id=hold.pk)
    RateWindow.objects.filter(owner=owner_of_account(account.pk)).delete()
    ChannelAccount.objects.filter(pk=account.pk).update(
        next_allowed_at=None, posts_wait_until=None, answers_wait_until=None
    )
    if account.is_paused:
        account_resume(field.actor, account_id=account.pk)
    if account.needs_reconnect:
        secrets = secrets_of(account.kind, line.there)
        account_reconnect(field.actor, account_id=account.pk, secrets=secrets)


def _decide(field: Field, line: Line, delivery: Delivery, dice: random.Random, told: Told) -> None:
    if delivery.state == "held" and delivery.hold_id:
        review = review_send if dice.random() < 0.7 else review_drop
        review(field.actor, delivery_ids=[delivery.pk])
    elif delivery.state == "needs_human":
        told.humans += 1
        mark = mark_of(delivery.text)
        found = [call for call in line.stored() if mark_of(call["text"]) == mark]
        if found:
            number = line.number_of(found[0])
            delivery_confirm_live(field.actor, delivery_id=delivery.pk, external_id=number)
        else:
            delivery_send_again(field.actor, delivery_id=delivery.pk)


def _count_faults(field: Field, running: list[_Running], told: Told) -> None:
    """Count what has struck, and let the platforms forget it."""
    names = {one.line.name for one in running}
    laid = [fault for fault in control(field.sandbox_url, "faults")
            if fault["match"]["account"] in names]  # fmt: skip
    for fault in laid:
        told.injected[str(fault["kind"])] += int(fault["used"])
    if laid:
        ids = ",".join(str(fault["id"]) for fault in laid)
        control(field.sandbox_url, f"faults?id={ids}", method="DELETE")
