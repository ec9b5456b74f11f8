"""Posts for tests, made by the actions that make real ones."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from campaigns.actions import Content, post_create, post_schedule
from campaigns.calendar import wall_time
from campaigns.models import Post
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account
from tests.factories.people import make_actor

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
