"""Making what the model company plans: through the same actions as everybody, each thing once."""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.utils import timezone

from campaigns.actions.campaigns import Plan, campaign_create, campaign_move
from campaigns.actions.library import image_add
from campaigns.actions.live_desks import Seat, desk_open
from campaigns.actions.live_snippets import snippet_add
from campaigns.actions.planning import daily_goal_set
from campaigns.actions.policies import campaign_policy_set
from campaigns.actions.posts import post_create, post_schedule
from campaigns.actions.series import SeriesPlan, series_create
from campaigns.approval import Step
from campaigns.calendar import wall_time
from campaigns.contents import Content, Picked
from campaigns.lifecycle import CampaignState
from campaigns.models import (
    Campaign,
    DailyGoal,
    LibraryImage,
    LiveDesk,
    Post,
    Series,
)
from campaigns.recurrence import Frequency, Rule
from campaigns.selectors.live import masters_to_choose
from channels.actions.holding import hold_lift, hold_place
from channels.models import ChannelAccount, Hold
from channels.scopes import PHRASE
from opsconsole.demo.campaigns import (
    CAMPAIGNS,
    EXAM,
    GOALS,
    LATER,
    LIVE_DESK,
    PARTNER,
    PAST_HOLD,
    PICTURES,
    PLANNED,
    PLANNER,
    ROAMING,
    SERIES,
    SOON,
    UNIT,
)
from opsconsole.demo.pictures import picture
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.people.models import BusinessUnit, User
from opsconsole.people.roles import Role
from opsconsole.people.selectors import actor_for

ZONE = "Asia/Seoul"
_SPACE = UUID("2f0a9d0c-6a55-4a52-9d27-4d1a51f4a3b1")


def seed_plans() -> None:
    """Make campaigns, pictures, a series, posts before their approvers, goals, and a hold that is over."""
    units = {unit.slug: unit for unit in BusinessUnit.objects.all()}
    planner, boss = (
        actor_for(User.objects.get(username=name)) for name in (PLANNER, "sora")
    )  # the one writes, the other approves
    unit = units[UNIT]
    accounts = {row.kind: row for row in ChannelAccount.objects.filter(unit=unit).order_by("-pk")}
    if not set(GOALS) <= set(accounts):
        return  # somebody has disconnected what the plans are for
    _hold(planner, boss, unit.pk)
    campaigns = {
        key: _campaign(planner, boss, key, unit.pk, units[PARTNER].pk) for key in CAMPAIGNS
    }
    _goals(planner, accounts)
    _series(planner, unit.pk, accounts["x"])
    images = {key: _image(planner, key, unit.pk) for key in PICTURES}
    for row in PLANNED:
        _post(planner, unit.pk, accounts, campaigns, images, row)
    _live_desk(planner, unit.pk, accounts["x"], campaigns[ROAMING])


def _key(name: str) -> UUID:
    return uuid5(_SPACE, name)


def _campaign(planner: Actor, boss: Actor, key: str, unit_id: int, partner_id: int) -> Campaign:
    """The one of these days runs, and what is said in it is approved by a manager; the other is planned."""
    known = Campaign.objects.filter(request_key=_key(key)).first()
    if known is not None:
        return known
    name, goal, first, last, tags = CAMPAIGNS[key]
    today = timezone.localdate()
    day = _exam_after(today) if key == EXAM else today
    plan = Plan(
        name=name, goal=goal, tags=tags, partners=[partner_id] if key == ROAMING else [],
        starts_on=day + timedelta(days=first), ends_on=day + timedelta(days=last),
    )  # fmt: skip
    made = campaign_create(planner, unit_id=unit_id, plan=plan, request_key=_key(key))
    if key == ROAMING:
        campaign_policy_set(boss, campaign_id=made.pk, steps=[Step(role=Role.MANAGER)])
        campaign_move(planner, campaign_id=made.pk, state=CampaignState.RUNNING)
    return made


