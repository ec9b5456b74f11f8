"""Setting what approval the posts of a unit or campaign need."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.actions.approvals import approval_open, hint
from campaigns.actions.revisions import latest_revision, revision_begin
from campaigns.approval import MOST_PEOPLE, MOST_STEPS, Step
from campaigns.lifecycle import PostState
from campaigns.models import ApprovalPolicy, Post
from campaigns.selectors.approvals import is_let_out
from campaigns.selectors.campaigns import campaign_for
from campaigns.selectors.posts import deliveries_of
from channels.actions.deliveries import deliveries_bind
from channels.lifecycle import DeliveryState
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.people.models import BusinessUnit
from opsconsole.people.roles import Ability, Role
from opsconsole.people.selectors import active_units, people_who_can

#: Hours before a post's time by which it must be decided, at most.
MOST_HOURS = 24 * 14


def unit_policy_set(
    actor: Actor, *, unit_id: int, steps: Sequence[Step], hours_before: int | None = None
) -> ApprovalPolicy:
    """Say what approval the posts of a unit need; without steps, none. Scheduled ones wait for it from now on."""
    unit = _unit(unit_id)
    actor.must(Ability.MANAGE_DESK, unit.pk)
    kept = _checked(steps, hours_before, [unit.pk])
    with transaction.atomic():
        policy = _keep(actor, kept, unit=unit)
        record(actor, "campaigns.policy.set", unit, unit_id=unit.pk, steps=len(steps))
    _bind(actor, Post.objects.filter(unit=unit), bool(steps))
    return policy


def campaign_policy_set(
    actor: Actor, *, campaign_id: int, steps: Sequence[Step], hours_before: int | None = None
) -> ApprovalPolicy:
    """Say what approval the posts of a campaign need beside their unit's."""
    campaign = campaign_for(actor, campaign_id, ability=Ability.MANAGE_DESK)
    units = [campaign.unit_id, *campaign.partners.values_list("pk", flat=True)]
    kept = _checked(steps, hours_before, units)
    with transaction.atomic():
        policy = _keep(actor, kept, campaign=campaign)
        record(
            actor, "campaigns.campaign.policy_set", campaign,
            unit_id=campaign.unit_id, name=campaign.name, steps=len(steps),
        )  # fmt: skip
    _bind(actor, Post.objects.filter(campaign=campaign), bool(steps))
    return policy


def _unit(unit_id: int) -> BusinessUnit:
    found = next((unit for unit in active_units() if unit.pk == unit_id), None)
    if found is None:
        raise NotFound
    return found


def _keep(actor: Actor, kept: dict[str, Any], **owner: Any) -> ApprovalPolicy:
    policy, _is_new = ApprovalPolicy.objects.update_or_create(
        **owner, defaults={**kept, "changed_by_id": actor.person_id, "changed_at": now()}
    )
    return policy


def _checked(
    steps: Sequence[Step], hours_before: int | None, units: Sequence[int]
) -> dict[str, Any]:
    if len(steps) > MOST_STEPS:
        raise Invalid(_("At most five steps."), code="steps", field="steps")
    if hours_before is not None and not 0 <= hours_before <= MOST_HOURS:
        raise Invalid(_("At most two weeks before."), code="hours", field="hours_before")
    readers: set[int] = set()
    for unit_id in units:
        able = people_who_can(Ability.READ_POSTS, unit_id)
        readers |= set(able.values_list("pk", flat=True))
    for number, step in enumerate(steps, 1):
        if bool(step.role) == bool(step.people):
            raise Invalid(
                _("Step %(step)s: choose a role, or people.") % {"step": number},
                code="who", field="steps",
            )  # fmt: skip
        if step.role and step.role not in set(Role):
            raise Invalid(_("There is no such role."), code="role", field="steps")
        if len(step.people) > MOST_PEOPLE or set(step.people) - readers:
            raise Invalid(
                _("Step %(step)s: choose people who may read these posts.") % {"step": number},
                code="people", field="steps",
            )  # fmt: skip
    return {"steps": [step.as_json() for step in steps], "hours_before": hours_before}


def _bind(actor: Actor, posts: QuerySet[Post], is_needed: bool) -> None:
    """Have scheduled posts that nobody has approved wait for it; what a worker holds goes its way.

    What was missed before is bound as well: sending it by hand then needs an emergency release.
    A rule that is taken away lets nothing out: what waits is approved, or saved anew.
    """
    if not is_needed:
        return
    for pk in _concerned(posts):
        with transaction.atomic():
            post = Post.objects.select_for_update(of=("self",)).get(pk=pk)
            revision_begin(post)
            revision = latest_revision(post)
            if post.state == PostState.CANCELLED or is_let_out(post, revision.digest):
                continue
            numbers = list(deliveries_of(post).values_list("pk", flat=True))
            if deliveries_bind(actor, delivery_ids=numbers, content=revision.digest):
                try:
                    with transaction.atomic():
                        approval_open(actor, post, revision)
                except Invalid:
                    pass  # nobody can approve in time: its owner is warned, and it is not sent
            hint(post)


def _concerned(posts: QuerySet[Post]) -> list[int]:
    """Return the posts that have still to leave, and those of which something was missed or given up."""
    over = [DeliveryState.MISSED, DeliveryState.FAILED]
    missed = Q(targets__delivery__state__in=over) | Q(targets__parts__delivery__state__in=over)
    scheduled = Q(state=PostState.SCHEDULED, publish_at__gt=now())
    found = posts.filter(scheduled | missed).exclude(state=PostState.CANCELLED)
    return sorted(set(found.values_list("pk", flat=True)))
