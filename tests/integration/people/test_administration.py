"""Administrators add people and units, give and take roles, shut out and let in."""

from threading import Barrier, Thread

import pytest
from django.db import connections

from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import Conflict, DomainError
from opsconsole.people import actions
from opsconsole.people.models import BusinessUnit, Membership, User
from opsconsole.people.selectors import actor_for
from tests.factories.people import make_unit, make_user
from tests.integration.people.conftest import PASSWORD, verbs_of

NEW = {"username": "bea", "nickname": "Bea", "language": "en", "password": PASSWORD}
UNIT = {"slug": "store", "name_ko": "매장", "name_en": "Store", "colour": "teal"}


def test_a_new_person_gets_a_role_on_the_next_page(company, root):
    answer = root.post("/people/new/", NEW, follow=True)
    bea = User.objects.get(username="bea")
    assert answer.redirect_chain == [(f"/people/{bea.pk}/", 302)]
    assert "No role yet" in answer.content.decode()
    given = {"unit": company.mobile.pk, "role": "operator"}
    page = root.post(f"/people/{bea.pk}/roles/", given, follow=True).content.decode()
    assert "Mobile" in page
    assert bea.check_password(PASSWORD)
    assert verbs_of(bea) == ["people.user.created", "people.membership.set"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "b e a"}, "username"),
        ({"username": "OPERATOR"}, "username"),
        ({"username": "b" * 151}, "username"),
        ({"nickname": " "}, "nickname"),
        ({"nickname": "n" * 41}, "nickname"),
        ({"language": "fr"}, "language"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "bea"}, "password"),
    ],
)
def test_a_mistake_about_a_person_is_shown_at_its_field(company, root, given, field):
    answer = root.post("/people/new/", NEW | given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    for name in {"username", "nickname"} - {field}:
        assert f'value="{NEW[name]}"' in page
    assert not User.objects.filter(username__startswith="b").exists()


def test_a_new_unit_is_listed(company, root):
    page = root.post("/people/units/new/", UNIT, follow=True).content.decode()
    assert "Store" in page
    assert BusinessUnit.objects.get(slug="store").colour == "teal"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"slug": "home"}, "slug"),
        ({"slug": "매장"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"name_ko": ""}, "name_ko"),
        ({"name_en": "n" * 41}, "name_en"),
        ({"colour": "gold"}, "colour"),
    ],
)
def test_a_mistake_about_a_unit_is_shown_at_its_field(company, root, given, field):
    answer = root.post("/people/units/new/", UNIT | given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert BusinessUnit.objects.count() == 2
    if field != "colour":
        assert 'value="teal" checked' in page


def test_another_role_in_the_same_unit_replaces_the_first(company, root):
    path = f"/people/{company.operator.pk}/roles/"
    root.post(path, {"unit": company.mobile.pk, "role": "manager"})
    root.post(path, {"unit": "every", "role": "guest"})
    held = company.operator.memberships.values_list("unit_id", "role")
    assert set(held) == {(company.mobile.pk, "manager"), (None, "guest")}


@pytest.mark.parametrize(
    "given", [{"role": "king"}, {"role": ""}, {"unit": "999999"}, {"unit": "x"}, {"unit": ""}]
)
def test_a_role_that_makes_no_sense_is_refused(company, root, given):
    sent = {"unit": company.home.pk, "role": "manager"} | given
    answer = root.post(f"/people/{company.operator.pk}/roles/", sent)
    assert answer.status_code == 422
    assert "_error" in answer.content.decode()
    assert company.operator.memberships.count() == 1


def test_shut_out_and_let_in_again(company, root, browser):
    client = browser(company.operator)
    path = f"/people/{company.operator.pk}/"
    page = root.post(f"{path}deactivate/", follow=True).content.decode()
    assert "Deactivated" in page
    assert client.get("/preferences/").status_code == 302
    page = root.post(f"{path}reactivate/", follow=True).content.decode()
    assert "Deactivated" not in page
    assert company.operator.memberships.exists()
    root.post(f"{path}reactivate/")
    assert verbs_of(company.operator)[-2:] == [
        "people.user.deactivated",
        "people.user.reactivated",
    ]


def test_a_forgotten_password_is_set_anew(company, root, browser):
    client = browser(company.operator)
    path = f"/people/{company.operator.pk}/password/"
    refused = root.post(path, {"password": "short"})
    assert refused.status_code == 422
    assert "id_password_error" in refused.content.decode()
    assert root.post(path, {"password": PASSWORD}).status_code == 302
    company.operator.refresh_from_db()
    assert company.operator.check_password(PASSWORD)
    assert client.get("/preferences/").status_code == 302
    assert verbs_of(company.operator)[-1] == "people.password.reset"


def takings(company):
    """Every way in which the last administrator could go."""
    held = company.root.memberships.get()
    return {
        "deactivated": (f"/people/{company.root.pk}/deactivate/", {}),
        "removed": (f"/people/{company.root.pk}/roles/{held.pk}/remove/", {}),
        "demoted": (f"/people/{company.root.pk}/roles/", {"unit": "every", "role": "guest"}),
    }


@pytest.mark.parametrize("way", ["deactivated", "removed", "demoted"])
def test_the_last_administrator_cannot_go(company, root, way):
    path, given = takings(company)[way]
    answer = root.post(path, given, follow=True)
    assert "Somebody must remain administrator" in answer.content.decode()
    company.root.refresh_from_db()
    assert company.root.is_active
    assert company.root.memberships.get().role == "administrator"
    assert verbs_of(company.root)[-1] == "people.session.started"


@pytest.mark.parametrize("way", ["deactivated", "removed", "demoted"])
@pytest.mark.parametrize("kind", ["administrator", "superuser"])
def test_one_of_two_can_go(company, root, way, kind):
    make_user(role="administrator") if kind == "administrator" else make_user(is_superuser=True)
    path, given = takings(company)[way]
    assert root.post(path, given).status_code == 302
    company.root.refresh_from_db()
    held = company.root.memberships.first()
    assert not (company.root.is_active and held and held.role == "administrator")


@pytest.mark.parametrize("other", ["inactive", "in a unit"])
def test_who_cannot_act_everywhere_does_not_count(company, root, other):
    if other == "inactive":
        make_user(role="administrator", is_active=False)
    with pytest.raises(Conflict):
        actions.user_deactivate(actor_for(company.root), user_id=company.root.pk)


def test_an_empty_console_can_be_peopled_from_the_command_line(db):
    unit, user = make_unit(), make_user()
    actions.membership_set(SYSTEM, user_id=user.pk, unit_id=unit.pk, role="operator")
    actions.user_deactivate(SYSTEM, user_id=user.pk)
    user.refresh_from_db()
    assert not user.is_active


@pytest.mark.parametrize("way", ["deactivate", "remove"])
@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_do_not_both_go(way):
    pair = [make_user(role="administrator") for _turn in range(2)]
    together, refused = Barrier(2), []

    def take(actor, other):
        try:
            together.wait()
            if way == "deactivate":
                actions.user_deactivate(actor, user_id=other.pk)
            else:
                held = other.memberships.get().pk
                actions.membership_remove(actor, user_id=other.pk, membership_id=held)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connections.close_all()

    actors = [actor_for(user) for user in pair]
    threads = [
        Thread(target=take, args=pairing) for pairing in zip(actors, reversed(pair), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["last_admin"]
    assert Membership.objects.filter(role="administrator", user__is_active=True).count() == 1


def test_people_are_found_by_name_unit_role_and_state(company, root):
    company.guest.is_active = False
    company.guest.save(update_fields=["is_active"])

    def found(**query):
        page = root.get("/people/", query).context["page"]
        return {row.username for row in page.rows}

    assert found(text="OPER") == {"operator"}
    assert found(unit=company.home.pk) == {"director", "root"}
    assert found(role="administrator") == {"steward", "root"}
    assert found(unit=company.home.pk, role="administrator") == {"root"}
    assert found(role="administrator", unit=company.mobile.pk) == {"steward", "root"}
    assert found(state="inactive") == {"guest"}
    assert "guest" not in found(state="active")
    assert len(found(unit="x", role="king", state="?")) == 8
    assert "Nobody fits" in root.get("/people/", {"text": "zzz"}).content.decode()


def test_a_long_list_is_walked_page_by_page(company, root):
    for _turn in range(60):
        make_user()
    first = root.get("/people/", {"text": "user"})
    assert "Show more" in first.content.decode()
    rest = root.get("/people/", {"text": "user", "cursor": first.context["page"].next_cursor})
    names = [row.username for page in (first, rest) for row in page.context["page"].rows]
    assert len(names) == len(set(names)) == User.objects.filter(username__contains="user").count()
    assert "Show more" not in rest.content.decode()


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "W10", "%00"])
def test_a_page_address_that_was_never_given_is_refused(company, root, cursor):
    assert root.get("/people/", {"cursor": cursor}).status_code == 422


def test_hostile_names_stay_text(company, root):
    name = "<img src=x onerror=alert(1)>"
    make_user("hostile", nickname=name)
    for path in ("/people/", f"/people/{User.objects.get(username='hostile').pk}/"):
        page = root.get(path).content.decode()
        assert name not in page
        assert "&lt;img src=x" in page
