"""What X says, and what we then do: its recorded and documented answers against the port's errors."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
import time_machine
import tweepy

from channels.adapters.x.errors import from_response, translate
from channels.errors import (
    Ambiguous,
    AuthExpired,
    OutOfCredits,
    RateLimited,
    Rejected,
    Unreachable,
    UsageCapped,
)
from channels.errors import RejectionCode as Code
from tests.support.answers import answered

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROBLEMS = "https://api.twitter.com/2/problems/"


def problem(status, detail="", kind="about:blank", title="Some title"):
    return {"title": title, "detail": detail, "type": kind, "status": status}


def invalid(message):
    return {
        "errors": [{"parameters": {}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": PROBLEMS + "invalid-request",
    }


DUPLICATE = {
    "detail": "You are not allowed to create a Tweet with duplicate content.",
    "type": "about:blank",
    "title": "Forbidden",
    "status": 403,
}
NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise "
    "engaged by the author of the post you are replying to."
)
TOO_LONG = (
    "Your Tweet text is too long. For more information on how Twitter determines text length see"
)
GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."
APP_ONLY = {
    "title": "Unsupported Authentication",
    "status": 403,
    "type": PROBLEMS + "unsupported-authentication",
    "errors": [{"detail": "Authenticating with OAuth 2.0 Application-Only is forbidden."}],
}
PERMISSIONS = problem(
    403,
    "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
    PROBLEMS + "oauth1-permissions",
)

REFUSALS = {
    "duplicate": (403, DUPLICATE, Code.DUPLICATE),
    "duplicate, in version 1's words": (
        403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, Code.DUPLICATE,
    ),
    "not summoned": (403, problem(403, NOT_SUMMONED), Code.NOT_PERMITTED),
    "answered post gone": (403, problem(403, GONE), Code.TARGET_GONE),
    "suspended": (
        403, problem(403, "User has been suspended: [1]."), Code.BLOCKED,
    ),
    "locked": (
        403, problem(403, "To protect our users from spam, this account is temporarily locked."),
        Code.BLOCKED,
    ),
    "client forbidden": (
        403, problem(403, "When authenticating requests ...", PROBLEMS + "client-forbidden"),
        Code.NOT_PERMITTED,
    ),
    "app permissions": (403, PERMISSIONS, Code.NOT_PERMITTED),
    "app-only": (403, APP_ONLY, Code.NOT_PERMITTED),
    "too long": (400, invalid(TOO_LONG), Code.TOO_LONG),
    "wrong parameter": (400, invalid("The `max_results` query parameter value [3] ..."), Code.INVALID),
    "not found": (404, problem(404, "", "about:blank", "Not Found"), Code.TARGET_GONE),
    "too large": (413, "", Code.INVALID),
}  # fmt: skip


@pytest.mark.parametrize("is_write", [True, False])
@pytest.mark.parametrize(("status", "body", "code"), REFUSALS.values(), ids=REFUSALS.keys())
def test_refusals(status, body, code, is_write):
    error = from_response(answered(status, body), is_write=is_write, secrets={})
    assert type(error) is Rejected
    assert error.code == code
    assert error.http_status == status


UNAUTHORIZED = [
    problem(401, "Unauthorized", "about:blank", "Unauthorized"),
    {"errors": [{"code": 89, "message": "Invalid or expired token."}]},
    {"errors": [{"code": 32, "message": "Could not authenticate you."}]},
    "",
]


@pytest.mark.parametrize("body", UNAUTHORIZED)
def test_dead_tokens(body):
    assert type(from_response(answered(401, body), is_write=True, secrets={})) is AuthExpired


TROUBLE = [
    (500, problem(500)),
    (502, "<html>"),
    (503, {"errors": [{"message": "Over capacity", "code": 130}]}),
    (504, ""),
    (408, ""),
    (529, "?"),
]


@pytest.mark.parametrize(("status", "body"), TROUBLE)
def test_servers_in_trouble(status, body):
    read = from_response(answered(status, body), is_write=False, secrets={})
    write = from_response(answered(status, body), is_write=True, secrets={})
    assert (type(read), type(write)) == (Unreachable, Ambiguous)
    assert write.http_status == status


def epoch(**ahead) -> str:
    return str(int((AT + timedelta(**ahead)).timestamp()))


CAPPED = problem(429, "Usage cap exceeded: Monthly product cap", PROBLEMS + "usage-capped")
LIMITS = {
    "window": ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": epoch(minutes=9)}, 9),
    "day": (
        {
            "x-rate-limit-remaining": "80", "x-rate-limit-reset": epoch(minutes=9),
            "x-app-limit-24hour-remaining": "0", "x-app-limit-24hour-reset": epoch(hours=5),
        },
        300,
    ),
    "user's day": (
        {
            "x-rate-limit-remaining": "80", "x-rate-limit-reset": epoch(minutes=9),
            "x-user-limit-24hour-remaining": "0", "x-user-limit-24hour-reset": epoch(hours=7),
        },
        420,
    ),
    "no header": ({}, None),
    "past": ({"x-rate-limit-reset": epoch(minutes=-1)}, None),
    "absurd": ({"x-rate-limit-reset": epoch(days=400)}, None),
    "in milliseconds": ({"x-rate-limit-reset": epoch(minutes=9) + "000"}, None),
    "no number": ({"x-rate-limit-reset": "soon"}, None),
}  # fmt: skip


@pytest.mark.parametrize(("headers", "minutes"), LIMITS.values(), ids=LIMITS.keys())
def test_limits(headers, minutes):
    with time_machine.travel(AT, tick=False):
        error = from_response(answered(429, problem(429), headers), is_write=True, secrets={})
    assert type(error) is RateLimited
    assert error.until == (None if minutes is None else AT + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, CAPPED, UsageCapped),
        (429, {**CAPPED, "type": "https://api.x.com/2/problems/usage-capped"}, UsageCapped),
        (402, problem(402, "Your account does not have any credits.", PROBLEMS + "credits"), OutOfCredits),
    ],
)  # fmt: skip
def test_a_spent_cap_does_not_end_with_the_window(status, body, kind):
    headers = {"x-rate-limit-reset": epoch(minutes=9), "x-rate-limit-remaining": "100"}
    with time_machine.travel(AT, tick=False):
        error = from_response(answered(status, body, headers), is_write=True, secrets={})
    assert (type(error), error.until) == (kind, None)


SENTENCES = [
    (DUPLICATE, DUPLICATE["detail"]),
    (invalid("The `ids` query parameter is wrong"), "The `ids` query parameter is wrong"),
    (APP_ONLY, "Authenticating with OAuth 2.0 Application-Only is forbidden."),
    ({"title": "Forbidden"}, "Forbidden"),
    ({"errors": ["?"]}, "HTTP 403"),
    ([1], "HTTP 403"),
    ("<html>", "HTTP 403"),
]


@pytest.mark.parametrize(("body", "sentence"), SENTENCES)
def test_people_are_shown_the_most_particular_sentence(body, sentence):
    assert from_response(answered(403, body), is_write=True, secrets={}).detail == sentence


TWEEPY = [
    (tweepy.Unauthorized, 401, AuthExpired),
    (tweepy.Forbidden, 403, Rejected),
    (tweepy.NotFound, 404, Rejected),
    (tweepy.TooManyRequests, 429, RateLimited),
    (tweepy.TwitterServerError, 503, Ambiguous),
]


@pytest.mark.parametrize(("kind", "status", "meaning"), TWEEPY)
def test_what_tweepy_raises(kind, status, meaning):
    error = kind(answered(status, problem(status, "why")))
    assert type(translate(error, is_write=True, secrets={})) is meaning


def test_what_is_no_json():
    error = requests.exceptions.JSONDecodeError("?", "<html>", 0)
    assert type(translate(error, is_write=True, secrets={})) is Ambiguous
    assert type(translate(error, is_write=False, secrets={})) is Unreachable


def test_the_unexpected_is_unclear_and_clean():
    error = translate(KeyError("t0ken-1"), is_write=True, secrets={"access_token": "t0ken-1"})
    assert type(error) is Ambiguous
    assert "t0ken-1" not in error.detail


def test_secrets_never_stand_in_an_error():
    body = problem(403, "Token t0ken-1 of app k3y-1 may not")
    secrets = {"access_token": "t0ken-1", "consumer_key": "k3y-1"}
    detail = from_response(answered(403, body), is_write=True, secrets=secrets).detail
    assert "t0ken" not in detail
    assert "k3y" not in detail
