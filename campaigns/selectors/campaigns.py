"""Reads of campaigns, each behind a gate that knows the actor; results count what the actor may read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from campaigns.lifecycle import CampaignState, PostState
from campaigns.models import Campaign, Post, PostTarget
from campaigns.selectors.posts import posts_for
from channels.lifecycle import DeliveryState
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.people.models import User
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import people_who_can

VIEWS = ("current", "over", "archived")
_SHOWN = {
    "current": [CampaignState.PLANNED, CampaignState.RUNNING],
    "over": [CampaignState.OVER],
    "archived": [CampaignState.ARCHIVED],
}
D = DeliveryState
#: What became of placements, in the order of the page: group -> states.
RESULTS: dict[str, tuple[DeliveryState, ...]] = {
    "sent": (D.SENT,),
    "decide": (D.NEEDS_HUMAN,),
    "not_sent": (D.REJECTED, D.FAILED, D.MISSED),
    "cancelled": (D.CANCELLED,),
}


@dataclass(frozen=True, slots=True)
class CampaignResults:
    """How a campaign's posts stand: posts by state, placements by what became of them, and the posts to look at."""

    posts: dict[str, int]
    placements: dict[str, int]
    coming: list[Post]
    trouble: list[Post]


def campaigns_for(actor: Actor, ability: str = Ability.READ_POSTS) -> QuerySet[Campaign]:
    """Return the campaigns that units of the actor own or take part in."""
    rows = Campaign.objects.select_related("unit")
    units = actor.units(ability)
    if units is None:
        return rows
    shared = Campaign.partners.through.objects.filter(businessunit__in=units)
    return rows.filter(Q(unit__in=units) | Q(pk__in=shared.values("campaign")))


def campaign_for(
    actor: Actor, campaign_id: int, *, ability: str = Ability.READ_POSTS, lock: bool = False
) -> Campaign:
    """Return one campaign within reach; NotFound when invisible, NotAllowed when only readable.

    Taking part is enough to read. Any other ability must hold in the unit that owns it.
    """
    rows = campaigns_for(actor).filter(pk=campaign_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound
    if ability != Ability.READ_POSTS:
        actor.must(ability, found.unit_id)
    return found


def campaign_page(
    actor: Actor, *, view: str = "current", cursor: str = "", size: int = 30
) -> KeysetPage[Campaign]:
    """Return one page, newest first, each with the numbers of its posts (`post_count`, `coming_count`)."""
    if view not in VIEWS:
        raise Invalid(code="unknown_view", field="view")
    rows = campaigns_for(actor).filter(state__in=_SHOWN[view])
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    page = cut(rows.order_by("-id")[: size + 1], size, lambda row: [row.pk])
    counts = _counts(actor, [row.pk for row in page.rows])
    for row in page.rows:
        row.post_count, row.coming_count = counts.get(row.pk, (0, 0))  # type: ignore[attr-defined]
    return page


def _counts(actor: Actor, campaign_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    rows = (
        posts_for(actor)
        .prefetch_related(None)
        .select_related(None)
        .filter(campaign__in=list(campaign_ids))
        .exclude(state=PostState.CANCELLED)
        .values("campaign")
        .annotate(all=Count("pk"), coming=Count("pk", filter=Q(state=PostState.SCHEDULED)))
    )
    return {row["campaign"]: (row["all"], row["coming"]) for row in rows}


def campaign_results(actor: Actor, campaign: Campaign, *, size: int = 10) -> CampaignResults:
    """Return how a campaign's posts stand, as far as the actor may read them. Two counts, two short lists."""
    rows = posts_for(actor).filter(campaign=campaign)
    bare = rows.select_related(None).prefetch_related(None)
    states = bare.order_by().values_list("state").annotate(count=Count("pk"))
    by_state: dict[str, int] = dict(states)
    placed = PostTarget.objects.filter(post__in=bare, delivery__isnull=False)
    ends: dict[str, int] = dict(
        placed.order_by().values_list("delivery__state").annotate(count=Count("pk"))
    )
    troubled = placed.filter(delivery__state__in=[*RESULTS["decide"], *RESULTS["not_sent"]])
    return CampaignResults(
        posts={str(state): by_state.get(state, 0) for state in PostState},
        placements={
            name: sum(ends.get(state, 0) for state in some) for name, some in RESULTS.items()
        },
        coming=list(rows.filter(state=PostState.SCHEDULED).order_by("publish_at", "id")[:size]),
        trouble=list(
            rows.filter(pk__in=troubled.values("post")).order_by("-publish_at", "-id")[:size]
        ),
    )


def campaigns_to_choose(actor: Actor) -> list[Campaign]:
    """Return the campaigns that a writer may write posts for, by name."""
    rows = campaigns_for(actor, Ability.WRITE_POSTS).exclude(state=CampaignState.ARCHIVED)
    return list(rows.prefetch_related("partners").order_by("name", "id"))


def campaign_for_posts_of(actor: Actor, campaign_id: int, unit_id: int) -> Campaign | None:
    """Return the campaign when posts of this unit may be written for it; None otherwise."""
    rows = campaigns_for(actor).exclude(state=CampaignState.ARCHIVED).filter(pk=campaign_id)
    return rows.filter(Q(unit=unit_id) | Q(partners=unit_id)).distinct().first()


def people_of_campaigns(unit_ids: Iterable[int]) -> list[User]:
    """Return who may own campaigns of these units: everybody who writes posts in one of them."""
    found: dict[int, User] = {}
    for unit_id in unit_ids:
        found |= {user.pk: user for user in people_who_can(Ability.WRITE_POSTS, unit_id)}
    return sorted(found.values(), key=lambda user: (user.nickname, user.pk))
