"""A small company with two units, and a client for each of its people."""

from dataclasses import dataclass

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from channels.models import ChannelAccount
from opsconsole.people.models import BusinessUnit, User
from tests.factories.channels import make_account
from tests.factories.people import make_unit, make_user


@dataclass
class Company:
    """Mobile is where things happen; Home is the other unit."""

    mobile: BusinessUnit
    home: BusinessUnit
    account: ChannelAccount
    home_account: ChannelAccount
    ana: User  # operator
    boris: User  # operator
    min: User  # manager
    seo: User  # staff
    gil: User  # guest
    chioma: User  # operator of Home
    root: User  # administrator of everything


@pytest.fixture
def company(db):
    mobile, home = make_unit(slug="mobile-unit"), make_unit(slug="home-unit")
    return Company(
        mobile=mobile,
        home=home,
        account=make_account(unit=mobile, kind="facebook"),
        home_account=make_account(unit=home, kind="facebook"),
        ana=make_user("ana", role="operator", unit=mobile),
        boris=make_user("boris", role="operator", unit=mobile),
        min=make_user("min", role="manager", unit=mobile),
        seo=make_user("seo", role="staff", unit=mobile),
        gil=make_user("gil", role="guest", unit=mobile),
        chioma=make_user("chioma", role="operator", unit=home),
        root=make_user("root", role="administrator", unit=None),
    )


@pytest.fixture
def client_of():
    return token_client


def token_client(user, **extra):
    """Return a client that carries the user's token and asks for English."""
    token, _is_new = Token.objects.get_or_create(user=user)
    headers = {"HTTP_AUTHORIZATION": f"Token {token.key}", "HTTP_ACCEPT_LANGUAGE": "en"}
    client = APIClient()
    client.credentials(**{**headers, **extra})
    return client
