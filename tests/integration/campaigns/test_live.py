"""A live desk: who opens it and lets it out, what may be said there, its snippets, who is there, how it ends."""

from datetime import timedelta
from uuid import uuid4

import pytest

from campaigns.actions.live_desks import (
    Seat,
    desk_close,
    desk_reopen,
    word_skip,
)
from campaigns.actions.live_letting import desk_let_out
from campaigns.actions.live_lines import ANYWAY, line_take_back
from campaigns.actions.live_presence import (
    live_presence_end,
    live_presence_note,
    live_presences_sweep,
)
from campaigns.actions.live_snippets import (
    snippet_add,
    snippet_change,
    snippet_drop,
    snippet_move,
)
from campaigns.actions.policies import campaign_policy_set, unit_policy_set
from campaigns.approval import Step
from campaigns.models import LiveDesk, LiveWord
from campaigns.selectors.live import desk_for, desk_page, masters_to_choose
from campaigns.selectors.live_room import people_at, room_of
from channels.actions.holding import hold_place
from channels.actions.sending import delivery_claim
from channels.models import Delivery
from channels.selectors.holds import hold_over
from opsconsole.audit.models import Activity
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.campaigns import (
    in_seoul,
    leave_live,
    make_campaign,
    make_live_desk,
    make_post,
    say_live,
)
from tests.factories.channels import make_account
from tests.factories.people import make_actor, make_unit
from tests.support.sending import send_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account(kind="x")


@pytest.fixture
def seo(account):
    return make_actor("staff", account.unit, nickname="Seo")


@pytest.fixture
def min_(account):
    return make_actor("staff", account.unit, nickname="Min")


@pytest.fixture
def boss(account):
    return make_actor("manager", account.unit)


@pytest.fixture
def desk(account, seo):
    return make_live_desk(account, actor=seo)


def delivery_of(line):
    return LiveWord.objects.get(line=line).delivery


# --- Opening ---


def test_a_desk_speaks_on_accounts_of_its_unit_that_know_threads(account, seo):
    blog = make_account(kind="blog", unit=account.unit)
    for other in (blog, make_account(kind="x")):
        with pytest.raises(Invalid):
            make_live_desk(account, actor=seo, seats=[Seat(other.pk)])
    with pytest.raises(Invalid):
        make_live_desk(account, actor=seo, seats=[])
    with pytest.raises(Invalid):
        make_live_desk(account, actor=seo, seats=[Seat(account.pk, mode="apart")])
    with pytest.raises(Invalid):
        make_live_desk(account, actor=seo, name="  ")
    with pytest.raises(Invalid):
        make_live_desk(account, actor=seo, campaign_id=make_campaign(unit=make_unit()).pk)
    assert LiveDesk.objects.count() == 0


def test_a_master_post_must_stand_on_that_account(account, seo):
    elsewhere = make_post(make_account(kind="x"), scheduled=True).targets.get()
    draft = make_post(account, actor=seo).targets.get()
    for target in (elsewhere, draft):
        with pytest.raises(Invalid):
            make_live_desk(account, actor=seo, seats=[Seat(account.pk, master=target.pk)])


def test_operators_read_and_outsiders_do_not(account, desk):
    reader = make_actor("operator", account.unit)
    assert [row.pk for row in desk_page(reader).rows] == [desk.pk]
    with pytest.raises(NotAllowed):
        say_live(desk, actor=reader)
    outsider = make_actor("staff", make_unit())
    assert desk_page(outsider).rows == []
    with pytest.raises(NotFound):
        say_live(desk, actor=outsider)


# --- Letting out ---


