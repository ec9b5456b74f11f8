"""The arithmetic of covered time, against plain sets of seconds."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from channels.coverage import BEGINNING, Stretch, clipped, covers, joined, missing

SECONDS = range(40)


def at(second: int):
    return BEGINNING + timedelta(seconds=second)


stretches = some.builds(
    lambda a, b: Stretch(at(a), at(b)), some.sampled_from(SECONDS), some.sampled_from(SECONDS)
)
many = some.lists(stretches, max_size=8)


def seconds_of(found) -> set[int]:
    return {second for second in SECONDS for one in found if one.holds(at(second))}


def is_plain(found) -> bool:
    """In order, none empty, none touching the next."""
    gaps = all(one.until < other.since for one, other in pairwise(found))
    return gaps and all(found)


@given(many)
def test_joining_changes_no_time(given):
    found = joined(given)
    assert seconds_of(found) == seconds_of(given)
    assert is_plain(found)
    assert joined(found) == found


@given(many, some.randoms())
def test_the_order_of_joining_does_not_matter(given, chance):
    mixed = list(given)
    chance.shuffle(mixed)
    assert joined(mixed) == joined(given)


@given(many, many)
def test_joining_may_be_done_bit_by_bit(first, second):
    assert joined([*joined(first), *second]) == joined([*first, *second])


@given(many, stretches)
def test_what_is_clipped_and_what_is_missing_are_the_whole(given, within):
    held, lacking = clipped(given, within), missing(given, within)
    assert seconds_of(held) | seconds_of(lacking) == seconds_of([within])
    assert seconds_of(held) & seconds_of(lacking) == set()
    assert is_plain(lacking)


@given(many, stretches)
def test_nothing_is_missing_once_it_has_been_read(given, within):
    assert covers([*given, *missing(given, within)], within)
    assert covers(given, within) == (seconds_of([within]) <= seconds_of(given))


@given(stretches, stretches)
def test_the_common_part(one, other):
    both = one.within(other)
    assert seconds_of([both]) == seconds_of([one]) & seconds_of([other])
    assert both.length <= min(one.length, other.length)


def test_half_open():
    one = Stretch(at(1), at(3))
    assert [one.holds(at(second)) for second in range(5)] == [False, True, True, False, False]
    assert not Stretch(at(2), at(2))
    assert not Stretch(at(3), at(2))
    assert Stretch(at(3), at(2)).length == timedelta(0)
