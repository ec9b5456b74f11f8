"""Posts for tests, made by the actions that make real ones."""

from dataclasses import fields
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from campaigns.actions.campaigns import Plan, campaign_create
from campaigns.actions.library import image_add
from campaigns.actions.live_desks import Seat, desk_open
from campaigns.actions.live_lines import line_say
from campaigns.actions.posts import post_create, post_schedule
from campaigns.actions.series import SeriesPlan, series_create
from campaigns.calendar import wall_time
from campaigns.contents import Content
from campaigns.models import Campaign, LibraryImage, LiveDesk, LiveLine, Post, Series
from campaigns.recurrence import Frequency, Rule
from channels.models import Delivery
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account
from tests.factories.people import make_actor
from tests.factories.pictures import picture_file

_numbers = count(1)


def in_seoul(**later) -> datetime:
    """A wall time in Seoul, so much later than now."""
    return wall_time(now() + timedelta(**later), "Asia/Seoul").replace(microsecond=0)


def make_content(*accounts, **given) -> Content:
    """What a writer typed: for two hours from now unless told otherwise."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "title": f"Title {number}",
        "body": f"News {number}",
        "account_ids": [account.pk for account in accounts],
        "local_time": in_seoul(hours=2),
    }
    return Content(**(defaults | given))


def make_post(*accounts, actor: Actor | None = None, scheduled: bool = False, **given) -> Post:
    """A post of the first account's unit; a draft unless scheduled."""
    placed = accounts or (make_account(),)
    unit = placed[0].unit
    actor = actor or make_actor("staff", unit)
    content = make_content(*placed, **given)
    post = post_create(actor, unit_id=unit.pk, content=content, request_key=uuid4())
    return post_schedule(actor, post_id=post.pk) if scheduled else post


def make_campaign(*, unit, actor: Actor | None = None, **given) -> Campaign:
    """A planned campaign of a unit, for this week."""
    number = next(_numbers)
    today = now().date()
    defaults: dict[str, Any] = {
        "name": f"Campaign {number}",
        "starts_on": today,
        "ends_on": today + timedelta(days=7),
    }
    plan = Plan(**(defaults | given))
    actor = actor or make_actor("staff", unit)
    return campaign_create(actor, unit_id=unit.pk, plan=plan, request_key=uuid4())


def make_image(*, unit, actor: Actor | None = None, upload=None, **given) -> LibraryImage:
    """A picture in a unit's library, unlike any other unless the upload is given."""
    number = next(_numbers)
    upload = upload or picture_file(colour=(number % 256, number // 256 % 256, 90))
    given.setdefault("name", f"Picture {number}")
    return image_add(actor or make_actor("staff", unit), unit_id=unit.pk, upload=upload, **given)


def make_plan(*accounts, **given) -> SeriesPlan:
    """A daily rule in Seoul, beginning tomorrow at three, with its number in the text."""
    number = next(_numbers)
    rule: dict[str, Any] = {
        "frequency": Frequency.DAILY,
        "starts_on": in_seoul(days=1).date(),
        "clock": time(15),
        "zone": "Asia/Seoul",
    } | {name: given.pop(name) for name in set(given) & {field.name for field in fields(Rule)}}
    defaults: dict[str, Any] = {
        "title": f"Event {number}",
        "texts": [f"Event {number}, no. {{{{number}}}}"],
        "account_ids": [account.pk for account in accounts],
        "rule": Rule(**rule),
    }
    return SeriesPlan(**(defaults | given))


def make_series(*accounts, actor: Actor | None = None, **given) -> Series:
    """A series of the first account's unit."""
    placed = accounts or (make_account(),)
    unit = placed[0].unit
    actor = actor or make_actor("staff", unit)
    return series_create(
        actor, unit_id=unit.pk, plan=make_plan(*placed, **given), request_key=uuid4()
    )


def make_live_desk(*accounts, actor: Actor | None = None, **given) -> LiveDesk:
    """An open desk of the first account's unit; the first words said are the master post, or as seats say."""
    placed = accounts or (make_account(kind="x"),)
    unit = placed[0].unit
    defaults: dict[str, Any] = {
        "name": f"Desk {next(_numbers)}",
        "seats": [Seat(account.pk) for account in placed],
        "request_key": uuid4(),
    }
    actor = actor or make_actor("staff", unit)
    return desk_open(actor, unit_id=unit.pk, **(defaults | given))


def say_live(desk: LiveDesk, text: str = "", *, actor: Actor | None = None, **given) -> LiveLine:
    """A line at a desk, unlike any other unless the text is given."""
    words = text or f"{uuid4().hex} {next(_numbers)}"
    actor = actor or make_actor("staff", desk.unit)
    return line_say(actor, desk_id=desk.pk, text=words, **({"request_key": uuid4()} | given))


def leave_live(desk: LiveDesk) -> None:
    """The seconds in which what was said could be taken back have passed."""
    Delivery.objects.filter(live_word__line__desk=desk).update(not_before=now())