def test_where_posts_need_approval_somebody_else_lets_the_desk_out(account, seo, boss, desk):
    unit_policy_set(boss, unit_id=account.unit_id, steps=[Step(role="manager")])
    with pytest.raises(Conflict) as refused:
        say_live(desk, actor=seo)
    assert refused.value.code == "not_let_out"
    with pytest.raises(NotAllowed):
        desk_let_out(seo, desk_id=desk.pk)
    with pytest.raises(NotAllowed):  # may write, but is not asked
        desk_let_out(make_actor("staff", account.unit), desk_id=desk.pk)
    desk_let_out(boss, desk_id=desk.pk)
    delivery = delivery_of(say_live(desk, actor=seo))
    assert (delivery.needs_permit, delivery.is_permitted) == (True, True)
    told = Activity.objects.get(verb="campaigns.live.let_out")
    assert (told.subject_id, told.actor_id) == (desk.pk, boss.user_id)


def test_who_opened_it_never_lets_it_out(account, boss):
    unit_policy_set(boss, unit_id=account.unit_id, steps=[Step(role="manager")])
    own = make_live_desk(account, actor=boss)
    with pytest.raises(NotAllowed):
        desk_let_out(boss, desk_id=own.pk)
    assert room_of(boss, desk_for(boss, own.pk)).may_let_out is False
    other = make_actor("manager", account.unit)
    assert room_of(other, desk_for(other, own.pk)).may_let_out is True
    assert desk_let_out(other, desk_id=own.pk).let_out_by_id == other.user_id


def test_a_changed_rule_asks_anew_and_one_taken_away_asks_nobody(account, seo, boss, desk):
    unit_policy_set(boss, unit_id=account.unit_id, steps=[Step(role="manager")])
    desk_let_out(boss, desk_id=desk.pk)
    say_live(desk, actor=seo)
    steps = [Step(role="staff"), Step(people=(boss.user_id,))]
    unit_policy_set(boss, unit_id=account.unit_id, steps=steps)
    with pytest.raises(Conflict):
        say_live(desk, actor=seo)
    desk_let_out(boss, desk_id=desk.pk)
    say_live(desk, actor=seo)
    unit_policy_set(boss, unit_id=account.unit_id, steps=[])
    assert delivery_of(say_live(desk, actor=seo)).needs_permit is False


def test_the_rule_of_its_campaign_counts_too(account, seo, boss):
    campaign = make_campaign(unit=account.unit)
    campaign_policy_set(boss, campaign_id=campaign.pk, steps=[Step(role="manager")])
    desk = make_live_desk(account, actor=seo, campaign_id=campaign.pk)
    with pytest.raises(Conflict):
        say_live(desk, actor=seo)
    desk_let_out(boss, desk_id=desk.pk)
    say_live(desk, actor=seo)


# --- Saying ---


def test_words_wait_five_seconds_and_overtake_posts(desk, seo, time_machine):
    time_machine.move_to("2027-06-01T06:00:00Z", tick=False)
    make_post(scheduled=True)
    line = say_live(desk, actor=seo)
    assert line.leaves_at - line.said_at == timedelta(seconds=5)
    assert delivery_claim() is None
    Delivery.objects.update(not_before=line.leaves_at)
    time_machine.move_to(line.leaves_at, tick=False)
    assert delivery_claim().delivery_id == delivery_of(line).pk


@pytest.mark.parametrize("text", ["", "  \n", "x" * 281, "Dear {{name}}"])
def test_what_a_platform_would_not_take_is_refused_at_the_door(desk, seo, text):
    with pytest.raises(Invalid):
        say_live(desk, text or " ", actor=seo)
    assert Delivery.objects.count() == 0


def test_it_is_said_on_chosen_accounts_alone(account, seo):
    page = make_account(kind="facebook", unit=account.unit)
    desk = make_live_desk(account, page, actor=seo)
    long = "x" * 281
    place = desk.places.get(account=page)
    line = say_live(desk, long, actor=seo, place_ids=[place.pk])
    assert [word.place_id for word in line.words.all()] == [place.pk]
    for wrong in ([], [0], [place.pk, 0]):
        with pytest.raises(Invalid):
            say_live(desk, actor=seo, place_ids=wrong)


