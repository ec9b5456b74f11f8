"""People of every role in a company with two units, and a browser for each."""

from types import SimpleNamespace

import pytest
from django.test import Client

from tests.factories.people import make_unit, make_user

PASSWORD = "correct horse battery"


@pytest.fixture
def company(db):
    mobile, home = make_unit(slug="mobile", name_en="Mobile"), make_unit(slug="home")
    people = {
        "nobody": make_user("nobody", language="en"),
        "guest": make_user("guest", role="guest", unit=mobile, language="en"),
        "operator": make_user("operator", role="operator", unit=mobile, language="en"),
        "staff": make_user("staff", role="staff", unit=mobile, language="en"),
        "manager": make_user("manager", role="manager", unit=mobile, language="en"),
        "director": make_user("director", role="manager", language="en"),
        "steward": make_user("steward", role="administrator", unit=mobile, language="en"),
        "root": make_user("root", role="administrator", language="en"),
    }
    return SimpleNamespace(mobile=mobile, home=home, **people)


@pytest.fixture
def browser():
    return browser_of


def browser_of(user=None, **extra):
    """A browser in which this person is signed in."""
    client = Client(headers={"Accept-Language": "en"}, **extra)
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def ana(db):
    return make_user("ana", password=PASSWORD, role="operator", language="en")


@pytest.fixture
def root(company, browser):
    return browser(company.root)


def verbs_of(user):
    """What the record says about this person, oldest first."""
    from opsconsole.audit.models import Activity

    rows = Activity.objects.filter(subject_type="people.user", subject_id=user.pk)
    return list(rows.order_by("id").values_list("verb", flat=True))
