"""A live desk under several hands: real threads and connections, one outcome."""

from functools import partial
from uuid import uuid4

import pytest

from campaigns.actions.live_desks import Seat, desk_open, word_retry, word_skip
from campaigns.actions.live_lines import line_say, line_take_back
from campaigns.models import LiveDesk, LiveLine, LiveWord
from channels.actions.following import followers_sweep
from channels.actions.sending import delivery_claim
from channels.models import Delivery
from opsconsole.kernel.errors import Conflict
from tests.factories.campaigns import leave_live, make_live_desk, say_live
from tests.factories.channels import make_account
from tests.factories.people import make_actor
from tests.support.sending import refuse_next, send_next
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk():
    return make_live_desk(make_account(kind="x"))


def writers(desk, count):
    return [make_actor("staff", desk.unit) for _ in range(count)]


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def say(actor, desk, text, key=None):
    return partial(line_say, actor, desk_id=desk.pk, text=text, request_key=key or uuid4())


def test_all_who_speak_at_once_are_heard_in_one_row(desk):
    people = writers(desk, 4)
    for turn in range(4):
        said = together(
            *(say(one, desk, f"{uuid4().hex} {turn}") for one in people)
        )  # fmt: skip
        assert kinds(said) == ["LiveLine"] * 4
    numbers = list(LiveLine.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 17))
    row = list(LiveWord.objects.order_by("line__number").select_related("delivery"))
    before = [word.delivery.follows_id for word in row]
    assert before == [None, *(word.delivery_id for word in row[:-1])]


def test_a_double_click_two_tabs_and_a_retry_say_it_once(desk):
    (seo,) = writers(desk, 1)
    for turn in range(5):
        click = say(seo, desk, f"{uuid4().hex}", uuid4())
        said = together(click, click, click)
        assert {one.pk for one in said} == {said[0].pk}
        assert click().pk == said[0].pk
        assert LiveLine.objects.count() == Delivery.objects.count() == turn + 1


def test_the_same_words_of_two_at_once_are_said_once(desk):
    seo, min_ = writers(desk, 2)
    for turn in range(5):
        text = f"{uuid4().hex} {turn}"
        assert kinds(together(say(seo, desk, text), say(min_, desk, text))) == [
            "Invalid",
            "LiveLine",
        ]


def test_a_key_of_another_line_is_no_licence(desk):
    seo, min_ = writers(desk, 2)
    key = uuid4()
    assert kinds(
        together(say(seo, desk, "Good evening", key), say(min_, desk, "Welcome all", key))
    ) == [
        "Conflict",
        "LiveLine",
    ]


def test_taking_back_and_the_dispatcher_at_once_it_is_one_or_the_other(desk):
    (seo,) = writers(desk, 1)
    for _ in range(8):
        line = say_live(desk, actor=seo)
        leave_live(desk)
        followers_sweep()
        taken, claim = together(
            partial(line_take_back, seo, desk_id=desk.pk, line_id=line.pk), delivery_claim
        )
        state = line.words.get().delivery.state
        if claim is None:
            assert isinstance(taken, LiveLine)
            assert state == "cancelled"
        else:
            assert isinstance(taken, Conflict)
            assert state == "claimed"
            assert not LiveLine.objects.get(pk=line.pk).is_taken_back
        Delivery.objects.filter(live_word__line=line).update(state="cancelled")


def test_taking_back_the_middle_while_what_is_before_it_goes_out(desk):
    seo, min_ = writers(desk, 2)
    for _ in range(5):
        first, middle, last = (say_live(desk, actor=who) for who in (seo, min_, seo))
        leave_live(desk)
        followers_sweep()
        send_next()
        followers_sweep()
        taken, _swept, claim = together(
            partial(line_take_back, min_, desk_id=desk.pk, line_id=middle.pk),
            followers_sweep,
            delivery_claim,
        )
        words = {one.line_id: one for one in LiveWord.objects.select_related("delivery")}
        above = words[middle.pk if isinstance(taken, Conflict) else first.pk].delivery_id
        assert words[last.pk].delivery.follows_id == above
        assert isinstance(taken, Conflict) == (claim is not None and (
            claim.delivery_id == words[middle.pk].delivery_id))  # fmt: skip
        Delivery.objects.exclude(state="sent").update(state="cancelled", is_blocked=False)


def test_two_who_get_past_a_failure_at_once_do_it_once(desk):
    from channels.errors import Rejected

    seo, min_ = writers(desk, 2)
    for turn in range(4):
        said = [say_live(desk, actor=seo) for _ in range(2)]
        leave_live(desk)
        followers_sweep()
        refuse_next(Rejected("no"))
        word = said[0].words.get()
        acts = (word_retry, word_skip) if turn % 2 else (word_retry, word_retry)
        done = together(
            *(partial(act, who, desk_id=desk.pk, word_id=word.pk)
              for act, who in zip(acts, (seo, min_), strict=True))
        )  # fmt: skip
        assert kinds(done) == ["Conflict", "LiveWord"]
        Delivery.objects.update(state="cancelled", is_blocked=False)


def test_a_desk_that_is_opened_twice_is_one():
    account = make_account(kind="x")
    seo = make_actor("staff", account.unit)
    click = partial(
        desk_open, seo, unit_id=account.unit_id, name="Launch", seats=[Seat(account.pk)],
        request_key=uuid4(),
    )  # fmt: skip
    assert kinds(together(click, click, click)) == ["LiveDesk"] * 3
    assert LiveDesk.objects.get().places.count() == 1
