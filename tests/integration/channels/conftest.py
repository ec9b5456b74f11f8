"""People of every role around two units' accounts, and a browser for each."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels.actions.apps import app_set
from opsconsole.kernel.actor import SYSTEM
from tests.factories.channels import make_account
from tests.factories.people import make_unit, make_user

ROLES = ["guest", "operator", "staff", "manager", "administrator"]


@pytest.fixture
def company(db):
    """Mobile is where things happen; Home is the other unit; root manages everything."""
    mobile, home = (
        make_unit(slug="mobile", name_en="Mobile"),
        make_unit(slug="home", name_en="Home"),
    )
    people = {role: make_user(role, role=role, unit=mobile, language="en") for role in ROLES}
    return SimpleNamespace(
        mobile=mobile,
        home=home,
        account=make_account(unit=mobile, name="Care"),
        home_account=make_account(unit=home, name="Home care"),
        nobody=make_user("nobody", language="en"),
        stranger=make_user("stranger", role="administrator", unit=home, language="en"),
        root=make_user("root", role="administrator", language="en"),
        **people,
    )


@pytest.fixture
def browser(company):
    """A browser in which somebody is signed in, or nobody when none is named."""

    def browser_of(name="", **given):
        client = Client(headers={"Accept-Language": "en"}, **given)
        if name:
            client.force_login(getattr(company, name))
        return client

    return browser_of


@pytest.fixture
def queries_of():
    """How many queries it takes to do something."""

    def count(act):
        with CaptureQueriesContext(connection) as captured:
            assert act().status_code == 200
        return len(captured)

    return count


@pytest.fixture
def private_hosts(settings):
    """Our own machine may be called: the sandbox is there."""
    settings.ALLOW_PRIVATE_HOSTS = True


@pytest.fixture
def apps(db, sandbox):
    """Our apps at the sandbox's platforms."""
    for kind, shown in sandbox.control("apps").items():
        app_set(SYSTEM, kind=kind, secrets=shown["credentials"], base_url=shown["base_url"])


@pytest.fixture
def root(browser):
    """The browser of somebody who manages everything."""
    return browser("root")
