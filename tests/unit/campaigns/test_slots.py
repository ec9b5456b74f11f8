"""What the calendar points out, and where it finds room."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.slots import Placed, free_slots, nearly_same, same_minute

AT = datetime(2027, 3, 1, 6, tzinfo=UTC)


def placed(post, account=1, text="text", **later):
    return Placed(post, account, AT + timedelta(**later), text)


def test_the_same_minute_on_one_account_is_noticed():
    found = same_minute(
        [placed(1), placed(2, seconds=59), placed(3, seconds=60), placed(4, account=2)]
    )
    assert found == {1: {2}, 2: {1}}


def test_nearly_the_same_words_are_noticed_within_three_days():
    text = "From Monday there is 5G on Ulleungdo. Details on our blog."
    rows = [
        placed(1, text=text),
        placed(2, text=text.replace("Monday", "Mondays!").replace(".", "!"), hours=30),
        placed(3, text="Something else entirely, with its own words.", hours=31),
        placed(4, text=text, account=2),
        placed(5, text=text, days=9),
    ]
    assert nearly_same(rows) == {1: {2}, 2: {1}}


def test_a_series_is_alike_on_purpose():
    rows = [Placed(n, 1, AT + timedelta(days=n), f"Event no. {n} today", family=7) for n in (1, 2)]
    assert nearly_same(rows) == {}


def test_empty_texts_are_not_alike():
    assert nearly_same([placed(1, text=""), placed(2, text=" ")]) == {}


DAY = date(2027, 3, 1)


def clock(text):
    return datetime.fromisoformat(f"2027-03-01T{text}")


@pytest.mark.parametrize(
    ("taken", "after", "offered"),
    [
        ([], "00:00", 3),
        (["15:00"], "00:00", 3),
        ([], "20:30", 1),
        ([], "21:00", 0),
        ([f"{hour:02}:{minute}" for hour in range(8, 22) for minute in ("00", "30")], "00:00", 0),
    ],
)
def test_free_slots_keep_their_distance(taken, after, offered):
    held = [clock(text) for text in taken]
    found = free_slots(held, DAY, clock(after))
    assert len(found) == offered
    assert all(abs(one - other) >= timedelta(minutes=45) for one in found for other in held)
    assert all(clock("09:00") <= one <= clock("21:00") and one > clock(after) for one in found)
    assert found == sorted(set(found))
