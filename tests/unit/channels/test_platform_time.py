"""What the Date of an answer tells about a clock, and what it does not."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.platform_time import hear, least_heard, listen

ASKED = datetime(2026, 11, 11, 2, 11, 11, 800_000, tzinfo=UTC)
TOLD = "Wed, 11 Nov 2026 02:11:{} GMT"


@pytest.mark.parametrize(
    ("told", "ahead"),
    [
        (TOLD.format("11"), 0),  # its whole second reaches into the call
        (TOLD.format("12"), 0),
        (TOLD.format("15"), 2.2),
        (TOLD.format("08"), -2.8),
        ("", None),
        ("yesterday", None),
    ],
)
def test_only_what_the_call_cannot_explain_is_a_difference(told, ahead):
    listen()
    hear(told, ASKED, ASKED + timedelta(seconds=1))
    assert least_heard() == (ahead if ahead is None else pytest.approx(ahead))


def test_the_least_difference_counts():
    listen()
    for second in ("20", "12", "05"):
        hear(TOLD.format(second), ASKED, ASKED + timedelta(seconds=1))
    assert least_heard() == 0
