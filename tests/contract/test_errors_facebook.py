"""What Graph says, and what we then do: its table of codes against the port's errors."""

import json
from datetime import UTC, datetime, timedelta

import facebook
import pytest
import requests
import time_machine

from channels.adapters.facebook.errors import regain_at, translate
from channels.errors import Ambiguous, AuthExpired, RateLimited, Rejected, Unreachable
from channels.errors import RejectionCode as Code
from tests.support.answers import answered

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def graph(code, message="why", *, status=400, headers=None, is_write=True, **more):
    """Return the port's error for one of Graph's."""
    body = {"error": {"message": message, "type": "OAuthException", "code": code,
                      "fbtrace_id": "A1", **more}}  # fmt: skip
    answer = answered(status, body, headers)
    error = facebook.GraphAPIError(body)
    return translate(error, answer, is_write=is_write, secrets={"page_access_token": "EAAGt0ken"})


@pytest.mark.parametrize("is_write", [True, False])
@pytest.mark.parametrize(
    ("code", "subcode"),
    [
        (190, None),
        (102, None),
        (104, None),
        *((190, s) for s in (458, 459, 460, 463, 464, 467, 492)),
    ],
)
def test_the_token_is_dead(code, subcode, is_write):
    error = graph(code, "Error validating access token", status=401, error_subcode=subcode,
                  is_write=is_write)  # fmt: skip
    assert type(error) is AuthExpired
    assert error.http_status == 401


@pytest.mark.parametrize(
    "message",
    [
        "API calls from the server require an appsecret_proof argument",
        "Invalid appsecret_proof provided in the API argument",
    ],
)
def test_the_app_secret_is_wrong(message):
    assert type(graph(100, message, type="GraphMethodException")) is AuthExpired


def test_no_token_came_along():
    text = "An active access token must be used to query information about the current user."
    assert type(graph(2500, text)) is AuthExpired
    assert type(graph(2500, "Unknown path components: /x")) is Rejected


@pytest.mark.parametrize("code", [4, 17, 32, 341, 613, 80001, 1390008])
@pytest.mark.parametrize("is_write", [True, False])
def test_limits(code, is_write):
    error = graph(code, status=403, is_transient=True, is_write=is_write)
    assert (type(error), error.until) == (RateLimited, None)


@pytest.mark.parametrize(
    ("code", "status", "more"),
    [
        (1, 500, {}),
        (2, 503, {"is_transient": True}),
        (2, 500, {}),
        (99, 400, {"is_transient": True}),
    ],
)
def test_what_passes(code, status, more):
    assert type(graph(code, status=status, is_write=False, **more)) is Unreachable
    assert type(graph(code, status=status, is_write=True, **more)) is Ambiguous


REJECTIONS = {
    "capability": (3, None, "(#3) ...", Code.NOT_PERMITTED),
    "permission": (10, None, "(#10) This endpoint requires the ...", Code.NOT_PERMITTED),
    "first of the permissions": (200, None, "(#200) ...", Code.NOT_PERMITTED),
    "last of the permissions": (299, None, "(#299) ...", Code.NOT_PERMITTED),
    "blocked": (368, None, "The action attempted has been deemed abusive", Code.BLOCKED),
    "blocked, told as passing": (368, 1390008, "You're posting too fast", Code.BLOCKED),
    "restricted": (1404112, None, "This account is restricted", Code.BLOCKED),
    "duplicate": (506, None, "(#506) Duplicate status message", Code.DUPLICATE),
    "no such alias": (803, None, "(#803) Some of the aliases you requested do not exist: x",
                      Code.TARGET_GONE),
    "gone": (100, 33, "Unsupported post request. Object with ID '1' does not exist", Code.TARGET_GONE),
    "too long": (100, 1446036, "(#100) Your comment is too long", Code.TOO_LONG),
    "parameter": (100, None, "(#100) Invalid parameter", Code.INVALID),
    "link": (1609005, None, "The link you shared is broken", Code.INVALID),
    "no picture": (324, 2069019, "(#324) Missing or invalid image file", Code.INVALID),
    "beyond the permissions": (300, None, "(#300) ...", Code.INVALID),
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "subcode", "message", "meaning"), REJECTIONS.values(), ids=REJECTIONS.keys()
)
def test_refusals(code, subcode, message, meaning):
    is_transient = True if code == 368 else None
    error = graph(code, message, error_subcode=subcode, is_transient=is_transient)
    assert type(error) is Rejected
    assert error.code == meaning


