"""The certificate: what was planned, armed, accepted and made, and who may read it."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from campaigns.models import Post
from campaigns.selectors.certificates import certificate_of_launch, certificate_of_post
from channels.models import Delivery, DeliveryAttempt
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import NotFound
from tests.factories.campaigns import make_campaign, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.html import text_of
from tests.support.sending import send_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def post(account):
    """Sent: armed 250 ms after its time, known 400 ms after, made by the platform 300 ms after."""
    made = make_post(account, scheduled=True, title="Launch =1+1")
    at = now() - timedelta(seconds=5)
    Post.objects.filter(pk=made.pk).update(publish_at=at)
    Delivery.objects.update(not_before=at, deadline=at + timedelta(minutes=30))
    send_next("77", posted_at=at + timedelta(milliseconds=300))
    DeliveryAttempt.objects.update(
        armed_at=at + timedelta(milliseconds=250), ended_at=at + timedelta(milliseconds=400)
    )
    return made


@pytest.fixture
def client(account):
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(make_user("seo", role="staff", unit=account.unit, language="en"))
    return browser


def test_it_tells_each_moment_and_the_difference(post, account):
    (line,) = certificate_of_post(make_actor("staff", account.unit), post.pk).lines
    assert (line.armed_ms, line.accepted_ms, line.posted_ms) == (250, 400, 300)
    assert (line.delivery.external_id, line.attempts) == ("77", 1)


def test_what_has_not_left_has_no_moments(account):
    waiting = make_post(account, scheduled=True)
    (line,) = certificate_of_post(make_actor("staff", account.unit), waiting.pk).lines
    assert (line.armed_ms, line.accepted_ms, line.posted_ms) == (None, None, None)


def test_a_launch_is_its_launch_posts(account):
    unit = account.unit
    campaign = make_campaign(unit=unit)
    posts = [make_post(account, campaign=campaign.pk, scheduled=True) for _ in range(2)]
    Post.objects.filter(pk=posts[0].pk).update(is_launch=True)
    made = certificate_of_launch(make_actor("staff", unit), campaign.pk)
    assert [line.post.pk for line in made.lines] == [posts[0].pk]


def test_whoever_may_not_read_the_post_finds_none(post):
    with pytest.raises(NotFound):
        certificate_of_post(make_actor("manager", make_unit()), post.pk)


def test_the_page_and_the_files_say_the_same(post, client):
    address = f"/posts/{post.pk}/certificate/"
    shown = text_of(client.get(address))
    for words in ("+250 ms", "+400 ms", "+300 ms", "1 / 1"):
        assert words in shown
    (row,) = client.get(f"{address}?format=json").json()["lines"]
    assert (row["armed_ms"], row["posted_ms"], row["result"]) == (250, 300, "sent")
    text = client.get(f"{address}?format=csv").content.decode("utf-8-sig")
    (cells,) = csv.DictReader(io.StringIO(text))
    assert (cells["accepted_ms"], cells["external_id"]) == ("400", "77")
    assert client.get(f"{address}?format=exe").status_code == 404
    assert "Certificate" in text_of(client.get(f"/posts/{post.pk}/"))


def test_programs_read_it(post, account):
    api = APIClient()
    api.force_authenticate(make_user("bot", role="staff", unit=account.unit))
    (row,) = api.get(f"/api/v1/posts/{post.pk}/certificate/").json()
    assert (row["armed_ms"], row["account"]) == (250, account.name)


def test_an_empty_launch_says_how_to_fill_it(account, client):
    campaign = make_campaign(unit=account.unit)
    page = client.get(f"/posts/campaigns/{campaign.pk}/certificate/")
    assert "No launch posts" in text_of(page)
