"""Every screen about people against every role."""

import pytest

ROLES = ("nobody", "guest", "operator", "staff", "manager", "director", "steward", "root")
MANAGERS = {"steward", "root"}  # of a unit, and of everything

READ = ["/people/", "/people/{operator}/"]
ROOT_ONLY = ["/people/new/", "/people/units/new/"]
ACTS = [
    "/people/{operator}/deactivate/", "/people/{operator}/reactivate/",
    "/people/{operator}/password/",
]  # fmt: skip
OWN = ["/preferences/"]


def there(company, path):
    return path.format(operator=company.operator.pk)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", READ)
def test_people_are_listed_for_those_who_manage_people(company, browser, path, role):
    answer = browser(getattr(company, role)).get(there(company, path))
    assert answer.status_code == (200 if role in MANAGERS else 403)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ROOT_ONLY)
def test_people_and_units_are_added_by_those_who_manage_everything(company, browser, path, role):
    client = browser(getattr(company, role))
    wanted = [200, 422] if role == "root" else [403, 403]
    assert [client.get(path).status_code, client.post(path, {"x": 1}).status_code] == wanted


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ACTS)
def test_people_are_shut_out_and_let_in_by_those_who_manage_everything(
    company, browser, path, role
):
    answer = browser(getattr(company, role)).post(
        there(company, path), {"password": "correct horse battery"}
    )
    assert answer.status_code == (302 if role == "root" else 403)
    company.operator.refresh_from_db()
    assert company.operator.is_active == (role != "root" or "deactivate" not in path)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", ["mobile", "home", "every"])
def test_roles_are_given_where_one_manages_people(company, browser, place, role):
    unit = "every" if place == "every" else getattr(company, place).pk
    answer = browser(getattr(company, role)).post(
        f"/people/{company.staff.pk}/roles/", {"unit": unit, "role": "guest"}
    )
    wanted = {"root": 302, "steward": 302 if place == "mobile" else 422}.get(role, 403)
    assert answer.status_code == wanted
    given = company.staff.memberships.filter(role="guest").count()
    assert given == (1 if wanted == 302 else 0)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("whose", ["operator", "director"])
def test_roles_are_taken_where_one_manages_people(company, browser, whose, role):
    person = getattr(company, whose)
    held = person.memberships.get()
    path = f"/people/{person.pk}/roles/{held.pk}/remove/"
    answer = browser(getattr(company, role)).post(path)
    may = role == "root" or (role == "steward" and whose == "operator")
    assert answer.status_code == (302 if may else 403)
    assert person.memberships.exists() != may


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", OWN)
def test_everybody_has_preferences(company, browser, path, role):
    assert browser(getattr(company, role)).get(path).status_code == 200


@pytest.mark.parametrize("path", [*READ, *ROOT_ONLY, *OWN])
def test_strangers_are_asked_to_sign_in(company, browser, path):
    answer = browser().get(there(company, path))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize(
    "path", [*ACTS, "/people/{operator}/roles/", "/people/{operator}/roles/1/remove/",
             "/preferences/password/", "/preferences/photo/remove/"]
)  # fmt: skip
def test_acts_need_a_press(company, root, path):
    assert root.get(there(company, path)).status_code == 405


@pytest.mark.parametrize(
    "path", ["/people/{}/", "/people/{}/deactivate/", "/people/{}/reactivate/"]
)
def test_who_does_not_exist_is_not_found(company, root, path):
    send = root.get if path == "/people/{}/" else root.post
    assert send(path.format(999_999)).status_code == 404


def test_a_role_is_only_found_at_the_person_who_has_it(company, root):
    held = company.operator.memberships.get()
    assert root.post(f"/people/{company.guest.pk}/roles/{held.pk}/remove/").status_code == 404
    assert company.operator.memberships.exists()


def test_a_steward_is_offered_only_what_may_be_done(company, browser):
    client = browser(company.steward)
    page = client.get("/people/").content.decode()
    assert "/people/new/" not in page
    page = client.get(f"/people/{company.director.pk}/").content.decode()
    assert "deactivate/" not in page
    assert "/remove/" not in page
    assert 'value="every"' not in page
    assert f'<option value="{company.home.pk}"' not in page