def test_numbers_may_come_as_text():
    assert type(graph("190")) is AuthExpired
    assert graph("100", error_subcode="33").code == Code.TARGET_GONE


def test_people_are_shown_what_graph_wrote_for_them():
    error = graph(100, "(#100) technical", error_user_msg="The time must be 10 minutes ahead.")
    assert error.detail == "The time must be 10 minutes ahead."


# --- when to come back


def usage(*minutes, kind="pages"):
    rows = [{"type": kind, "call_count": 100, "total_cputime": 1, "total_time": 1,
             "estimated_time_to_regain_access": m} for m in minutes]  # fmt: skip
    return {"X-Business-Use-Case-Usage": json.dumps({"123": rows})}


HEADERS = {
    "minutes": (usage(12), 12),
    "the longest of several": (usage(3, 40, 7), 40),
    "at once": (usage(0), None),
    "absurd": (usage(100_000), None),
    "untold": ({}, None),
    "null": (usage(None), None),
    "no JSON": ({"X-Business-Use-Case-Usage": "?"}, None),
    "another form": ({"X-Business-Use-Case-Usage": "[1]"}, None),
    "empty": ({"X-Business-Use-Case-Usage": "{}"}, None),
    "app usage only": ({"X-App-Usage": '{"call_count":100}'}, None),
}


@pytest.mark.parametrize(("headers", "minutes"), HEADERS.values(), ids=HEADERS.keys())
def test_when_graph_serves_us_again(headers, minutes):
    with time_machine.travel(AT, tick=False):
        until = regain_at(answered(400, {}, headers).headers)
        assert until == (None if minutes is None else AT + timedelta(minutes=minutes))
        error = graph(80001, status=403, headers=headers)
        assert error.until == until


# --- what the SDK makes of strange answers


@pytest.mark.parametrize(
    ("status", "read", "write"),
    [
        (200, Unreachable, Ambiguous),
        (302, Unreachable, Ambiguous),
        (404, Unreachable, Ambiguous),
        (500, Unreachable, Ambiguous),
        (502, Unreachable, Ambiguous),
        (429, RateLimited, RateLimited),
    ],
)
def test_answers_that_are_no_json(status, read, write):
    error = facebook.GraphAPIError("Maintype was not text, image, or querystring")
    answer = answered(status, "<html>")
    for is_write, meaning in ((False, read), (True, write)):
        found = translate(error, answer, is_write=is_write, secrets={})
        assert type(found) is meaning
        assert found.http_status == status


@pytest.mark.parametrize("body", [{"error": "nonsense"}, {"error": {"message": "no code"}}])
def test_errors_without_a_code(body):
    error = facebook.GraphAPIError(body)
    assert type(translate(error, answered(200, body), is_write=True, secrets={})) is Ambiguous
    assert type(translate(error, answered(500, body), is_write=False, secrets={})) is Unreachable


def test_an_answer_without_a_type():
    error = KeyError("content-type")
    assert type(translate(error, answered(200), is_write=True, secrets={})) is Ambiguous


def test_no_answer_at_all():
    error = requests.exceptions.ConnectionError("reset")
    assert type(translate(error, None, is_write=True, secrets={})) is Ambiguous
    assert type(translate(error, None, is_write=False, secrets={})) is Unreachable


def test_the_token_never_stands_in_an_error():
    texts = [
        graph(190, "Malformed access token EAAGt0ken").detail,
        graph(100, "no", error_user_msg="See /me?access_token=EAAGt0ken").detail,
        translate(
            requests.exceptions.ConnectionError("/v25.0/me?access_token=EAAGt0ken&x=1"),
            None,
            is_write=False,
            secrets={},
        ).detail,
        translate(KeyError("EAAGt0ken"), None, is_write=True, secrets={"t": "EAAGt0ken"}).detail,
    ]
    assert not any("t0ken" in text for text in texts)