def _exam_after(today: date) -> date:
    """The third Thursday of November, when the whole country sits an exam: the next one, a fortnight off at least."""
    for year in (today.year, today.year + 1):
        first = date(year, 11, 1)
        day = first + timedelta(days=(3 - first.weekday()) % 7 + 14)
        if day - today > timedelta(days=14):
            return day
    raise AssertionError("one of two years has it ahead")


def _goals(planner: Actor, accounts: dict[str, ChannelAccount]) -> None:
    for kind, (low, high) in GOALS.items():
        account = accounts[kind]
        if not DailyGoal.objects.filter(account=account).exists():
            daily_goal_set(planner, account_id=account.pk, low=low, high=high)


def _series(planner: Actor, unit_id: int, account: ChannelAccount) -> None:
    if Series.objects.filter(request_key=_key("series")).exists():
        return
    title, hour, days, texts = SERIES
    tomorrow = timezone.localdate() + timedelta(days=1)
    rule = Rule(Frequency.DAILY, tomorrow, time(hour), ZONE, count=days)
    plan = SeriesPlan(title, texts, [account.pk], rule)
    series_create(planner, unit_id=unit_id, plan=plan, request_key=_key("series"))


def _image(planner: Actor, key: str, unit_id: int) -> LibraryImage:
    name, alt_text, rights = PICTURES[key]
    known = LibraryImage.objects.filter(unit=unit_id, name=name).first()
    if known is not None:
        return known
    return image_add(
        planner, unit_id=unit_id, upload=picture(key), name=name, alt_text=alt_text, rights=rights
    )


def _post(
    planner: Actor,
    unit_id: int,
    accounts: dict[str, ChannelAccount],
    campaigns: dict[str, Campaign],
    images: dict[str, LibraryImage],
    row: tuple[str, str, str, str, str, str | None],
) -> None:
    key, campaign, image, title, body, when = row
    if Post.objects.filter(request_key=_key(key)).exists():
        return
    content = Content(
        title=title, body=body, account_ids=[accounts["x"].pk, accounts["facebook"].pk],
        local_time=_local(when), campaign=campaigns[campaign].pk,
        images=[Picked(images[image].pk, images[image].alt_text)] if image else (),
    )  # fmt: skip
    post = post_create(planner, unit_id=unit_id, content=content, request_key=_key(key))
    if when:
        post_schedule(planner, post_id=post.pk)


def _local(when: str | None) -> datetime | None:
    """Return the wall time in Seoul that a word of the plan stands for."""
    here = wall_time(now(), ZONE).replace(second=0, microsecond=0)
    days, hour = LATER
    times = {
        "soon": here + timedelta(minutes=SOON),
        "later": here.replace(hour=hour, minute=0) + timedelta(days=days),
    }
    return times[when] if when else None


def _live_desk(planner: Actor, unit_id: int, account: ChannelAccount, campaign: Campaign) -> None:
    """The one who plans it opens the desk; a manager sees what is asked and lets it out."""
    name, post, snippets = LIVE_DESK
    if LiveDesk.objects.filter(request_key=_key("live")).exists():
        return
    offered = masters_to_choose(planner, [account]).get(account.pk, [])
    master = next((one for one in offered if one.post.request_key == _key(post)), None)
    desk = desk_open(
        planner, unit_id=unit_id, name=name, request_key=_key("live"), campaign_id=campaign.pk,
        seats=[Seat(account.pk, master=master.pk if master else None)],
    )  # fmt: skip
    for text in snippets:
        snippet_add(planner, desk_id=desk.pk, text=text)


def _hold(planner: Actor, boss: Actor, unit_id: int) -> None:
    """Two days ago somebody stopped certain words, and somebody else let them go on."""
    if Hold.objects.exists():
        return
    phrase, reason, began, ended = PAST_HOLD
    hold = hold_place(planner, scope=PHRASE, target=unit_id, reason=reason, phrase=phrase)
    hold_lift(boss, hold_id=hold.pk)
    at = now()
    Hold.objects.filter(pk=hold.pk).update(
        placed_at=at - timedelta(hours=began), lifted_at=at - timedelta(hours=ended)
    )
