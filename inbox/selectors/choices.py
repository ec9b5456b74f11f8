"""What can be chosen in the queue's filters, and how what was chosen is called."""

from dataclasses import dataclass

from channels.models import ChannelAccount
from channels.selectors.accounts import accounts_for
from inbox.models import Tag
from inbox.selectors.filters import QueueFilter
from inbox.selectors.tags import tag_page
from opsconsole.kernel.actor import Actor
from opsconsole.people.directory import colleague_page
from opsconsole.people.models import BusinessUnit, User
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import units_within

MOST = 200


@dataclass(frozen=True, slots=True)
class Choices:
    """Rows to choose from, each within the actor's reach."""

    accounts: list[ChannelAccount]
    units: list[BusinessUnit]
    people: list[User]
    tags: list[Tag]


def choices_for(actor: Actor) -> Choices:
    """Return what the filters offer."""
    return Choices(
        accounts=list(accounts_for(actor, Ability.READ_INBOX)[:MOST]),
        units=list(units_within(actor, Ability.READ_INBOX)),
        people=colleague_page(actor, size=MOST).rows,
        tags=tag_page(actor, size=MOST).rows,
    )


def chosen_names(actor: Actor, filters: QueueFilter) -> dict[str, str]:
    """Return how the chosen account, unit, person and tag are called. A query for each that is chosen."""
    names: dict[str, str] = {}
    if filters.account is not None:
        account = accounts_for(actor, Ability.READ_INBOX).filter(pk=filters.account).first()
        names["account"] = str(account or "?")
    if filters.unit is not None:
        unit = units_within(actor, Ability.READ_INBOX).filter(pk=filters.unit).first()
        names["unit"] = str(unit or "?")
    if isinstance(filters.assignee, int):
        names["assignee"] = str(User.objects.filter(pk=filters.assignee).first() or "?")
    if filters.tag is not None:
        names["tag"] = str(Tag.objects.filter(pk=filters.tag).first() or "?")
    return names
