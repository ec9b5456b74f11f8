"""How an account's health is chosen: what a person must do something about comes first."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.health import behind_since, health_of, next_poll
from channels.models import ChannelAccount

AT = datetime(2026, 11, 11, 11, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def account(**given) -> ChannelAccount:
    healthy = {
        "verified_at": AT - timedelta(days=1),
        "last_success_at": AT - MINUTE / 2,
        "poll_due_at": AT + MINUTE / 2,
        "poll_every": 60,
    }
    return ChannelAccount(**(healthy | given))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "connected"),
        ({"verified_at": None}, "new"),
        ({"poll_due_at": AT - 4 * MINUTE}, "overdue"),
        ({"poll_due_at": AT - 2 * MINUTE}, "connected"),
        ({"poll_due_at": AT - 5 * MINUTE, "verified_at": AT}, "connected"),
        ({"failures": 1, "verified_at": None}, "failing"),
        ({"next_allowed_at": AT + MINUTE, "failures": 1}, "limited"),
        ({"next_allowed_at": AT - MINUTE, "failures": 1}, "failing"),
        ({"reads_wait_until": AT + MINUTE}, "waiting"),
        ({"reads_wait_until": AT - MINUTE}, "connected"),
        ({"next_allowed_at": AT + MINUTE, "parked_for": "capped"}, "capped"),
        ({"next_allowed_at": AT + MINUTE, "parked_for": "credits"}, "credits"),
        ({"next_allowed_at": AT - MINUTE, "parked_for": "capped"}, "connected"),
        ({"spend_ceiling": 5, "spent": 5, "spend_month": AT.date().replace(day=1)}, "spent"),
        ({"is_paused": True, "failures": 3, "next_allowed_at": AT + MINUTE}, "paused"),
        ({"needs_reconnect": True, "is_paused": True}, "reconnect"),
    ],
)
def test_the_most_pressing_word_wins(given, code):
    assert health_of(account(**given), AT).code == code


def test_it_says_until_when_and_what_the_platform_said():
    limited = health_of(account(next_allowed_at=AT + MINUTE), AT)
    assert limited.until == AT + MINUTE
    failing = health_of(account(failures=2, last_error="No route"), AT)
    assert failing.detail == "No route"
    assert health_of(account(needs_reconnect=True), AT).detail == ""


def test_being_behind_begins_when_the_next_poll_should_have_read():
    assert behind_since(account(), AT) is None
    assert behind_since(account(last_success_at=None), AT) is None
    late = account(last_success_at=AT - 10 * MINUTE)
    assert behind_since(late, AT) == AT - 9 * MINUTE
    assert behind_since(account(last_success_at=AT - timedelta(seconds=80)), AT) is None


def test_the_next_poll_waits_for_the_platform_and_for_people():
    assert next_poll(account()) == AT + MINUTE / 2
    assert next_poll(account(next_allowed_at=AT + 5 * MINUTE)) == AT + 5 * MINUTE
    assert next_poll(account(is_paused=True)) is None
    assert next_poll(account(needs_reconnect=True)) is None
