"""How much an account should say a day, and the secret addresses of calendars."""

import secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.models import CalendarFeed, DailyGoal
from campaigns.selectors.feeds import digest_of
from channels.selectors.accounts import account_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.people.models import User
from opsconsole.people.roles import Ability

#: More posts a day than anybody reads.
MOST_A_DAY = 200


def daily_goal_set(actor: Actor, *, account_id: int, low: int, high: int) -> None:
    """Say how many posts a day an account should have; 0 as `high` takes the goal away."""
    account = account_for(actor, account_id, Ability.WRITE_POSTS)
    if high and not 0 <= low <= high <= MOST_A_DAY:
        raise Invalid(_("Give two numbers, the smaller first."), code="goal", field="high")
    with transaction.atomic():
        if high:
            DailyGoal.objects.update_or_create(
                account=account, defaults={"low": low, "high": high}
            )
        else:
            DailyGoal.objects.filter(account=account).delete()
        record(
            actor, "campaigns.goal.set", account, unit_id=account.unit_id,
            account=account.name, low=low, high=high,
        )  # fmt: skip


def calendar_feed_make(actor: Actor) -> str:
    """Return a new secret for one's own calendar address; a former one leads nowhere from now on."""
    actor.must(Ability.READ_POSTS)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        CalendarFeed.objects.update_or_create(
            user_id=actor.person_id,
            defaults={"digest": digest_of(secret), "made_at": now(), "read_at": None},
        )
        record(actor, "campaigns.feed.made", User.objects.get(pk=actor.person_id))
    return secret


def calendar_feed_withdraw(actor: Actor) -> None:
    """Take one's own calendar address back. Taking back none changes nothing."""
    with transaction.atomic():
        gone, _by_table = CalendarFeed.objects.filter(user_id=actor.person_id).delete()
        if gone:
            record(actor, "campaigns.feed.withdrawn", User.objects.get(pk=actor.person_id))
