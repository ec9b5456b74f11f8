"""What words on X will cost is said while they are typed, with the month beside it once most of it is spent."""

from decimal import Decimal

import pytest
from django.urls import reverse

from channels.models import ChannelAccount
from channels.prices import month_of
from channels.selectors.spending import cost_of_saying
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversation
from tests.support.html import text_of

pytestmark = pytest.mark.django_db


def nearly_spent(**given):
    wish = {"spend_ceiling": 100, "spent": "83.2", "spend_month": month_of(now())}
    ChannelAccount.objects.update(**(wish | given))


@pytest.mark.parametrize(
    ("texts", "is_reply", "described", "amount", "has_link"),
    [
        ([""], True, 0, "0.010", False),
        (["안녕하세요"], True, 0, "0.010", False),
        (["hanbit.com 보세요"], True, 0, "0.20", True),
        (["소식", "둘째"], False, 0, "0.030", False),
        (["소식", "https://a.example"], False, 2, "0.225", True),
    ],
)
def test_it_is_reckoned_as_x_reckons(texts, is_reply, described, amount, has_link, settings):
    account = make_account(kind="x")
    cost = cost_of_saying(account, texts, is_reply=is_reply, described=described)
    assert (cost.amount, cost.has_link, cost.percent) == (Decimal(amount), has_link, 0)
    settings.X_PRICES = settings.X_PRICES | {"create_url": "1.00"}
    dearer = cost_of_saying(account, texts, is_reply=is_reply)
    assert (dearer.amount >= 1) == has_link


@pytest.mark.parametrize(
    ("given", "percent"),
    [
        ({}, 83),
        ({"spent": "79"}, 0),
        ({"spend_ceiling": None}, 0),
        ({"spend_month": "2020-01-01"}, 0),
    ],
)
def test_the_month_is_said_from_four_fifths_on(given, percent):
    account = make_account(kind="x")
    nearly_spent(**given)
    account.refresh_from_db()
    assert cost_of_saying(account, ["소식"], is_reply=False).percent == percent


def test_elsewhere_nothing_costs():
    assert (
        cost_of_saying(make_account(kind="facebook"), ["https://a.example"], is_reply=True) is None
    )


def test_the_composer_says_it_and_says_it_anew_while_somebody_types(company, browser):
    account = make_account(kind="x", unit=company.mobile)
    row = make_conversation(account=account)
    client = browser("operator")
    page = text_of(client.get(reverse("inbox:conversation", args=[row.pk])))
    assert "Costs $0.01." in page
    address = reverse("inbox:hints", args=[row.pk])
    said = text_of(client.post(address, {"text": "자세히 hanbit.com 에서"}))
    assert "Costs $0.20: a link makes it dear (without one $0.01)." in said
    assert "This month" not in said
    nearly_spent()
    said = text_of(client.post(address, {"text": "안녕하세요"}))
    assert "Costs $0.01. This month $83.20 of $100.00 (83%)." in said


def test_a_post_says_it_for_everything_that_goes_out(company, browser):
    account = make_account(kind="x", unit=company.mobile)
    nearly_spent()
    form = {"unit": company.mobile.pk, "accounts": [account.pk], "body": "소식 hanbit.com"}
    said = text_of(browser("staff").post("/posts/preview/", form))
    assert "Costs $0.20: a link makes it dear (without one $0.015)." in said
    assert "$83.20 of $100.00 (83%)" in said
