"""What a hold can cover that only campaigns know: a campaign, and a tag of campaigns."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from campaigns.selectors.campaigns import campaigns_for
from channels.models import Hold
from channels.scopes import Scope, scope_add, units_choices
from opsconsole.kernel.actor import Actor
from opsconsole.people.roles import Ability


def scopes_add() -> None:
    """Offer both to whoever holds. The unit that owns a campaign decides about it; those who take part are told."""
    scope_add("campaign", Scope(
        _("One campaign"), _of_campaign,
        column="target_id", choices=_campaigns, fill=_owner, audience=_partners,
    ))  # fmt: skip
    scope_add("tag", Scope(
        _("Tag of campaigns"), _is_tagged,
        column="unit_id", choices=units_choices, is_choice_needed=False, has_phrase=True,
    ))  # fmt: skip


def _of_campaign(hold: Hold) -> Q:
    number = hold.target_id
    placed = Q(post_target__post__campaign=number) | Q(post_part__target__post__campaign=number)
    return placed | Q(live_word__line__desk__campaign=number)


def _campaigns(actor: Actor) -> Iterable[tuple[int, str]]:
    for campaign in campaigns_for(actor, Ability.PLACE_HOLDS).order_by("-starts_on", "-pk"):
        if actor.can(Ability.PLACE_HOLDS, campaign.unit_id):
            yield campaign.pk, campaign.name


def _owner(hold: Hold) -> None:
    units = Campaign.objects.filter(pk=hold.target_id or 0).values_list("unit", flat=True)
    hold.unit_id = units.get()


def _partners(hold: Hold) -> frozenset[int]:
    shared = Campaign.partners.through.objects.filter(campaign=hold.target_id)
    return frozenset(shared.values_list("businessunit", flat=True))


def _is_tagged(hold: Hold) -> Q:
    tags = [hold.phrase]
    tagged = (
        Q(post_target__post__campaign__tags__contains=tags)
        | Q(post_part__target__post__campaign__tags__contains=tags)
        | Q(live_word__line__desk__campaign__tags__contains=tags)
    )
    return tagged & Q(account__unit=hold.unit_id) if hold.unit_id else tagged
