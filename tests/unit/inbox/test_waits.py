"""The arithmetic of who waits since when."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inbox.waits import FAR_FUTURE, later, waiting_since

moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
)


def test_nobody_waits_without_lines():
    assert waiting_since([], None) is None


@given(st.lists(moments, min_size=1))
def test_without_an_answer_the_oldest_line_waits(lines):
    assert waiting_since(lines, None) == min(lines)


@given(st.lists(moments), moments)
def test_only_lines_after_the_answer_wait(lines, answered):
    since = waiting_since(lines, answered)
    assert (since is None) == all(line <= answered for line in lines)
    if since is not None:
        assert answered < since < FAR_FUTURE
        assert since in lines


@given(moments)
def test_an_answer_in_the_same_moment_covers_the_line(moment):
    assert waiting_since([moment], moment) is None
    assert waiting_since([moment + timedelta(microseconds=1)], moment) is not None


@given(moments, moments)
def test_the_later_of_two(one, other):
    assert later(one, other) == max(one, other)
    assert later(None, other) == other
