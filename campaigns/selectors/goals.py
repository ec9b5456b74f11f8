"""Reads of daily goals, behind the gate of their accounts."""

from campaigns.models import DailyGoal
from channels.selectors.accounts import account_for, accounts_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.people.roles import Ability


def goals_for(actor: Actor) -> list[DailyGoal]:
    """Return the goals of accounts whose posts the actor may read, by account. One query."""
    accounts = accounts_for(actor, Ability.READ_POSTS).values("pk")
    rows = DailyGoal.objects.select_related("account").filter(account__in=accounts)
    return list(rows.order_by("account_id"))


def goal_of(actor: Actor, account_id: int) -> DailyGoal:
    """Return an account's goal; NotFound when the account is out of reach, or has none."""
    account = account_for(actor, account_id, Ability.READ_POSTS)
    goal = DailyGoal.objects.select_related("account").filter(account=account).first()
    if goal is None:
        raise NotFound
    return goal
