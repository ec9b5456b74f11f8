"""What WordPress and feeds say, and what we then do: codes and statuses against the port's errors."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
import time_machine

from channels.adapters.blog.errors import from_response, translate
from channels.adapters.feed.adapter import _refusal
from channels.errors import Ambiguous, AuthExpired, RateLimited, Rejected, Unreachable
from channels.errors import RejectionCode as Code
from tests.support.answers import answered

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def wordpress(status, code, message="why", *, headers=None, is_write=True, **data):
    body = {"code": code, "message": message, "data": {"status": status, **data}}
    return from_response(answered(status, body, headers), is_write=is_write, secrets={})


REFUSALS = [
    (409, "comment_duplicate", Code.DUPLICATE),
    (404, "rest_comment_invalid_id", Code.TARGET_GONE),
    (403, "rest_comment_invalid_post_id", Code.TARGET_GONE),
    (404, "rest_post_invalid_id", Code.TARGET_GONE),
    (410, "rest_already_trashed", Code.TARGET_GONE),
    (403, "rest_comment_closed", Code.NOT_PERMITTED),
    (403, "rest_comment_draft_post", Code.NOT_PERMITTED),
    (403, "rest_cannot_read_post", Code.NOT_PERMITTED),
    (403, "rest_cannot_read", Code.NOT_PERMITTED),
    (403, "rest_cannot_edit", Code.NOT_PERMITTED),
    (403, "rest_cannot_create", Code.NOT_PERMITTED),
    (403, "rest_cannot_delete", Code.NOT_PERMITTED),
    (403, "rest_disabled", Code.NOT_PERMITTED),
    (400, "comment_content_column_length", Code.TOO_LONG),
    (400, "rest_comment_content_invalid", Code.INVALID),
    (400, "empty_content", Code.INVALID),
    (400, "rest_invalid_param", Code.INVALID),
    (400, "rest_invalid_json", Code.INVALID),
    (400, "rest_comment_author_invalid", Code.INVALID),
    (404, "rest_no_route", Code.INVALID),
    (400, "rest_upload_no_content_disposition", Code.INVALID),
    (413, "", Code.INVALID),
    (500, "rest_upload_unknown_error", Code.INVALID),
]


@pytest.mark.parametrize("is_write", [True, False])
@pytest.mark.parametrize(("status", "code", "meaning"), REFUSALS)
def test_refusals(status, code, meaning, is_write):
    error = wordpress(status, code, is_write=is_write)
    assert type(error) is Rejected
    assert (error.code, error.http_status) == (meaning, status)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "rest_not_logged_in"),
        (401, "rest_comment_login_required"),
        (401, "rest_forbidden_param"),
        (401, "incorrect_password"),
        (401, "invalid_username"),
        (401, "rest_cannot_read"),
        (401, ""),
        (403, "rest_forbidden_context"),
    ],
)
def test_the_password_is_wrong_or_the_role_is_lost(status, code):
    assert type(wordpress(status, code)) is AuthExpired


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("code", ["internal_server_error", "db_error", ""])
def test_servers_in_trouble(status, code):
    assert type(wordpress(status, code, is_write=True)) is Ambiguous
    assert type(wordpress(status, code, is_write=False)) is Unreachable


@pytest.mark.parametrize("body", ["<h1>Error establishing a database connection</h1>", "", [1]])
def test_trouble_in_other_forms(body):
    assert type(from_response(answered(500, body), is_write=True, secrets={})) is Ambiguous
    assert type(from_response(answered(404, body), is_write=True, secrets={})) is Rejected


@pytest.mark.parametrize(
    ("status", "code", "headers", "pause"),
    [
        (400, "comment_flood", {}, 15),
        (429, "too_many_requests", {}, 15),
        (429, "", {"Retry-After": "120"}, 120),
        (429, "", {"Retry-After": "Tue, 24 Nov 2026 12:03:00 GMT"}, 180),
        (429, "", {"Retry-After": "never"}, 15),
    ],
)
def test_limits(status, code, headers, pause):
    with time_machine.travel(AT, tick=False):
        error = wordpress(status, code, headers=headers)
    assert (type(error), error.until) == (RateLimited, AT + timedelta(seconds=pause))


def test_a_site_that_moved_says_where():
    answer = answered(301, "", {"Location": "https://new.example/wp-json/"})
    error = from_response(answer, is_write=False, secrets={})
    assert type(error) is Rejected
    assert "https://new.example/wp-json/" in error.detail


def test_entities_in_messages_are_resolved():
    text = "Duplicate comment detected; it looks as though you&#8217;ve already said that!"
    assert "you’ve already" in wordpress(409, "comment_duplicate", text).detail


def test_before_there_was_an_answer():
    reset = requests.exceptions.ConnectionError("reset")
    assert type(translate(reset, is_write=True, secrets={})) is Ambiguous
    assert type(translate(reset, is_write=False, secrets={})) is Unreachable
    assert type(translate(KeyError("x"), is_write=True, secrets={})) is Ambiguous
    assert type(translate(KeyError("x"), is_write=False, secrets={})) is Unreachable


def test_the_password_never_stands_in_an_error():
    secrets = {"username": "editor", "application_password": "abcd efgh ijkl"}
    body = {"code": "x", "message": "The password abcdefghijkl or abcd efgh ijkl is wrong"}
    detail = from_response(answered(403, body), is_write=True, secrets=secrets).detail
    assert "efgh" not in detail
    moved = answered(301, "", {"Location": "https://editor:abcdefghijkl@new.example/"})
    assert "efgh" not in from_response(moved, is_write=True, secrets=secrets).detail


# --- feeds


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (204, Unreachable),
        (401, AuthExpired),
        (403, AuthExpired),
        (404, Rejected),
        (410, Rejected),
        (301, Rejected),
        (429, RateLimited),
        (500, Unreachable),
        (503, Unreachable),
    ],
)
def test_feeds(status, meaning):
    error = _refusal(answered(status, ""))
    assert type(error) is meaning
    assert error.http_status == status


def test_a_feed_that_moved_says_where():
    error = _refusal(answered(308, "", {"Location": "https://new.example/feed/"}))
    assert "https://new.example/feed/" in error.detail
