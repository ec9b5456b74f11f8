"""One's own name, language, theme and password."""

import pytest
from rest_framework.authtoken.models import Token

from opsconsole.audit.models import Activity
from tests.integration.people.conftest import PASSWORD, verbs_of

NEW = "staple battery horse"
HTMX = {"HX-Request": "true"}


def change(client, old=PASSWORD, new=NEW, again=NEW, **headers):
    given = {"old_password": old, "new_password1": new, "new_password2": again}
    return client.post("/preferences/password/", given, headers=headers)


def test_what_is_saved_shows_at_once(ana, browser):
    client = browser(ana)
    answer = client.post(
        "/preferences/",
        {"nickname": "  아나   김 ", "language": "ko", "theme": "dark"},
        follow=True,
    )
    page = answer.content.decode()
    assert '<html lang="ko" data-theme="dark">' in page
    assert 'value="아나 김"' in page
    assert verbs_of(ana)[-1] == "people.preferences.changed"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"nickname": ""}, "nickname"),
        ({"nickname": "   "}, "nickname"),
        ({"nickname": "n" * 41}, "nickname"),
        ({"language": "fr"}, "language"),
        ({"theme": "pink"}, "theme"),
        ({"nickname": "a\x00b"}, "nickname"),
    ],
)
def test_a_mistake_is_shown_at_its_field_and_keeps_the_rest(ana, browser, given, field):
    typed = {"nickname": "Typed", "language": "en", "theme": "light"} | given
    answer = browser(ana).post("/preferences/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    if field != "nickname":
        assert 'value="Typed"' in page
    if field != "theme":
        assert '<option value="light" selected>' in page
    ana.refresh_from_db()
    assert ana.nickname == "Ana"


def test_a_quick_switch_changes_one_thing_and_comes_back(ana, browser):
    answer = browser(ana).post("/preferences/", {"theme": "dark", "next": "/posts/"})
    assert answer["Location"] == "/posts/"
    ana.refresh_from_db()
    assert (ana.theme, ana.nickname, ana.language) == ("dark", "Ana", "en")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_a_new_password_ends_every_other_session_and_the_token(ana, browser, headers):
    here, there = browser(ana), browser(ana)
    Token.objects.create(user=ana)
    assert change(here, **headers).status_code in {200, 302}
    assert here.get("/preferences/").status_code == 200
    assert there.get("/preferences/").status_code == 302
    assert not Token.objects.filter(user=ana).exists()
    ana.refresh_from_db()
    assert ana.check_password(NEW)
    assert verbs_of(ana)[-1] == "people.password.changed"
    assert NEW not in str(list(Activity.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"old": "wrong"}, "old_password"),
        ({"new": "short", "again": "short"}, "new_password2"),
        ({"new": "password1234", "again": "password1234"}, "new_password2"),
        ({"again": "something different"}, "new_password2"),
        ({"new": "", "again": ""}, "new_password1"),
    ],
    ids=["wrong old", "short", "common", "differ", "empty"],
)
def test_a_refused_password_redraws_its_own_card_alone(ana, browser, given, field):
    there = browser(ana)
    client = browser(ana)
    answer = change(client, **given, **HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200  # htmx swaps only what succeeded
    assert f'id="id_{field}_error"' in page
    assert 'id="profile"' not in page
    assert "<html" not in page
    for word in (PASSWORD, *(value for value in given.values() if value)):
        assert f'value="{word}"' not in page
    assert there.get("/preferences/").status_code == 200
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_without_scripts_a_refused_password_shows_the_whole_page(ana, browser):
    answer = change(browser(ana), old="wrong")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="profile"' in page
    assert 'value="Ana"' in page
    assert 'id="id_old_password_error"' in page


def test_a_fragment_asked_for_without_a_session_reloads_the_page(db, browser):
    answer = change(browser(), **HTMX)
    assert answer.status_code == 401
    assert answer["HX-Refresh"] == "true"