def test_nearly_the_same_from_somebody_else_is_pointed_out(desk, seo, min_):
    say_live(desk, "지금 CEO가 새 요금제를 발표했습니다", actor=seo)
    text = "지금 CEO가 새 요금제를 발표했습니다!"
    with pytest.raises(Conflict) as warned:
        say_live(desk, text, actor=min_)
    assert warned.value.code == ANYWAY
    assert "Seo" in str(warned.value.message)
    say_live(desk, text, actor=min_, confirm=ANYWAY)
    say_live(desk, "지금 CEO가 새 요금제를 발표했습니다!!", actor=min_, confirm=ANYWAY)


def test_ones_own_words_may_be_alike_and_never_the_same(desk, seo, min_):
    say_live(desk, "질의응답을 시작합니다", actor=seo)
    say_live(desk, "질의응답을 시작합니다.", actor=seo)
    for who in (seo, min_):
        with pytest.raises(Invalid) as refused:
            say_live(desk, "질의응답을 시작합니다", actor=who, confirm=ANYWAY)
        assert refused.value.code == "same_text"


def test_a_key_means_the_words_it_came_with(desk, seo, min_):
    key = uuid4()
    first = say_live(desk, "안녕하세요 여러분", actor=seo, request_key=key)
    assert say_live(desk, "안녕하세요 여러분", actor=seo, request_key=key).pk == first.pk
    for who, text in ((seo, "다른 말입니다"), (min_, "안녕하세요 여러분")):
        with pytest.raises(Conflict) as refused:
            say_live(desk, text, actor=who, request_key=key)
        assert refused.value.code == "key_reused"


def test_taking_back_is_for_who_said_it_until_a_worker_has_it(desk, seo, min_):
    line = say_live(desk, actor=seo)
    with pytest.raises(NotAllowed):
        line_take_back(min_, desk_id=desk.pk, line_id=line.pk)
    leave_live(desk)
    delivery_claim()
    with pytest.raises(Conflict):
        line_take_back(seo, desk_id=desk.pk, line_id=line.pk)
    other = say_live(desk, actor=seo)
    assert line_take_back(seo, desk_id=desk.pk, line_id=other.pk).is_taken_back
    assert line_take_back(seo, desk_id=desk.pk, line_id=other.pk).is_taken_back
    assert delivery_of(other).reason_code == "undone"


def test_a_hold_on_posts_covers_what_hangs_under_them(account, desk, seo, boss):
    for _ in range(2):
        say_live(desk, actor=seo)
    hold = hold_place(boss, scope="account", target=account.pk, reason="stop")
    kinds = [word.delivery.kind for word in LiveWord.objects.order_by("pk")]
    assert kinds == ["post", "reply"]
    assert {hold_over(word.delivery_id) for word in LiveWord.objects.all()} == {hold.pk}


def test_a_hold_on_its_campaign_covers_the_desk(account, seo, boss):
    campaign = make_campaign(unit=account.unit, tags=["launch"])
    desk = make_live_desk(account, actor=seo, campaign_id=campaign.pk)
    words = [delivery_of(say_live(desk, actor=seo)).pk for _ in range(2)]
    for wish in (
        {"scope": "campaign", "target": campaign.pk},
        {"scope": "tag", "phrase": "launch", "target": account.unit_id},
    ):
        hold = hold_place(boss, reason="stop", **wish)
        assert all(hold_over(pk) is not None for pk in words)
        type(hold).objects.filter(pk=hold.pk).update(lifted_at=hold.placed_at)


def test_what_gets_on_by_itself_is_not_skipped(desk, seo):
    line = say_live(desk, actor=seo)
    with pytest.raises(Conflict):
        word_skip(seo, desk_id=desk.pk, word_id=line.words.get().pk)
    with pytest.raises(NotFound):
        word_skip(seo, desk_id=desk.pk, word_id=0)


# --- Snippets ---


