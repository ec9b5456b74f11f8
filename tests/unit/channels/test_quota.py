"""What answers tell about how much may still be asked, and what each rank leaves to those above it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from channels.quota import (
    APP_USAGE,
    BUSINESS_USAGE,
    DAY,
    LOOK_AGAIN,
    PAGE_USAGE,
    WINDOW,
    app_key_of,
    endpoint_of,
    spans_of,
    told_by,
)
from channels.ranks import SLOWEST, Rank, kept, stretch

AT = datetime(2026, 11, 11, 11, 11, tzinfo=UTC)
RESET = int((AT + timedelta(minutes=9)).timestamp())
CREATE = "POST /2/tweets"


def x_headers(name="x-rate-limit", limit="300", remaining="7", reset=str(RESET)):
    return {f"{name}-limit": limit, f"{name}-remaining": remaining, f"{name}-reset": reset}


@pytest.mark.parametrize(
    ("method", "path", "endpoint"),
    [
        ("get", "/2/users/123/mentions", "GET /2/users/:id/mentions"),
        ("GET", "/2/users/me", "GET /2/users/me"),
        ("GET", "/2/users/by/username/hanbit", "GET /2/users/by/username/:username"),
        ("POST", "/2/tweets", CREATE),
        ("DELETE", "/2/tweets/99", "DELETE /2/tweets/:id"),
        ("POST", "/2/media/upload/5/append", "POST /2/media/upload/:id/append"),
    ],
)
def test_x_counts_by_route(method, path, endpoint):
    assert endpoint_of("x", method, path) == endpoint
    assert endpoint_of("facebook", method, path) == ""


def test_only_creating_counts_by_the_day_and_for_the_app():
    assert spans_of("x", CREATE) == ((WINDOW, False), (DAY, False), (DAY, True))
    assert spans_of("x", "GET /2/tweets") == ((WINDOW, False),)
    assert spans_of("facebook", "") == ()


def test_x_tells_its_windows():
    headers = x_headers() | x_headers("x-app-limit-24hour", "10000", "9999")
    window, day = told_by("x", CREATE, headers, AT)
    assert (window.span, window.most, window.left, window.is_of_app) == (WINDOW, 300, 7, False)
    assert window.ends_at == datetime.fromtimestamp(RESET, UTC)
    assert (day.span, day.most, day.left, day.is_of_app) == (DAY, 10_000, 9_999, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": "many"}, {"limit": "0"}, {"remaining": ""}, {"reset": "99999999999999999999"},
        {"reset": str(RESET - 86_400)}, {"reset": str(RESET + 86_400)},
    ],
)  # fmt: skip
def test_what_cannot_be_is_not_believed(wrong):
    assert told_by("x", CREATE, x_headers(**wrong), AT) == []
    assert told_by("x", CREATE, {}, AT) == []


def business(**more):
    row = {"type": "pages", "call_count": 3, "total_cputime": 81, "total_time": 5}
    return {"x-business-use-case-usage": json.dumps({"17": [row | more]})}


def test_facebook_tells_percent_and_when_it_serves_again():
    (told,) = told_by("facebook", "", business(), AT)
    assert (told.span, told.left, told.ends_at) == (BUSINESS_USAGE, 19, AT + LOOK_AGAIN)
    (told,) = told_by("facebook", "", business(estimated_time_to_regain_access=12), AT)
    assert (told.left, told.ends_at) == (0, AT + timedelta(minutes=12))
    usage = json.dumps({"call_count": 28, "total_time": 25, "total_cputime": 25})
    headers = {"x-app-usage": usage, "x-page-usage": usage}
    app, page = told_by("facebook", "", headers, AT)
    assert (app.span, app.is_of_app, app.left) == (APP_USAGE, True, 72)
    assert (page.span, page.is_of_app) == (PAGE_USAGE, False)


@pytest.mark.parametrize("body", ["", "[]", "7", "{}", '{"17": 3}', '{"call_count": "x"}'])
def test_a_strange_measure_is_not_believed(body):
    assert told_by("facebook", "", {"x-app-usage": body}, AT) == []


def test_each_rank_leaves_something_to_those_above():
    assert [kept(rank, 300, is_share=False) for rank in Rank] == [0, 30, 60, 150]
    assert [kept(rank, 100, is_share=True) for rank in Rank] == [5, 10, 15, 25]
    assert [kept(rank, 1, is_share=False) for rank in Rank] == [0, 0, 0, 0]


def test_polls_slow_down_from_three_quarters_on():
    assert stretch(100) == stretch(25) == 1
    assert 1 < stretch(24) < stretch(10) < stretch(5) == stretch(0) == SLOWEST


def test_an_application_is_known_by_its_keys_and_not_given_away():
    shared = {"consumer_key": "key", "access_token": "one"}
    assert app_key_of(shared) == app_key_of({"consumer_key": "key", "access_token": "two"})
    assert app_key_of(shared) != app_key_of({"consumer_key": "other"})
    assert "key" not in app_key_of(shared)
    assert app_key_of({"page_access_token": "alone"}) == ""
