"""Tokens, sessions, lock-out, language."""

import pytest
from django.conf import settings
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from tests.factories.inbox import make_conversation
from tests.factories.people import make_user

PASSWORD = "correct horse battery"


@pytest.fixture
def ana(db):
    return make_user("ana", password=PASSWORD)


def ask(username="ana", password=PASSWORD, **extra):
    body = {"username": username, "password": password}
    return APIClient().post(
        "/api/v1/tokens/", body, format="json", headers={"Accept-Language": "en"}, **extra
    )


def test_name_and_password_give_a_token_that_works(ana):
    token = ask().json()["token"]
    client = APIClient(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/me/").json()["username"] == "ana"
    assert ask().json()["token"] == token


def test_a_token_taken_back_no_longer_works(ana):
    client = APIClient(HTTP_AUTHORIZATION=f"Token {ask().json()['token']}")
    assert client.delete("/api/v1/tokens/current/").status_code == 204
    assert client.get("/api/v1/me/").status_code == 401
    assert not Token.objects.filter(user=ana).exists()


@pytest.mark.parametrize("username", ["ana", "nobody"])
def test_a_wrong_password_says_nothing_about_the_name(ana, username):
    answer = ask(username, "wrong")
    assert answer.status_code == 401
    assert answer.json() == {
        "code": "wrong_password", "detail": "The name or the password is wrong.",
    }  # fmt: skip


def test_too_many_wrong_passwords_lock_out_even_the_right_one(ana):
    answers = [ask(password="wrong") for _turn in range(settings.AXES_FAILURE_LIMIT)]
    assert [answer.status_code for answer in answers[:-1]] == [401] * (len(answers) - 1)
    for locked in (answers[-1], ask()):
        assert locked.status_code == 429
        assert locked["Content-Type"] == "application/problem+json"
        assert locked.json()["code"] == "locked_out"
    assert not Token.objects.filter(user=ana).exists()


def test_a_right_password_begins_the_count_anew(ana):
    for _round in range(2):
        for _turn in range(settings.AXES_FAILURE_LIMIT - 1):
            assert ask(password="wrong").status_code == 401
        assert ask().status_code == 200


def test_who_has_left_gets_no_token_and_no_entry(ana):
    token = ask().json()["token"]
    ana.is_active = False
    ana.save(update_fields=["is_active"])
    assert ask().status_code == 401
    client = APIClient(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/me/").status_code == 401


def test_a_session_needs_the_csrf_token_to_change_anything(company):
    row = make_conversation(account=company.account)
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(company.ana)
    assert client.get("/api/v1/me/").status_code == 200
    refused = client.post(f"/api/v1/conversations/{row.pk}/claim/", {}, format="json")
    assert refused.status_code == 403
    assert refused.json()["code"] == "permission_denied"
    token = "a" * 32
    client.cookies[settings.CSRF_COOKIE_NAME] = token
    granted = client.post(
        f"/api/v1/conversations/{row.pk}/claim/", {}, format="json", headers={"X-CSRFToken": token}
    )
    assert granted.status_code == 200


def test_a_token_counts_for_more_than_somebody_elses_session(company):
    token, _is_new = Token.objects.get_or_create(user=company.gil)
    client = APIClient(HTTP_AUTHORIZATION=f"Token {token.key}")
    client.force_login(company.root)
    row = make_conversation(account=company.account)
    answer = client.post(f"/api/v1/conversations/{row.pk}/claim/", {}, format="json")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("own", "asked", "wanted"),
    [("ko", None, "유"), ("en", None, "U"), ("ko", "en", "U"), ("en", "ko-KR", "유")],
)
def test_answers_come_in_the_language_asked_for_else_in_ones_own(
    company, client_of, own, asked, wanted
):
    company.ana.language = own
    company.ana.save(update_fields=["language"])
    company.mobile.name_ko, company.mobile.name_en = "유", "U"
    company.mobile.save(update_fields=["name_ko", "name_en"])
    client = client_of(company.ana)
    client._credentials.pop("HTTP_ACCEPT_LANGUAGE")
    headers = {"Accept-Language": asked} if asked else {}
    rows = client.get("/api/v1/units/", headers=headers).json()["results"]
    assert wanted in [row["name"] for row in rows if row["id"] == company.mobile.pk]
