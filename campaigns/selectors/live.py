"""Reads of live desks, each behind a gate that knows the actor."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Abs, Extract

from campaigns.approval import Step, steps_from
from campaigns.lifecycle import LiveState
from campaigns.models import ApprovalPolicy, LiveDesk, LiveLine, LivePlace, LiveWord, PostTarget
from campaigns.selectors.approvals import needs_of, people_asked
from campaigns.selectors.live_asking import asked_of
from campaigns.selectors.posts import deliveries_under, posts_for
from channels.lifecycle import DeliveryState
from channels.models import ChannelAccount, Delivery
from channels.registry import capabilities_for
from channels.selectors.accounts import accounts_for
from channels.types import Threading
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.people.roles import Ability

VIEWS = ("open", "past")
#: Posts that went out this long ago may still be spoken under.
MASTER_WITHIN = timedelta(days=7)
#: Master posts offered for one account.
MASTERS_OFFERED = 15
D = DeliveryState


def desks_for(actor: Actor) -> QuerySet[LiveDesk]:
    """Return the live desks of the units whose posts the actor may read."""
    rows = LiveDesk.objects.select_related(
        "unit", "campaign", "opened_by", "let_out_by", "refused_by"
    )
    units = actor.units(Ability.READ_POSTS)
    return rows if units is None else rows.filter(unit__in=units)


def desk_for(
    actor: Actor, desk_id: int, *, ability: str = Ability.READ_POSTS, lock: bool = False
) -> LiveDesk:
    """Return one live desk within reach; NotFound when invisible, NotAllowed when only readable.

    Whoever changes anything at a desk holds its row first: so words have one order.
    """
    rows = desks_for(actor).filter(pk=desk_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound
    actor.must(ability, found.unit_id)
    return found


def desk_page(
    actor: Actor, *, view: str = "open", cursor: str = "", size: int = 30
) -> KeysetPage[LiveDesk]:
    """Return open or past desks, newest first, each with `line_count`.

    `waits` says that nobody has let it out, `asking` holds what it asks of the actor, if it does.
    """
    if view not in VIEWS:
        raise Invalid(code="unknown_view", field="view")
    state = LiveState.OPEN if view == "open" else LiveState.CLOSED
    rows = desks_for(actor).filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    counted = rows.annotate(
        line_count=Count("lines", filter=Q(lines__is_taken_back=False), distinct=True)
    ).prefetch_related("places__account")
    page: KeysetPage[LiveDesk] = cut(
        counted.order_by("-id")[: size + 1], size, lambda row: [row.pk]
    )
    rules = _rules(page.rows)
    waiting = {row.pk for row in page.rows if row.is_open and not is_let_out(row, rules[row.pk])}
    asking = asked_of(actor, [(row, rules[row.pk]) for row in page.rows if row.pk in waiting])
    for row in page.rows:
        row.waits, row.asking = row.pk in waiting, asking.get(row.pk)  # type: ignore[attr-defined]
    return page


def _rules(desks: list[LiveDesk]) -> dict[int, list[Step]]:
    """Return the rule of each of some desks: the steps of its unit, then those of its campaign. One query."""
    units, campaigns = (
        {getattr(row, name) for row in desks} for name in ("unit_id", "campaign_id")
    )
    found = ApprovalPolicy.objects.filter(
        Q(unit__in=units) | Q(campaign__in=[pk for pk in campaigns if pk is not None])
    )
    by_owner = {(row.unit_id, row.campaign_id): steps_from(row.steps) for row in found}
    return {
        row.pk: by_owner.get((row.unit_id, None), []) + by_owner.get((None, row.campaign_id), [])
        for row in desks
    }


def desk_of_word(actor: Actor, word_id: int) -> LiveDesk:
    """Return the desk at which something was said; NotFound when it is out of reach."""
    found = desks_for(actor).filter(lines__words=word_id).first()
    if found is None:
        raise NotFound
    return found


def accounts_to_speak(actor: Actor, unit_id: int | None = None) -> list[ChannelAccount]:
    """Return the accounts that a desk can speak on: where our words can hang under a post of ours."""
    rows = accounts_for(actor, Ability.WRITE_POSTS).order_by("name", "id")
    if unit_id is not None:
        rows = rows.filter(unit=unit_id)
    return [row for row in rows if capabilities_for(row.kind).threading != Threading.NONE]


def is_chained(account: ChannelAccount) -> bool:
    """Whether words hang each under the one before, as on X."""
    return capabilities_for(account.kind).threading == Threading.CHAIN


def masters_to_choose(
    actor: Actor, accounts: Iterable[ChannelAccount]
) -> dict[int, list[PostTarget]]:
    """Return the placements that stand, or will, on some accounts: nearest to this moment first. One query.

    A series fills the weeks to come; what a launch hangs under has just gone out or goes out next.
    """
    at = now()
    away = ExpressionWrapper(F("delivery__not_before") - Value(at), output_field=DurationField())
    gone = [D.CANCELLED, D.REJECTED, D.FAILED, D.MISSED]
    rows = (
        PostTarget.objects.filter(
            post__in=posts_for(actor).order_by().values("pk"),
            account__in=list(accounts), delivery__not_before__gte=at - MASTER_WITHIN,
        )
        .exclude(delivery__state__in=gone)
        .select_related("post", "delivery")
        .order_by(Abs(Extract(away, "epoch")), "-pk")
    )  # fmt: skip
    found: dict[int, list[PostTarget]] = {}
    for target in rows[:200]:
        mine = found.setdefault(target.account_id, [])
        if len(mine) < MASTERS_OFFERED:
            mine.append(target)
    return found


def head_of(place: LivePlace) -> Delivery | None:
    """Return the last of what a place's master post puts there; None while the first words are it."""
    if place.master is None:
        return None
    rows = deliveries_under(place.master).exclude(state=D.CANCELLED)
    return rows.order_by("post_part__position", "pk").last()


def words_on(place: LivePlace) -> QuerySet[LiveWord]:
    """Return what is said on a place and stands, or may yet stand: oldest first."""
    rows = place.words.filter(is_skipped=False, line__is_taken_back=False)
    rows = rows.exclude(delivery__state=D.CANCELLED)
    return rows.select_related("delivery__account", "line").order_by("line__number")


def tail_of(place: LivePlace, *, before: int | None = None) -> Delivery | None:
    """Return what the next words on a place come after; `before` looks from the line of that number."""
    rows = words_on(place)
    if before is not None:
        rows = rows.filter(line__number__lt=before)
    last = rows.last()
    return head_of(place) if last is None else last.delivery


def rule_of(desk: LiveDesk) -> list[Step]:
    """Return the steps by which words of a desk would have to be approved, were they posts. One query."""
    return needs_of(desk).steps


def is_let_out(desk: LiveDesk, steps: list[Step]) -> bool:
    """Whether somebody has let the desk out, under just this rule; without a rule nobody has to."""
    return not steps or (desk.let_out_at is not None and steps_from(desk.let_out_for) == steps)


def may_let_out(actor: Actor, desk: LiveDesk, steps: list[Step]) -> bool:
    """Whether the actor has the last word of the rule, and did not open the desk."""
    if not steps or actor.user_id is None or actor.user_id == desk.opened_by_id:
        return False
    return actor.user_id in people_asked(steps[-1], desk.unit_id)


def line_of(desk: LiveDesk, line_id: int) -> LiveLine:
    """Return one line of a desk that has come through its gate."""
    found = desk.lines.filter(pk=line_id).select_related("author").first()
    if found is None:
        raise NotFound
    return found
