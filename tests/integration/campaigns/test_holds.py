"""Holds over a campaign and over a tag of campaigns."""

import pytest

from campaigns.models import Campaign, Post
from channels.actions.holding import hold_lift, hold_place, holds_catch
from channels.models import Delivery
from channels.selectors.holds import holds_seen
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import Invalid, NotAllowed
from tests.factories.campaigns import make_campaign, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_actor, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def launch():
    """A campaign with one scheduled post, and a post beside it."""
    account = make_account(unit=make_unit())
    campaign = make_campaign(unit=account.unit, name="Launch")
    Campaign.objects.filter(pk=campaign.pk).update(tags=["event", "iphone"])
    ours = make_post(account, body="Ours", scheduled=True)
    beside = make_post(account, body="Beside", scheduled=True)
    Post.objects.filter(pk=ours.pk).update(campaign=campaign)
    return campaign, delivery_of(ours), delivery_of(beside)


def delivery_of(post):
    return post.targets.get().delivery


def marks(*rows):
    return [Delivery.objects.get(pk=row.pk).hold_id for row in rows]


def test_a_campaign_stands_still_and_goes_on(launch):
    campaign, ours, beside = launch
    hold = hold_place(SYSTEM, scope="campaign", target=campaign.pk, reason="x")
    assert (hold.target_name, hold.unit_id) == ("Launch", campaign.unit_id)
    assert marks(ours, beside) == [hold.pk, None]
    hold_lift(SYSTEM, hold_id=hold.pk)
    assert marks(ours, beside) == [None, None]


def test_a_tag_stops_the_campaigns_that_have_it(launch):
    _campaign, ours, beside = launch
    hold = hold_place(SYSTEM, scope="tag", phrase="event", reason="x")
    assert marks(ours, beside) == [hold.pk, None]
    hold_lift(SYSTEM, hold_id=hold.pk)
    hold_place(SYSTEM, scope="tag", phrase="event", target=make_unit().pk, reason="x")
    holds_catch()
    assert marks(ours, beside) == [None, None]


def test_the_owning_unit_decides_and_those_who_take_part_are_told(launch):
    campaign, *_rows = launch
    partner = make_unit()
    campaign.partners.add(partner)
    with pytest.raises(Invalid):
        hold_place(
            make_actor("manager", partner), scope="campaign", target=campaign.pk, reason="x"
        )
    hold = hold_place(
        make_actor("staff", campaign.unit), scope="campaign", target=campaign.pk, reason="x"
    )
    helper = make_actor("manager", partner)
    assert holds_seen(helper) == [hold]
    assert holds_seen(make_actor("manager", make_unit())) == []
    with pytest.raises(NotAllowed):
        hold_lift(helper, hold_id=hold.pk)
    assert hold_lift(make_actor("manager", campaign.unit), hold_id=hold.pk).lifted_at
