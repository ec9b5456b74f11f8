"""What machines do: workers die, Redis forgets, messages double, PostgreSQL comes back as a copy, clocks are wrong."""

import time
from datetime import timedelta

from celery import current_app
from django.db import connection, connections

from channels import tasks
from channels.actions.accounts import account_poll_now
from channels.actions.sending import delivery_claim
from channels.lifecycle import URGENT
from channels.models import Alarm, ChannelAccount, Delivery, DeliveryAttempt
from opsconsole.bench.faulting.field import Field, Line, together, until
from opsconsole.bench.faulting.rows import Row
from opsconsole.bench.platform import control
from opsconsole.local.processes import Service

KINDS = ("x", "facebook", "blog")
#: A worker that lives in another time: its whole process does, Celery included.
_ELSEWHEN = """
import datetime, sys, time_machine
time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes={minutes})).start()
from celery.__main__ import main
sys.argv[0] = "celery"
main()
"""


def killed(field: Field, before: Row, after: Row) -> None:
    """1 and 2. All workers are killed while calls are under way: some stored, some not, some without time left."""
    after.injected = "stored, then SIGKILL of every worker"
    before.injected = "armed, not stored, SIGKILL; once its window is over meanwhile"
    stored, absent, over = field.lines(*KINDS), field.lines(*KINDS), field.line("x")
    for line in stored:
        line.fault("timeout_after", seconds=30)
    for line in [*absent, over]:
        line.fault("timeout_before", seconds=30)
    there = [field.post(line) for line in stored]
    gone = [field.post(line) for line in absent]
    late = field.post(over, window=4)
    until(lambda: all(line.calls() for line in [*stored, *absent, over]), 20, every=0.02)
    field.kill_workers()
    began = time.monotonic()
    after.seconds = field.rest(there, 60)
    field.rest([*gone, late], 60)
    before.seconds = time.monotonic() - began
    after.fates, before.fates = field.fates(there), field.fates([*gone, late])
    after.all_are("sent")
    before.all_are("sent", "missed")
    late.refresh_from_db()
    before.expect(late.state == "missed", f"what had no time left is {late.state}")


def doubled(field: Field, row: Row) -> None:
    """5. Three beats, messages delivered again and again, and three workers with one and the same claim."""
    row.injected = "3 beats, 60 doubled messages, one claim in 3 hands"
    beats = [_beat(field, number) for number in (1, 2)]
    made = [field.post(line) for line in field.lines(*KINDS * 3)]
    for number in range(60):
        name = ("dispatch", "deliver_next", "reap", "reconcile_due")[number % 4]
        current_app.send_task(f"channels.tasks.{name}", task_id=f"again{number % 6}")
    for _ in range(6):
        made.append(field.post(field.line("facebook")))
        if (claim := delivery_claim()) is not None:
            together(*[lambda claim=claim: tasks.deliver(claim)] * 3)
    row.seconds = field.rest(made, 60)
    for beat in beats:
        beat.stop()
    row.fates = field.fates(made)
    row.all_are("sent")


def redis_away(field: Field, row: Row, *, seconds: float) -> None:
    """6. Redis is emptied in one second and away in another, each just when something is due."""
    row.injected = f"FLUSHALL when due; killed when due, {seconds:.0f} s away"
    first, second = field.lines(*KINDS), field.lines(*KINDS)
    made = [field.post(line, after=1) for line in first]
    time.sleep(0.95)
    field.stack.flush_redis()
    row.seconds = field.rest(made, 30)
    made += [field.post(line, after=seconds / 2 + 1.5) for line in second]
    field.stack.restart_redis(seconds_down=seconds)
    began = time.monotonic()
    ended = 0
    while time.monotonic() < began + 60 and not _sent(made):
        ended += field.revive()
        time.sleep(0.1)
    row.note = f"{time.monotonic() - began:.1f} s after Redis was back"
    row.note += f"; {ended} workers ended and were started again" if ended else ""
    row.fates = field.fates(made)
    row.all_are("sent")


def postgres_away(field: Field, row: Row) -> None:
    """7. PostgreSQL dies between arming and recording; then a copy that has forgotten a send takes its place."""
    row.injected = "SIGKILL while armed; then promoted without the last sends"
    lines = field.lines(*KINDS)
    for line in lines:
        line.fault("slow", ms=1200)
    made = [field.post(line) for line in lines]
    until(lambda: _armed(made), 20, every=0.02)
    field.stack.restart_postgres()
    connections.close_all()
    row.seconds = field.rest(made, 60)
    sent = [field.post(line, after=6) for line in lines]
    unsent = field.post(field.line("x"), after=3600)
    connections.close_all()
    field.stack.copy_postgres()
    until(lambda: _sent(sent), 40)
    forgotten = sum(len(line.stored()) for line in lines) - len(made)
    connections.close_all()
    field.stack.promote_copy()
    row.expect(not _sent(sent), "the copy knows what it should have lost")
    row.seconds += field.rest(sent, 60)
    row.fates = field.fates([*made, *sent])
    row.all_are("sent")
    doubted = Delivery.objects.filter(pk=unsent.pk, state="planned").exists()
    row.expect(doubted, "what is due later was doubted, too")
    row.expect(forgotten == len(sent), f"{forgotten} sends were forgotten, not {len(sent)}")
    Delivery.objects.filter(pk=unsent.pk).update(state="cancelled")


