"""Clocks on screens and in the API: what is left, why it took so long, hours and service levels."""

from datetime import timedelta

import pytest
from django.urls import reverse

from inbox.models import CalendarVersion, SlaPolicy
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account
from tests.factories.clocks import make_calendar, make_policy
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_unit, make_user
from tests.integration.api.conftest import token_client

pytestmark = pytest.mark.django_db

WEEK = dict.fromkeys(
    ("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-12:00, 13:00-18:00"
)


def signed_in(client, role="manager", unit=None):
    client.force_login(make_user(role=role, unit=unit, language="en"))
    client.cookies["django_language"] = "en"
    return client


def page(client, name, *args):
    return client.get(reverse(f"inbox:{name}", args=args)).content.decode()


def test_queue_and_thread_count_down_to_the_due_time(client):
    make_policy(first_s=3600)
    conversation = make_conversation(posted_at=now() - timedelta(minutes=20))
    late = make_conversation(account=conversation.account, posted_at=now() - timedelta(minutes=75))
    signed_in(client, unit=conversation.unit)
    shown = page(client, "queue")
    assert "40m left" in shown
    assert "15m over" in shown
    assert shown.index("15m over") < shown.index("40m left")
    assert shown.count('data-age="overdue"') == 1
    head = page(client, "conversation", late.pk)
    assert "With us since" in head
    assert "arrived 1h 15m late" in head


def test_the_thread_says_how_long_an_answer_took_and_why(client):
    make_calendar()
    policy = make_policy(first_s=600)
    conversation = make_conversation(posted_at=now() - timedelta(minutes=30))
    make_message(conversation, is_own=True, author="page", posted_at=now() - timedelta(minutes=25))
    signed_in(client, unit=conversation.unit)
    assert "answered in" in page(client, "conversation", conversation.pk)
    why = page(client, "waits", conversation.pk)
    for words in ("The customer wrote", "Answered on the platform itself", "In time", policy.name):
        assert words in why


def test_waits_of_units_one_does_not_read_are_not_told(client):
    conversation = make_conversation()
    signed_in(client, unit=make_unit())
    address = reverse("inbox:waits", args=[conversation.pk])
    assert client.get(address).status_code == 404
    stranger = token_client(make_user(role="operator", unit=make_unit()))
    assert stranger.get(reverse("api:waits", args=[conversation.pk])).status_code == 404


def test_a_manager_sets_hours_and_levels_of_a_unit(client):
    unit = make_unit()
    signed_in(client, unit=unit)
    given = {**WEEK, "saturday": "", "sunday": "", "zone": "Asia/Seoul", "country": "on"}
    assert client.post(reverse("inbox:hours", args=[unit.pk]), given).status_code == 302
    version = CalendarVersion.objects.get()
    assert version.week[0] == [[540, 720], [780, 1080]]
    assert (version.week[6], version.country) == ([], "KR")
    day = {"day": "2030-12-24", "hours": "10:00-12:00"}
    client.post(reverse("inbox:exception", args=[unit.pk]), day)
    level = {
        "name": "X",
        "channel": "x",
        "first_s": "1h 30m",
        "next_s": "2:00",
        "by_calendar": "on",
    }
    client.post(reverse("inbox:level_new", args=[unit.pk]), level)
    policy = SlaPolicy.objects.get()
    assert (policy.first_s, policy.next_s, policy.resolution_s) == (5400, 7200, None)
    shown = page(client, "clocks", unit.pk)
    for words in ("10:00-12:00", "Seollal", "1h 30m", "open hours", "now:"):
        assert words in shown
    client.post(reverse("inbox:exception_remove", args=[unit.pk]), {"day": "2030-12-24"})
    client.post(reverse("inbox:level_end", args=[unit.pk, policy.pk]))
    assert "No service level yet" in page(client, "clocks", unit.pk)
    assert CalendarVersion.objects.order_by("number").last().exceptions == {}


def test_what_cannot_be_is_said_at_its_field(client):
    unit = make_unit()
    signed_in(client, unit=unit)
    wrong = {**WEEK, "monday": "nine to five", "zone": "Asia/Seoul"}
    refused = client.post(reverse("inbox:hours", args=[unit.pk]), wrong)
    assert refused.status_code == 422
    assert "Write times as 09:00-18:00." in refused.content.decode()
    never = client.post(reverse("inbox:hours", args=[unit.pk]), {"zone": "Asia/Seoul"})
    assert "never be open" in never.content.decode()
    level = {"name": "X", "first_s": "soon"}
    refused = client.post(reverse("inbox:level_new", args=[unit.pk]), level)
    assert "Write a duration as 30m" in refused.content.decode()
    assert not SlaPolicy.objects.exists()


def test_the_clocks_of_others_are_out_of_reach(client):
    unit, other = make_unit(), make_unit()
    policy = make_policy(unit=other)
    signed_in(client, unit=unit)
    assert client.get(reverse("inbox:clocks", args=[other.pk])).status_code == 404
    assert client.get(reverse("inbox:clocks", args=[0])).status_code == 403
    gone = client.post(reverse("inbox:level_end", args=[unit.pk, policy.pk]))
    assert gone.status_code == 404


def test_the_api_tells_every_wait(django_assert_max_num_queries):
    make_policy(first_s=600)
    account = make_account()
    conversation = make_conversation(account=account, posted_at=now() - timedelta(minutes=9))
    make_message(conversation, is_own=True, author="page", posted_at=now() - timedelta(minutes=5))
    make_message(conversation, posted_at=now() - timedelta(minutes=1))
    reader = token_client(make_user(role="operator", unit=account.unit))
    with django_assert_max_num_queries(8):
        told = reader.get(reverse("api:waits", args=[conversation.pk])).json()
    assert [(wait["seq"], wait["end_kind"], wait["kind"]) for wait in told] == [
        (1, "answered", "first"),
        (2, "", "next"),
    ]
    assert told[0]["wall_s"] == 240
