"""What an account's page says of completeness, and the screen on which somebody has the past read."""

from datetime import timedelta

import pytest
from django.urls import reverse

from channels.actions.covering import stretch_add
from channels.coverage import Stretch
from channels.coverage_words import bars_of
from channels.models import ChannelAccount, Hole, PastReading
from channels.selectors.coverage import coverage_of, incomplete_accounts
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(company):
    account = make_account(unit=company.mobile, kind="x", name="Care on X")
    ChannelAccount.objects.filter(pk=account.pk).update(created_at=now() - timedelta(days=9))
    return account


def cover(account, *, until=timedelta(0), hole=None):
    """Cover the last two days of both streams, but for a hole of mentions so long ago."""
    at = now()
    whole = Stretch(at - timedelta(days=2), at - until)
    stretch_add(account, "own", whole)
    if hole is None:
        stretch_add(account, "mentions", whole)
        return
    since, end = at - hole, at - hole + timedelta(minutes=16)
    stretch_add(account, "mentions", Stretch(whole.since, since))
    stretch_add(account, "mentions", Stretch(end, whole.until))
    Hole.objects.create(
        account=account, stream="mentions", since=since, until=end, state="lost", noticed_at=at
    )


def page(browser, account, name="root", part="account"):
    return browser(name).get(reverse(f"channels:{part}", args=[account.pk])).content.decode()


def test_an_account_that_nobody_has_read_says_so(browser, account):
    assert "Nothing has been read to the end yet." in page(browser, account)


def test_the_page_says_up_to_when_and_where_holes_are(browser, account):
    cover(account, hole=timedelta(hours=3))
    Hole.objects.create(
        account=account, stream="mentions", since=now() - timedelta(hours=6),
        until=now() - timedelta(hours=5), state="filled", found=42, noticed_at=now(),
    )  # fmt: skip
    seen = page(browser, account)
    assert "Covered until" in seen
    assert "filled with 42" in seen
    assert "the platform gives out no more" in seen
    assert 'data-state="lost"' in seen


def test_bars_stand_where_their_time_is(account):
    cover(account, hole=timedelta(hours=12))
    at = now()
    seen = coverage_of(account, Stretch(at - timedelta(hours=24), at))
    mentions = next(one for one in seen.streams if one.stream == "mentions")
    first, second, lost = bars_of(mentions, seen.period)
    assert (first.x, lost.state) == ("0.0", "lost")
    assert float(lost.x) == pytest.approx(720, abs=1)
    assert float(lost.width) == pytest.approx(16, abs=0.5)
    assert float(second.x) == pytest.approx(736, abs=1)


def test_a_period_is_asked_for_and_stopped_again(browser, account):
    admin, address = browser("root"), reverse("channels:past", args=[account.pk])
    assert admin.get(address).status_code == 200
    bad = {"what": "again", "since": "2026-11-02T10:00", "until": "2026-11-01T10:00"}
    assert admin.post(address, bad).status_code == 422
    day = f"{now() - timedelta(days=2):%Y-%m-%dT%H:%M}"
    after = f"{now() - timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert admin.post(address, {"what": "again", "since": day, "until": after}).status_code == 302
    reading = PastReading.objects.get()
    assert reading.until - reading.since == timedelta(days=1)
    assert "0 found, 0 new" in page(browser, account)
    stop = reverse("channels:past_stop", args=[account.pk, reading.pk])
    assert admin.post(stop).status_code == 302
    assert PastReading.objects.get().state == "stopped"


def test_more_of_the_history_is_asked_for(browser, account):
    admin, address = browser("root"), reverse("channels:past", args=[account.pk])
    assert admin.post(address, {"what": "history", "days": 30}).status_code == 302
    reading = PastReading.objects.get()
    assert (reading.kind, reading.state) == ("history", "waiting")


@pytest.mark.parametrize(
    ("name", "status"), [("manager", 403), ("stranger", 404), ("nobody", 403)]
)
def test_only_who_manages_the_account_comes_here(browser, account, name, status):
    address = reverse("channels:past", args=[account.pk])
    assert browser(name).get(address).status_code in {status, 404}
    assert browser(name).post(address, {"what": "history", "days": 7}).status_code in {status, 404}
    assert not PastReading.objects.exists()


def test_the_reading_of_another_account_is_not_stopped_here(browser, account, company):
    reading = PastReading.objects.create(
        account=account, kind="again", since=now() - timedelta(hours=1), until=now(),
        due_at=now(), asked_at=now(),
    )  # fmt: skip
    other = reverse("channels:past_stop", args=[company.account.pk, reading.pk])
    assert browser("root").post(other).status_code == 404


# --- Whether a day is whole ---


def whole(account, company):
    at = now()
    found = incomplete_accounts([company.mobile.pk], Stretch(at - timedelta(hours=20), at), at)
    return account.pk not in {one.pk for one in found}


def test_a_day_is_whole_when_all_streams_were_read(account, company):
    assert not whole(account, company)
    cover(account)
    assert whole(account, company)


def test_a_hole_makes_a_day_incomplete(account, company):
    cover(account, hole=timedelta(hours=3))
    assert not whole(account, company)


def test_what_has_not_been_read_for_a_while_makes_a_day_incomplete(account, company):
    cover(account, until=timedelta(hours=1))
    assert not whole(account, company)


def test_the_days_figures_say_that_something_is_missing(browser, account):
    seen = browser("root").get(reverse("reports:today")).content.decode()
    assert "Not everything that was written today is here:" in seen
    assert "Care on X" in seen