def test_a_snippet_is_used_once_unless_it_is_kept(desk, seo, min_):
    once = snippet_add(seo, desk_id=desk.pk, text="곧 시작합니다")
    kept = snippet_add(seo, desk_id=desk.pk, text="#한빛라이브", is_kept=True)
    line = say_live(desk, "곧 시작합니다", actor=seo, snippet_id=once.pk)
    for text in ("하나 #한빛라이브", "전혀 다른 이야기 #한빛라이브"):
        say_live(desk, text, actor=seo, snippet_id=kept.pk)
    with pytest.raises(Conflict) as warned:
        say_live(desk, "이제 정말로 시작합니다", actor=min_, snippet_id=once.pk)
    assert warned.value.code == ANYWAY
    line_take_back(seo, desk_id=desk.pk, line_id=line.pk)
    once.refresh_from_db()
    assert not once.is_used
    say_live(desk, "이제 정말로 시작합니다", actor=min_, snippet_id=once.pk)


def test_several_edit_the_snippets_and_nobody_overwrites_another(desk, seo, min_):
    a, b, c = (snippet_add(seo, desk_id=desk.pk, text=text) for text in "abc")
    snippet_change(min_, desk_id=desk.pk, snippet_id=a.pk, text="A", is_kept=True, version=1)
    with pytest.raises(Conflict):
        snippet_change(seo, desk_id=desk.pk, snippet_id=a.pk, text="x", is_kept=False, version=1)
    snippet_move(seo, desk_id=desk.pk, snippet_id=c.pk, step=-1)
    snippet_move(seo, desk_id=desk.pk, snippet_id=a.pk, step=-1)
    assert [row.text for row in desk.snippets.all()] == ["A", "c", "b"]
    line = say_live(desk, "b said at length", actor=seo, snippet_id=b.pk)
    snippet_drop(min_, desk_id=desk.pk, snippet_id=b.pk)
    line.refresh_from_db()
    assert line.snippet_id is None
    for wrong in ("", "  ", "x" * 5001):
        with pytest.raises(Invalid):
            snippet_add(seo, desk_id=desk.pk, text=wrong)


# --- Who is here ---


def test_presence_ends_with_a_word_or_by_itself(desk, seo, min_, time_machine):
    time_machine.move_to("2027-06-01T06:00:00Z", tick=False)
    live_presence_note(seo, desk_id=desk.pk, tab="1", is_typing=False)
    live_presence_note(seo, desk_id=desk.pk, tab="2", is_typing=True)
    live_presence_note(min_, desk_id=desk.pk, tab="3", is_typing=False)
    assert [(str(h.user), h.is_typing) for h in people_at(desk)] == [("Min", False), ("Seo", True)]
    live_presence_end(min_, desk_id=desk.pk, tab="3")
    assert [str(here.user) for here in people_at(desk)] == ["Seo"]
    time_machine.move_to("2027-06-01T06:00:30Z", tick=False)
    assert people_at(desk) == []
    assert live_presences_sweep() == 2
    with pytest.raises(NotFound):
        live_presence_note(
            make_actor("staff", make_unit()), desk_id=desk.pk, tab="4", is_typing=True
        )


# --- The end ---


def test_a_closed_desk_hears_nothing_and_can_be_opened_again(desk, seo, min_):
    say_live(desk, actor=seo)
    desk_close(min_, desk_id=desk.pk)
    assert [row.pk for row in desk_page(seo, view="past").rows] == [desk.pk]
    with pytest.raises(Conflict):
        say_live(desk, actor=seo)
    leave_live(desk)
    assert send_next().state == "sent"  # what was said goes its way
    desk_reopen(seo, desk_id=desk.pk)
    after = delivery_of(say_live(desk, actor=seo))
    assert after.follows.state == "sent"
    verbs = Activity.objects.filter(subject_type="campaigns.livedesk").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "campaigns.live.opened", "campaigns.live.said", "campaigns.live.closed",
        "campaigns.live.reopened", "campaigns.live.said",
    ]  # fmt: skip


def test_master_posts_are_offered_nearest_first_whatever_a_series_plans(account, seo):
    near = make_post(account, actor=seo, local_time=in_seoul(hours=3), scheduled=True)
    for day in range(20):
        later = in_seoul(days=2 + day)
        make_post(account, actor=seo, local_time=later, scheduled=True)
    offered = masters_to_choose(seo, [account])[account.pk]
    assert offered[0].post == near
    times = [target.post.publish_at for target in offered]
    assert times == sorted(times)
