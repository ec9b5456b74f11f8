"""What is said at a live desk on its way: in order, under its master, stopped and mended, by the real tasks."""

from datetime import timedelta
from uuid import uuid4

import pytest

from campaigns.actions.live_desks import Seat, desk_open, master_skip, word_retry, word_skip
from campaigns.actions.live_lines import line_take_back
from campaigns.models import LiveWord
from campaigns.selectors.live import desk_for
from campaigns.selectors.live_room import room_of
from channels.actions.deliveries import delivery_cancel
from channels.actions.holding import hold_lift, hold_place
from channels.models import Delivery
from opsconsole.kernel.errors import Conflict, Invalid
from tests.factories.campaigns import leave_live, make_live_desk, make_post, say_live
from tests.factories.people import make_actor, make_unit
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(sandbox):
    return connect(sandbox, "x")


@pytest.fixture
def seo(line):
    return make_actor("staff", line.account.unit)


def delivery_of(said, account=None):
    rows = LiveWord.objects.filter(line=said)
    rows = rows if account is None else rows.filter(place__account=account)
    return rows.get().delivery


def hangs_under(delivery):
    return delivery.reply_to


def test_words_hang_each_under_the_one_before(line, seo, run_background):
    desk = make_live_desk(line.account, actor=seo)
    said = [say_live(desk, f"{number}번째 소식", actor=seo) for number in range(4)]
    leave_live(desk)
    run_background()
    deliveries = [delivery_of(one) for one in said]
    assert [row.state for row in deliveries] == ["sent"] * 4
    assert [call["text"] for call in line.calls()] == [one.text for one in said]
    above = [row.external_id for row in deliveries[:-1]]
    assert [hangs_under(row) for row in deliveries] == ["", *above]


def test_under_a_post_that_stands_and_one_that_is_to_come(line, seo, run_background, time_machine):
    post = make_post(line.account, actor=seo, scheduled=True)
    target = post.targets.get()
    desk = make_live_desk(line.account, actor=seo, seats=[Seat(line.account.pk, master=target.pk)])
    early = say_live(desk, "곧 시작합니다", actor=seo)
    leave_live(desk)
    run_background()
    assert delivery_of(early).state == "planned"
    assert line.stands() == {}
    time_machine.move_to(post.publish_at + timedelta(seconds=1), tick=False)
    run_background()
    target.refresh_from_db()
    assert delivery_of(early).state == "sent"
    assert hangs_under(delivery_of(early)) == target.delivery.external_id


def test_on_a_page_they_are_comments_under_the_post_or_posts_of_their_own(sandbox, run_background):
    page = connect(sandbox, "facebook")
    seo = make_actor("staff", page.account.unit)
    for mode, kinds in (("under", ["post", "reply", "reply"]), ("apart", ["post"] * 3)):
        desk = make_live_desk(page.account, actor=seo, seats=[Seat(page.account.pk, mode=mode)])
        said = [say_live(desk, f"{mode} {number}", actor=seo) for number in range(3)]
        leave_live(desk)
        run_background()
        deliveries = [delivery_of(one) for one in said]
        assert [row.state for row in deliveries] == ["sent"] * 3
        assert [row.kind for row in deliveries] == kinds
        under = "" if mode == "apart" else deliveries[0].external_id
        assert {hangs_under(row) for row in deliveries[1:]} == {under}


def test_a_refusal_in_the_middle_stops_what_follows_on_that_account_alone(
    line, seo, sandbox, run_background
):
    page = connect(sandbox, "facebook", unit=line.account.unit)
    desk = make_live_desk(line.account, page.account, actor=seo)
    first = say_live(desk, "시작합니다", actor=seo)
    leave_live(desk)
    run_background()
    line.fault("status", status=403, method="POST", times=1)
    said = [say_live(desk, f"발표 {number}", actor=seo) for number in range(3)]
    leave_live(desk)
    run_background()
    assert [delivery_of(one, line.account).state for one in said] == [
        "rejected",
        "missed",
        "missed",
    ]
    assert {delivery_of(one, page.account).state for one in said} == {"sent"}
    (trouble,) = room_of(seo, desk_for(seo, desk.pk)).troubles
    assert (trouble.word.line, trouble.behind, trouble.may_retry) == (said[0], 2, True)
    with pytest.raises(Conflict):
        word_skip(seo, desk_id=desk.pk, word_id=first.words.first().pk)
    word_skip(seo, desk_id=desk.pk, word_id=trouble.word.pk)
    leave_live(desk)
    run_background()
    last = [delivery_of(one, line.account) for one in said[1:]]
    assert [row.state for row in last] == ["sent", "sent"]
    assert hangs_under(last[0]) == delivery_of(first, line.account).external_id
    assert hangs_under(last[1]) == last[0].external_id
    assert room_of(seo, desk_for(seo, desk.pk)).troubles == []
    assert said[0].text not in line.stands()