def wrong_clocks(field: Field, row: Row) -> None:
    """8. The only workers are ten minutes behind and ahead; then a platform's clock is wrong."""
    row.injected = "workers 10 min behind and ahead; a platform 7 s behind"
    for number in range(len(field.stack.workers)):
        field.stack.workers[number].stop()
    strange = [_worker(field, minutes) for minutes in (-10, 10)]
    lines = field.lines(*KINDS, "x", "facebook")
    made = [field.post(line, after=3) for line in lines]
    due = [delivery.not_before.timestamp() for delivery in made]
    end = time.monotonic() + 20
    while not _sent(made) and time.monotonic() < end:
        current_app.send_task("channels.tasks.dispatch")  # never expires, unlike the beat's
        time.sleep(0.25)
    lags = [call["at"] - at for line, at in zip(lines, due, strict=True) for call in line.stored()]
    row.expect(min(lags, default=0.0) >= 0, f"{-min(lags, default=0.0):.1f} s early")
    row.note = f"late by {max(lags, default=0.0):.1f} s"
    is_told = until(lambda: Alarm.objects.filter(kind="clock").exists(), 15)
    row.expect(is_told, "no alarm")
    for worker in strange:
        worker.stop()
    field.restart(*range(len(field.stack.workers)))
    made.append(_platform_is_wrong(field, row))
    row.seconds = field.rest(made, 30)
    row.fates = field.fates(made)
    row.all_are("sent")


def _platform_is_wrong(field: Field, row: Row) -> Delivery:
    line = field.line("x")
    control(field.sandbox_url, "settings", {"account": line.name, "clock_ahead": -7})
    account_poll_now(field.actor, account_id=line.account.pk)
    until(lambda: _skew(line) != 0, 20)
    delivery = field.post(line)
    time.sleep(2)
    row.expect(not line.calls(), "sent to a platform whose clock is wrong")
    control(field.sandbox_url, "settings", {"account": line.name, "clock_ahead": 0})
    account_poll_now(field.actor, account_id=line.account.pk)
    return delivery


def many_at_once(field: Field, row: Row, *, count: int, accounts: int) -> None:
    """12. Very many are due in one second, one account is slow, one post must not wait for any of them."""
    row.injected = f"{count} in one second over {accounts} accounts, one slow; one urgent"
    lines = field.lines(*["facebook"] * accounts)
    lines[0].fault("slow", ms=400, for_seconds=600)
    made = [field.post(lines[number % accounts], after=4) for number in range(count)]
    urgent = field.post(field.line("facebook"), after=4, priority=URGENT)
    row.seconds = field.rest([*made, urgent], 180) - 4
    row.fates = field.fates([*made, urgent])
    row.all_are("sent")
    lag = _lag(urgent)
    row.note = f"urgent one {lag * 1000:.0f} ms after its second"


def restarted(field: Field, row: Row, *, count: int) -> None:
    """17. Workers are stopped and started one after the other while they send."""
    row.injected = f"SIGTERM to each worker in turn during {count} sends"
    lines = field.lines(*KINDS * 2)
    for line in lines:
        line.fault("slow", ms=300, for_seconds=600)
    made = [field.post(lines[number % len(lines)], after=1) for number in range(count)]
    until(lambda: any(line.calls() for line in lines), 20, every=0.02)
    for number in range(len(field.stack.workers)):
        field.stack.workers[number].stop()
        field.restart(number)
    row.seconds = field.rest(made, 120)
    row.fates = field.fates(made)
    row.all_are("sent")


def _lag(delivery: Delivery) -> float:
    armed = DeliveryAttempt.objects.filter(delivery=delivery, number=1).values_list(
        "armed_at", flat=True
    )
    return float((armed[0] - delivery.not_before) / timedelta(seconds=1)) if armed else 0.0


def _skew(line: Line) -> float:
    found: float = ChannelAccount.objects.values_list("clock_skew", flat=True).get(
        pk=line.account.pk
    )
    return found


def _armed(deliveries: list[Delivery]) -> bool:
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    return not rows.exclude(state="armed").exists()


def _sent(deliveries: list[Delivery]) -> bool:
    connection.close_if_unusable_or_obsolete()
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    return not rows.exclude(state="sent").exists()


def _beat(field: Field, number: int) -> Service:
    beat = field.stack.setting.beat()
    beat.name, beat.log = f"beat{number}", field.stack.log(f"beat{number}")
    place = beat.command.index("--schedule") + 1
    beat.command[place] += str(number)
    beat.start()
    return beat


def _worker(field: Field, minutes: int) -> Service:
    worker = field.stack.setting.worker(f"elsewhen{minutes}", beat=False)
    start = worker.command.index("-m")
    worker.command[start : start + 2] = ["-c", _ELSEWHEN.format(minutes=minutes)]
    worker.start()
    field.stack.parts[worker.name] = worker
    worker.wait_ready(lambda: "ready." in worker.output(), 60)
    return worker
