"""Whatever is sent, the answer is a problem body and never a stack trace."""

import logging

import pytest
from django.test import override_settings

from tests.factories.inbox import make_conversation
from tests.integration.api.conftest import token_client


@pytest.fixture
def ana(company):
    return token_client(company.ana)


@pytest.fixture
def row(company):
    return make_conversation(account=company.account)


def send(client, row, raw, content_type="application/json", verb="notes"):
    return client.generic(
        "POST", f"/api/v1/conversations/{row.pk}/{verb}/", raw, content_type=content_type
    )


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"text": NaN}', 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b"null", 422),
        (b"{}", 422),
        (b'{"text": null}', 422),
        (b'{"text": {"$gt": ""}}', 422),
        (b'{"text": "a", "more": 1}', 422),
        (b'{"text": "a\\u0000b"}', 422),
        (b'{"text": "a\\ud800b"}', 422),
        (b'{"text": "' + b"x" * 30_000 + b'"}', 422),
        (b"[" * 50_000, 400),
    ],
)
def test_bodies_that_are_not_what_was_asked_for(ana, row, raw, status):
    answer = send(ana, row, raw)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()) >= {"code", "detail"}


def test_unknown_names_are_all_listed(ana, row):
    answer = send(ana, row, b'{"text": "a", "two": 2, "one": 1}')
    assert answer.json()["fields"] == {
        "one": "There is no such field.", "two": "There is no such field.",
    }  # fmt: skip


def test_forms_are_not_spoken_here(ana, row):
    answer = send(ana, row, b"text=a", "application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("verb", ["claim", "release", "reopen"])
def test_acts_without_words_take_none(ana, row, verb):
    answer = send(ana, row, b'{"assignee": 1}', verb=verb)
    assert (answer.status_code, answer.json()["field"]) == (422, "assignee")


def test_the_wrong_method_is_named(ana, row):
    answer = ana.delete(f"/api/v1/conversations/{row.pk}/claim/")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "address", ["/api/", "/api/v1/", "/api/v2/me/", "/api/v1/conversations/abc/", "/api/v1/nope/"]
)
def test_addresses_that_lead_nowhere(ana, address):
    for answer in (ana.get(address), ana.post(address, {}, format="json")):
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_address")


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**40])
@pytest.mark.parametrize("resource", ["conversations", "deliveries", "accounts", "users"])
def test_numbers_of_any_size_are_just_not_there(ana, resource, number):
    assert ana.get(f"/api/v1/{resource}/{number}/").status_code == 404


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("assign", {"assignee": 10**40}),
        ("hand-over", {"unit": 10**40, "reason": "x"}),
        ("replies", {"text": "x", "answers": 10**40}),
        ("replies", {"text": "x", "seen_version": -(10**40)}),
    ],
)
def test_numbers_of_any_size_in_a_body_are_refused(ana, row, verb, body):
    answer = ana.post(f"/api/v1/conversations/{row.pk}/{verb}/", body, format="json")
    assert answer.status_code in {404, 409, 422}


def test_errors_speak_the_readers_language(company, row):
    korean = token_client(company.gil, HTTP_ACCEPT_LANGUAGE="ko")
    english = token_client(company.gil, HTTP_ACCEPT_LANGUAGE="en")
    address = f"/api/v1/conversations/{row.pk}/notes/"
    details = [
        client.post(address, {}, format="json").json()["detail"] for client in (korean, english)
    ]
    assert details[1] == "This field is required."
    assert details[0] != details[1]


def test_requests_beyond_the_rate_are_asked_to_wait(ana, monkeypatch):
    monkeypatch.setattr("opsconsole.kernel.throttling.SteadyThrottle.rate", "2/day", raising=False)
    assert [ana.get("/api/v1/me/").status_code for _turn in range(3)] == [200, 200, 429]
    answer = ana.get("/api/v1/me/")
    assert answer.json()["code"] == "throttled"
    assert int(answer["Retry-After"]) > 0


def test_without_the_cache_nobody_is_refused(ana, caplog):
    nowhere = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock",
        }
    }
    with override_settings(CACHES=nowhere), caplog.at_level(logging.WARNING):
        assert ana.get("/api/v1/me/").status_code == 200
    assert "not being throttled" in caplog.text
