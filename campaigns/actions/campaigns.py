"""Making, changing and moving campaigns. Their posts keep their own times and states."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.lifecycle import CAMPAIGN, CampaignState
from campaigns.models import Campaign
from campaigns.selectors.campaigns import campaign_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import one_line, typed
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import active_units, people_who_can

LONGEST_NAME, LONGEST_GOAL = 120, 4000
MOST_TAGS, LONGEST_TAG = 20, 40


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign is: typed by whoever plans it. Numbers are those of units and users."""

    name: str
    starts_on: date
    ends_on: date
    goal: str = ""
    partners: Sequence[int] = ()
    owners: Sequence[int] = ()
    tags: Sequence[str] = ()


def campaign_create(actor: Actor, *, unit_id: int, plan: Plan, request_key: UUID) -> Campaign:
    """Plan a campaign of a unit in which the actor writes posts. The same key returns the first."""
    actor.must(Ability.WRITE_POSTS, unit_id)
    with transaction.atomic():
        at = now()
        campaign, is_new = Campaign.objects.get_or_create(
            request_key=request_key,
            defaults={
                "unit_id": unit_id,
                "created_by_id": actor.person_id,
                "created_at": at,
                "updated_at": at,
                **_columns(plan),
            },
        )
        if not is_new:
            if (campaign.created_by_id, campaign.unit_id) != (actor.person_id, unit_id):
                raise Conflict(
                    _("This key already stands for another campaign."), code="key_reused"
                )
            return campaign
        _gather(campaign, plan)
        record(
            actor, "campaigns.campaign.created", campaign, unit_id=unit_id, name=campaign.name
        )  # fmt: skip
        _hint(campaign)
    return campaign


def campaign_update(actor: Actor, *, campaign_id: int, plan: Plan, version: int) -> Campaign:
    """Change a campaign. Conflict when somebody else has saved since `version`."""
    with transaction.atomic():
        campaign = campaign_for(actor, campaign_id, ability=Ability.WRITE_POSTS, lock=True)
        if campaign.version != version:
            raise Conflict(_("Somebody else has changed this campaign meanwhile."), code="version")
        _save(campaign, **_columns(plan))
        _gather(campaign, plan)
        record(
            actor, "campaigns.campaign.updated", campaign,
            unit_id=campaign.unit_id, name=campaign.name,
        )  # fmt: skip
        _hint(campaign)
    return campaign


def campaign_move(actor: Actor, *, campaign_id: int, state: str) -> Campaign:
    """Start, end, archive a campaign or bring it back. Its posts are left as they are."""
    if state not in set(CampaignState):
        raise Invalid(code="unknown_state", field="state")
    with transaction.atomic():
        campaign = campaign_for(actor, campaign_id, ability=Ability.WRITE_POSTS, lock=True)
        if not CAMPAIGN.allows(CampaignState(campaign.state), CampaignState(state)):
            raise Conflict(_("This campaign has moved on meanwhile."), code="moved_on")
        _save(campaign, state=state)
        record(
            actor, "campaigns.campaign.moved", campaign,
            unit_id=campaign.unit_id, name=campaign.name, state=state,
        )  # fmt: skip
        _hint(campaign)
    return campaign


def _columns(plan: Plan) -> dict[str, Any]:
    name = one_line(typed(plan.name), LONGEST_NAME)
    if not name:
        raise Invalid(_("Give the campaign a name."), code="blank", field="name")
    if plan.ends_on < plan.starts_on:
        raise Invalid(_("The last day lies before the first."), code="dates", field="ends_on")
    goal = typed(plan.goal).strip()
    if len(goal) > LONGEST_GOAL:
        raise Invalid(_("At most 4,000 characters."), code="too_long", field="goal")
    return {
        "name": name, "goal": goal, "starts_on": plan.starts_on, "ends_on": plan.ends_on,
        "tags": _tags(plan.tags),
    }  # fmt: skip


def _tags(given: Sequence[str]) -> list[str]:
    tags = list(dict.fromkeys(word for tag in given if (word := one_line(typed(tag)).lstrip("#"))))
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise Invalid(
            _("At most 20 tags of at most 40 characters."), code="tags", field="tags"
        )  # fmt: skip
    return tags


def _gather(campaign: Campaign, plan: Plan) -> None:
    """Set the units that take part and the owners; owners must write posts in one of the units."""
    known = {unit.pk for unit in active_units()}
    partners = set(plan.partners) - {campaign.unit_id}
    if partners - known:
        raise Invalid(_("Choose units that exist."), code="unit", field="partners")
    owners = set(plan.owners) or {campaign.created_by_id}
    writers: set[int] = set()
    for unit_id in {campaign.unit_id, *partners}:
        able = people_who_can(Ability.WRITE_POSTS, unit_id).filter(pk__in=owners)
        writers |= set(able.values_list("pk", flat=True))
    stay = set(campaign.owners.values_list("pk", flat=True))
    if owners - writers - stay - {campaign.created_by_id}:
        raise Invalid(
            _("Owners must be able to write posts in one of the units."),
            code="owners", field="owners",
        )  # fmt: skip
    campaign.partners.set(partners)
    campaign.owners.set(owners)


def _save(campaign: Campaign, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(campaign, name, value)
    campaign.version, campaign.updated_at = campaign.version + 1, now()
    campaign.save(update_fields=[*changes, "version", "updated_at"])


def _hint(campaign: Campaign) -> None:
    units = [campaign.unit_id, *campaign.partners.values_list("pk", flat=True)]
    hint_on_commit("campaign", units=units, id=campaign.pk)
