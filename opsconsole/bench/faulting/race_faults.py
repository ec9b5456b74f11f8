"""What people and calendars do: clocks that jump, the button in the last moment, changes while it is being sent."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from typing import Any
from uuid import uuid4

from campaigns.actions.approvals import approval_decide
from campaigns.actions.policies import unit_policy_set
from campaigns.actions.posts import (
    post_cancel,
    post_create,
    post_schedule,
    post_update,
)
from campaigns.actions.series import SeriesPlan, series_create
from campaigns.actions.taking_back import approval_take_back
from campaigns.approval import Step
from campaigns.calendar import wall_time
from campaigns.contents import Content
from campaigns.models import ApprovalRequest, Post
from campaigns.recurrence import Frequency, Rule, occurrences
from campaigns.tasks import write_series
from channels.actions.holding import hold_lift, hold_place
from channels.actions.reviewing import review_send
from channels.models import Delivery, DeliveryAttempt, Hold, HoldInFlight
from channels.tasks import dispatch
from opsconsole.bench.faulting.field import Field, together, until
from opsconsole.bench.faulting.rows import Row
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError

#: Zone, wall time, and the instant that is meant, worked out by hand.
_WALLS = (
    ("Asia/Seoul", "2027-11-11T11:11:11", "2027-11-11T02:11:11"),
    ("Asia/Seoul", "2028-02-29T00:00:00", "2028-02-28T15:00:00"),
    ("America/New_York", "2027-03-14T02:30:00", "2027-03-14T07:30:00"),  # skipped: an hour on
    ("America/New_York", "2027-11-07T01:30:00", "2027-11-07T05:30:00"),  # twice: the first
    ("Australia/Lord_Howe", "2027-10-03T02:15:00", "2027-10-02T15:45:00"),  # half an hour skipped
)
#: A monthly rule on the 31st, and one on 29 February, as years and months that have such a day.
_SHORT_MONTHS = (
    (date(2027, 1, 31), 31, ("2027-01-31", "2027-03-31", "2027-05-31", "2027-07-31")),
    (date(2028, 1, 29), 29, ("2028-01-29", "2028-02-29", "2028-03-29", "2028-04-29")),
)
_SEOUL = "Asia/Seoul"


def calendars(field: Field, row: Row) -> None:
    """9. Walls whose clocks skip or repeat an hour, months without a day, a series written by four at once."""
    row.injected = "clocks set on and back, 29 and 31, four writers, 03:00 UTC server"
    began = time.monotonic()
    account = field.line("facebook").account
    planned = []
    for zone, local, at in _WALLS:
        post = _post(field.actor, account.pk, field.unit.pk, datetime.fromisoformat(local), zone)
        meant = datetime.fromisoformat(at).replace(tzinfo=UTC)
        delivery = Delivery.objects.get(post_target__post=post)
        row.expect(delivery.not_before == meant, f"{local} {zone} is {delivery.not_before}")
        planned.append(post)
    for start, day, wanted in _SHORT_MONTHS:
        rule = Rule(Frequency.MONTHLY, start, clock_time(11, 11), _SEOUL, month_day=day)
        found = [one.key for one, _ in zip(occurrences(rule), wanted, strict=False)]
        row.expect(tuple(found) == wanted, f"the {day}th falls on {found}")
    planned += _series_of_four(field, row)
    line = field.line("x")
    soon = wall_time(now(), _SEOUL).replace(microsecond=0)
    post = _post(field.actor, line.account.pk, field.unit.pk, soon, _SEOUL, seconds=3)
    sent = Delivery.objects.get(post_target__post=post)
    field.rest([sent], 30)
    lag = line.stored()[0]["at"] - sent.not_before.timestamp()
    row.expect(lag >= 0, f"{-lag * 1000:.0f} ms early")
    stopped = list(Delivery.objects.filter(post_target__post__in=planned))
    for one in planned:
        post_cancel(field.actor, post_id=one.pk)
    row.seconds = time.monotonic() - began
    row.fates = field.fates([sent, *stopped])
    row.all_are("sent", "cancelled")


def _series_of_four(field: Field, row: Row) -> list[Post]:
    account = field.line("blog").account
    rule = Rule(
        Frequency.DAILY, wall_time(now(), _SEOUL).date(), clock_time(23, 59), _SEOUL, count=20
    )
    plan = SeriesPlan("매일", ["매일 {{number}}"], [account.pk], rule)
    series = series_create(field.actor, unit_id=field.unit.pk, plan=plan, request_key=uuid4())
    together(*[write_series] * 4)
    until(lambda: series.posts.count() >= 20, 10)
    keys = list(series.posts.values_list("occurrence_key", flat=True))
    row.expect(len(keys) == len(set(keys)) == 20, f"{len(keys)} posts for 20 dates")
    return list(series.posts.all())


def button(field: Field, row: Row, *, count: int) -> None:
    """13. The button is pressed around the moment of sending; lifting it afterwards sends nothing."""
    row.injected = f"hold 300 ms before to 100 ms after the second, {count} times; lifted"
    lines = field.lines(*["facebook"] * count)
    made = [field.post(line, after=2) for line in lines]
    dice = random.Random(13)
    moments = [(dice.uniform(-0.3, 0.1), line, d) for line, d in zip(lines, made, strict=True)]
    holds: dict[int, Hold] = {}
    for offset, line, delivery in sorted(moments, key=lambda moment: moment[0]):
        time.sleep(max(0, delivery.not_before.timestamp() + offset - time.time()))
        holds[delivery.pk] = hold_place(
            field.actor, scope="account", target=line.account.pk, reason="bench"
        )
    field.rest(made, 20)
    armed = dict(
        DeliveryAttempt.objects.filter(delivery__in=made).values_list("delivery", "armed_at")
    )
    leaked = [pk for pk, at in armed.items() if at > holds[pk].placed_at]
    row.expect(not leaked, f"{len(leaked)} armed after the hold had committed")
    listed = set(HoldInFlight.objects.filter(delivery__in=made).values_list("delivery", flat=True))
    settled = Delivery.objects.filter(pk__in=list(armed)).values_list("pk", "settled_at")
    silent = [pk for pk, at in settled if at and at > holds[pk].placed_at and pk not in listed]
    row.expect(not silent, f"{len(silent)} were in flight and are not listed")
    for hold in holds.values():
        hold_lift(field.actor, hold_id=hold.pk)
    time.sleep(1.5)
    flushed = sum(len(line.calls()) for line in lines) - len(armed)
    row.expect(not flushed, f"{flushed} left because a hold was lifted")
    waiting = [delivery.pk for delivery in made if delivery.pk not in armed]
    review_send(field.actor, delivery_ids=waiting)
    row.seconds = field.rest(made, 30, of=["sent"])
    row.fates = field.fates(made)
    row.all_are("sent")
    row.note = f"{len(armed)} had left, {len(waiting)} were stopped"


def changes(field: Field, row: Row, *, count: int) -> None:
    """14. Words change, posts are given up, approvals are taken back in the very moment of sending."""
    row.injected = f"edit, cancel or approval taken back while due, {count} times"
    seo, min_, account = (
        field.colleague("staff"),
        field.colleague("manager"),
        field.line("x").account,
    )
    unit_policy_set(field.actor, unit_id=field.unit.pk, steps=[Step(role="manager")])
    began = time.monotonic()
    made, posts = [], []
    for turn in range(count):
        post = _post(
            seo, account.pk, field.unit.pk, wall_time(now(), _SEOUL), _SEOUL, seconds=7200
        )
        request = ApprovalRequest.objects.get(post=post, state="open")
        approval_decide(min_, request_id=request.pk, agrees=True)
        delivery = Delivery.objects.get(post_target__post=post)
        made.append(delivery)
        posts.append(post.pk)
        act = _act(seo, post, request, turn)
        Delivery.objects.filter(pk=delivery.pk, state="planned").update(not_before=now())
        together(act, partial(_ring, turn))
    unit_policy_set(field.actor, unit_id=field.unit.pk, steps=[])
    moving = ["planned", "awaiting", "sent", "cancelled", "needs_human", "missed", "held"]
    field.rest(made, 60, of=moving)
    _compare(row, made)
    for pk in posts:  # what was changed in time waits for its new time
        with suppress(DomainError):
            post_cancel(field.actor, post_id=pk)
    field.rest(made, 30)
    row.seconds = time.monotonic() - began
    row.fates = field.fates(made)
    row.all_are("sent", "cancelled", "missed")


def _compare(row: Row, made: list[Delivery]) -> None:
    """Published hash is approved hash, and the words are those of the post."""
    for sent in Delivery.objects.filter(pk__in=[d.pk for d in made], state="sent"):
        row.expect(
            sent.content_hash == sent.permitted_hash != "", f"{sent.pk} was sent unapproved"
        )
        body = Post.objects.get(targets__delivery=sent).body
        row.expect(sent.text == body, f"{sent.pk} says something else than its post")


def _act(seo: Actor, post: Post, request: ApprovalRequest, turn: int) -> Callable[[], Any]:
    post.refresh_from_db()
    content = Content(
        title=post.title, body=f"새 말 {uuid4().hex}", account_ids=[t.account_id for t in post.targets.all()],
        local_time=datetime.fromisoformat(str(post.local_time)),
    )  # fmt: skip
    acts: list[Callable[[], Any]] = [
        partial(post_update, seo, post_id=post.pk, content=content, version=post.version),
        partial(post_cancel, seo, post_id=post.pk),
        partial(approval_take_back, seo, request_id=request.pk),
    ]
    return acts[turn % 3]


def _ring(turn: int) -> None:
    """Have the workers look a little sooner or later."""
    time.sleep(turn % 5 * 0.004)
    dispatch()


def _post(
    actor: Actor, account_id: int, unit_id: int, local: datetime, zone: str, *, seconds: int = 0
) -> Post:
    content = Content(
        title="안내", body=f"안내 {uuid4().hex}", account_ids=[account_id],
        local_time=(local + timedelta(seconds=seconds)).replace(microsecond=0, tzinfo=None),
        time_zone=zone,
    )  # fmt: skip
    post = post_create(actor, unit_id=unit_id, content=content, request_key=uuid4())
    return post_schedule(actor, post_id=post.pk)