def test_trying_again_what_was_refused_brings_everything_in_its_order(line, seo, run_background):
    desk = make_live_desk(line.account, actor=seo)
    say_live(desk, "시작합니다", actor=seo)
    leave_live(desk)
    run_background()
    line.fault("status", status=403, method="POST", times=1)
    said = [say_live(desk, f"발표 {number}", actor=seo) for number in range(3)]
    leave_live(desk)
    run_background()
    word = said[0].words.get()
    refused = word.delivery_id
    word_retry(seo, desk_id=desk.pk, word_id=word.pk)
    with pytest.raises(Conflict):
        word_retry(seo, desk_id=desk.pk, word_id=word.pk)
    leave_live(desk)
    run_background()
    assert [row.state for row in map(delivery_of, said)] == ["sent"] * 3
    assert delivery_of(said[0]).pk != refused
    assert list(line.stands().values()) == [1] * 4
    assert [call["text"] for call in line.calls()][-3:] == [one.text for one in said]


def test_without_its_master_the_first_words_take_its_place(line, seo, run_background):
    post = make_post(line.account, actor=seo, scheduled=True)
    target = post.targets.get()
    desk = make_live_desk(line.account, actor=seo, seats=[Seat(line.account.pk, master=target.pk)])
    with pytest.raises(Conflict):
        master_skip(seo, desk_id=desk.pk, place_id=desk.places.get().pk)
    Delivery.objects.filter(post_target=target).update(state="rejected")
    said = [say_live(desk, f"발표 {number}", actor=seo) for number in range(2)]
    leave_live(desk)
    run_background()
    assert {row.state for row in map(delivery_of, said)} == {"missed"}
    (trouble,) = room_of(seo, desk_for(seo, desk.pk)).troubles
    assert (trouble.word, trouble.behind) == (None, 2)
    master_skip(seo, desk_id=desk.pk, place_id=trouble.place.pk)
    leave_live(desk)
    run_background()
    first, second = map(delivery_of, said)
    assert (first.kind, first.state, second.state) == ("post", "sent", "sent")
    assert hangs_under(second) == first.external_id


def test_what_is_taken_back_leaves_no_gap(line, seo, run_background):
    desk = make_live_desk(line.account, actor=seo)
    first, second, third = (say_live(desk, f"소식 {number}", actor=seo) for number in range(3))
    line_take_back(seo, desk_id=desk.pk, line_id=first.pk)
    leave_live(desk)
    run_background()
    assert (delivery_of(second).kind, delivery_of(second).state) == ("post", "sent")
    assert hangs_under(delivery_of(third)) == delivery_of(second).external_id
    assert first.text not in line.stands()


def test_what_is_stopped_on_the_screen_of_deliveries_leaves_no_gap_either(
    line, seo, run_background
):
    desk = make_live_desk(line.account, actor=seo)
    said = [say_live(desk, f"소식 {number}", actor=seo) for number in range(3)]
    delivery_cancel(seo, delivery_id=delivery_of(said[1]).pk)
    leave_live(desk)
    run_background()
    leave_live(desk)
    run_background()
    assert [delivery_of(one).state for one in said] == ["sent", "cancelled", "sent"]
    assert hangs_under(delivery_of(said[2])) == delivery_of(said[0]).external_id


def test_a_hold_stops_the_desk_and_afterwards_a_person_goes_on(line, seo, run_background):
    boss = make_actor("manager", line.account.unit)
    desk = make_live_desk(line.account, actor=seo)
    first = say_live(desk, "시작합니다", actor=seo)
    leave_live(desk)
    run_background()
    hold = hold_place(boss, scope="unit", target=line.account.unit_id, reason="사실 확인 중")
    said = [say_live(desk, f"발표 {number}", actor=seo) for number in range(2)]
    leave_live(desk)
    run_background()
    assert list(line.stands()) == [first.text]
    with pytest.raises(Conflict):
        word_retry(seo, desk_id=desk.pk, word_id=said[0].words.get().pk)
    hold_lift(boss, hold_id=hold.pk)
    run_background()
    assert list(line.stands()) == [first.text]
    for one in said:
        word_retry(seo, desk_id=desk.pk, word_id=one.words.get().pk)
    leave_live(desk)
    run_background()
    assert [row.state for row in map(delivery_of, said)] == ["sent", "sent"]


def test_an_account_of_another_unit_hears_nothing(line, seo):
    with pytest.raises(Invalid):
        desk_open(
            make_actor("staff"), unit_id=make_unit().pk, name="Launch",
            seats=[Seat(line.account.pk)], request_key=uuid4(),
        )  # fmt: skip
