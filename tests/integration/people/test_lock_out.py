"""Too many wrong passwords: locked out by name and address, for a while, on every door."""

from datetime import timedelta

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.conf import settings
from django.test import AsyncClient

from opsconsole.kernel.clock import now
from tests.factories.people import make_user
from tests.integration.people.conftest import PASSWORD, browser_of, verbs_of

PAGE = "/sign-in/"
LIMIT = settings.AXES_FAILURE_LIMIT


def enter(password, username="ana", address="203.0.113.9", client=None, **headers):
    client = client or browser_of(REMOTE_ADDR=address)
    return client.post(PAGE, {"username": username, "password": password}, headers=headers)


def lock(**given):
    answers = [enter("wrong", **given) for _turn in range(LIMIT)]
    assert [answer.status_code for answer in answers] == [422] * (LIMIT - 1) + [429]
    return answers[-1]


def test_the_right_password_is_refused_too(ana):
    lock()
    client = browser_of(REMOTE_ADDR="203.0.113.9")
    answer = enter(PASSWORD, client=client)
    assert answer.status_code == 429
    assert "Too many wrong passwords" in answer.content.decode()
    assert client.get("/preferences/").status_code == 302


def test_the_page_says_when_it_ends_and_knocking_does_not_prolong_it(ana):
    with time_machine.travel(now(), tick=False) as clock:
        wait = timedelta(hours=settings.AXES_COOLOFF_TIME)
        assert int(lock()["Retry-After"]) == wait.total_seconds()
        clock.shift(wait / 2)
        assert int(enter(PASSWORD)["Retry-After"]) == (wait / 2).total_seconds()
        clock.shift(wait / 2 + timedelta(seconds=1))
        assert enter(PASSWORD).status_code == 302


def test_nobody_else_and_no_other_place_is_locked_out(ana):
    make_user("bea", password=PASSWORD)
    lock()
    assert enter(PASSWORD, username="bea").status_code == 302
    assert enter(PASSWORD, address="198.51.100.7").status_code == 302


def test_screen_and_api_count_together(ana):
    lock()
    body = {"username": "ana", "password": PASSWORD}
    client = browser_of(REMOTE_ADDR="203.0.113.9")
    answer = client.post("/api/v1/tokens/", body, content_type="application/json")
    assert answer.status_code == 429
    assert answer.json()["code"] == "locked_out"
    assert "Retry-After" in answer


@pytest.mark.parametrize("path", [PAGE, "/api/v1/tokens/"])
def test_it_holds_as_the_server_runs_it(ana, path):
    post = async_to_sync(AsyncClient().post)
    body = {"username": "ana", "password": "wrong"}
    kind = {"content_type": "application/json"} if path.startswith("/api") else {}
    codes = [post(path, body, **kind).status_code for _turn in range(LIMIT)]
    assert codes[-1] == 429
    last = post(path, body | {"password": PASSWORD}, **kind)
    assert last.status_code == 429
    assert last["Content-Type"].startswith("application/problem" if kind else "text/html")


def test_a_forged_address_is_not_believed(ana):
    for turn in range(LIMIT):
        answer = enter("wrong", **{"X-Forwarded-For": f"192.0.2.{turn}"})
    assert answer.status_code == 429


def test_behind_a_proxy_each_caller_counts_alone(ana, settings):
    settings.TRUSTED_PROXIES = 1
    proxy = "10.0.0.1"
    for turn in range(LIMIT):
        forged = {"X-Forwarded-For": f"192.0.2.{turn}, 203.0.113.50"}
        answer = enter("wrong", address=proxy, **forged)
    assert answer.status_code == 429
    other = {"X-Forwarded-For": "203.0.113.51"}
    assert enter(PASSWORD, address=proxy, **other).status_code == 302


def test_it_is_written_down_once(ana):
    lock()
    for _turn in range(3):
        enter(PASSWORD)
    assert verbs_of(ana) == ["people.session.refused"] * LIMIT + ["people.session.locked_out"]


def test_a_right_password_begins_the_count_anew(ana):
    for _round in range(2):
        for _turn in range(LIMIT - 1):
            assert enter("wrong").status_code == 422
        assert enter(PASSWORD).status_code == 302
