"""Reads of approvals: what a post needs and has, what waits for somebody, and what a guest's link shows."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from campaigns.approval import Step, steps_from
from campaigns.lifecycle import LIVE, ApprovalState, PostState, ReleaseState
from campaigns.models import (
    ApprovalLink,
    ApprovalPolicy,
    ApprovalRequest,
    ApprovalVoice,
    Campaign,
    EmergencyRelease,
    LiveDesk,
    Post,
    PostComment,
)
from campaigns.selectors.posts import deliveries_of
from channels.lifecycle import DeliveryState
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.prepared import prepared
from opsconsole.people.models import BusinessUnit, Membership, User
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import people_who_can, units_within

#: Posts that have not gone out.
_WAITS = frozenset({PostState.DRAFT, PostState.SCHEDULED})
#: The number in the rail stops here.
COUNT_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Needs:
    """What approval a post needs: the steps of its unit, then those of its campaign."""

    steps: list[Step]
    hours_before: int | None


def needs_of(post: Post | LiveDesk) -> Needs:
    """Return what approval a post, or what is said at a live desk, needs at this moment. One query."""
    rows = ApprovalPolicy.objects.filter(
        Q(unit=post.unit_id) | Q(campaign=post.campaign_id, campaign__isnull=False)
    )
    policies = sorted(rows, key=lambda row: row.unit_id is None)
    hours = [row.hours_before for row in policies if row.steps and row.hours_before]
    steps = [step for row in policies for step in steps_from(row.steps)]
    return Needs(steps, max(hours, default=None))


def people_asked(step: Step, unit_id: int) -> list[int]:
    """Return who is meant by a step, of those who may read the unit's posts, by number."""
    readers = people_who_can(Ability.READ_POSTS, unit_id)
    if step.role:
        held = Membership.objects.filter(Q(unit=unit_id) | Q(unit__isnull=True), role=step.role)
        chosen = readers.filter(pk__in=held.values("user"))
    else:
        chosen = readers.filter(pk__in=step.people)
    return sorted(chosen.values_list("pk", flat=True))


def writers_of(post: Post) -> set[int]:
    """Return everybody who has written this post: nobody approves their own."""
    rows = post.revisions.filter(author__isnull=False).order_by().distinct()
    return {post.author_id, *rows.values_list("author_id", flat=True)}


def is_let_out(post: Post, digest: str) -> bool:
    """Whether people have let out just this content: approved it, or released it in an emergency."""
    return ApprovalRequest.objects.filter(
        post=post, digest=digest, state=ApprovalState.APPROVED
    ).exists() or is_released(post, digest)


def is_released(post: Post, digest: str) -> bool:
    """Whether two people have let out just this content in an emergency."""
    rows = EmergencyRelease.objects.filter(post=post, digest=digest, state=ReleaseState.GIVEN)
    return rows.exists()


def may_leave(post: Post) -> bool:
    """Whether anything of a post has still to leave, or was missed and may be sent by hand."""
    if post.state == PostState.DONE:
        by_hand = [DeliveryState.MISSED, DeliveryState.FAILED]
        return deliveries_of(post).filter(state__in=by_hand).exists()
    return post.state != PostState.CANCELLED


def requests_for(actor: Actor) -> QuerySet[ApprovalRequest]:
    """Return the requests for posts of the units whose posts the actor may read."""
    rows = ApprovalRequest.objects.select_related(
        "post__unit", "post__campaign", "revision__author", "asked_by"
    )
    units = actor.units(Ability.READ_POSTS)
    return rows if units is None else rows.filter(post__unit__in=units)


def request_for(actor: Actor, request_id: int) -> ApprovalRequest:
    """Return one request within reach; NotFound for any other."""
    found = requests_for(actor).filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def waiting_for(actor: Actor) -> list[ApprovalRequest]:
    """Return what waits for the actor's word, what must be decided first on top. At most 100."""
    mine = ApprovalVoice.objects.filter(user=actor.person_id, is_open=True)
    rows = requests_for(actor).filter(pk__in=mine.values("request"), state=ApprovalState.OPEN)
    still = rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now()))
    ordered = still.order_by("expires_at", "pk").prefetch_related("post__targets__account")
    return list(ordered[:COUNT_LIMIT])


def asked_by_me(actor: Actor, size: int = 30) -> list[ApprovalRequest]:
    """Return what the actor has asked for lately, newest first."""
    rows = requests_for(actor).filter(asked_by=actor.person_id).order_by("-pk")
    return list(rows.prefetch_related("post__targets__account")[:size])


def waiting_count(user_id: int) -> int:
    """Count what waits for a person's word, up to COUNT_LIMIT. One query on its own index."""
    return len(_waiting(user_id))


@prepared
def _waiting(user_id: int) -> QuerySet[ApprovalVoice, int]:
    rows = ApprovalVoice.objects.filter(user_id=user_id, is_open=True)
    return rows.order_by().values_list("pk", flat=True)[:COUNT_LIMIT]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a post stands with its approval, as the actor sees it."""

    needs: list[Step]
    request: ApprovalRequest | None
    voices: list[ApprovalVoice]
    mine: ApprovalVoice | None
    release: EmergencyRelease | None
    comments: list[PostComment]
    is_let_out: bool
    may_release: bool
    may_confirm: bool
    may_take_back: bool
    links: list[ApprovalLink]

    @property
    def concerns(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.needs or self.request or self.release or self.comments)


def standing_of(actor: Actor, post: Post) -> Standing:
    """Return how a post that has come through its gate stands. At most six queries."""
    needs = needs_of(post).steps
    last = post.requests.select_related("asked_by", "revision").order_by("-pk").first()
    voices = list(last.voices.select_related("user")) if last else []
    mine = next((row for row in voices if row.user_id == actor.user_id and row.is_open), None)
    release = post.releases.select_related("asked_by", "given_by").order_by("-pk").first()
    comments = list(post.comments.select_related("author")[:100])
    digest = post.revisions.order_by("-number").values_list("digest", flat=True).first()
    approved = last is not None and last.state == ApprovalState.APPROVED
    given = release is not None and release.state == ReleaseState.GIVEN
    is_out = (approved and last is not None and last.digest == digest) or (
        given and release is not None and release.digest == digest
    )
    asked = release is not None and release.state == ReleaseState.ASKED
    can = actor.can(Ability.RELEASE_POSTS, post.unit_id) and bool(needs) and not is_out
    is_live = can and may_leave(post)
    return Standing(
        needs=needs, request=last, voices=voices, mine=mine, release=release, comments=comments,
        is_let_out=is_out, may_release=is_live and not asked,
        may_confirm=can and asked and release is not None
        and release.asked_by_id != actor.user_id,
        may_take_back=last is not None and last.state in LIVE and post.state in _WAITS and (
            actor.can(Ability.WRITE_POSTS, post.unit_id)
            or any(row.agrees and row.user_id == actor.user_id for row in voices)
        ),
        links=_links(mine),
    )  # fmt: skip


def _links(mine: ApprovalVoice | None) -> list[ApprovalLink]:
    if mine is None:
        return []
    alive = mine.links.filter(withdrawn_at=None, used_at=None, expires_at__gt=now())
    return list(alive.order_by("pk"))


def live_request(post: Post) -> ApprovalRequest | None:
    """Return the request that is open or approved, if any."""
    return post.requests.filter(state__in=LIVE).first()


def policy_of_unit(unit_id: int) -> ApprovalPolicy | None:
    """Return the policy of a unit, if it has one."""
    return ApprovalPolicy.objects.filter(unit=unit_id).select_related("changed_by").first()


def policy_of_campaign(campaign: Campaign) -> ApprovalPolicy | None:
    """Return the policy of a campaign, if it has one."""
    return ApprovalPolicy.objects.filter(campaign=campaign).select_related("changed_by").first()


def units_with_policies(actor: Actor) -> list[tuple[BusinessUnit, ApprovalPolicy | None]]:
    """Return the units whose ways the actor sets, each with its policy. Two queries."""
    units = list(units_within(actor, Ability.MANAGE_DESK))
    found = {row.unit_id: row for row in ApprovalPolicy.objects.filter(unit__in=units)}
    return [(unit, found.get(unit.pk)) for unit in units]


def people_named(numbers: Iterable[int]) -> dict[int, User]:
    """Return people by number, for naming them in steps."""
    return {user.pk: user for user in User.objects.filter(pk__in=list(numbers))}


def digest_of(secret: str) -> str:
    """Return what is kept of a guest link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_of(secret: str, *, lock: bool = False) -> ApprovalLink:
    """Return a guest link that may still be used; NotFound for all others, whatever is wrong with them."""
    at = now()
    rows = ApprovalLink.objects.filter(
        Q(voice__request__expires_at__isnull=True) | Q(voice__request__expires_at__gt=at),
        digest=digest_of(secret), used_at__isnull=True, withdrawn_at__isnull=True,
        expires_at__gt=at, voice__is_open=True, voice__request__state=ApprovalState.OPEN,
    )  # fmt: skip
    if lock:
        rows = rows.select_for_update(of=("self",))
    else:
        rows = rows.select_related("voice__user", "voice__request__post__unit")
    found = rows.first()
    if found is None:
        raise NotFound
    return found
