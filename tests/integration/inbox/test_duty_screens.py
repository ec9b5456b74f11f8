"""The screens of duty over HTTP: who is there, one's own duty, the roster, and passing a shift on."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from inbox.actions.assignment import conversation_claim
from inbox.models import Conversation, HandOverNote, OperatorProfile, Shift
from inbox.selectors.duty import is_on_duty
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account
from tests.factories.duty import make_on_duty, make_shift
from tests.factories.inbox import make_conversation
from tests.factories.people import make_unit, make_user
from tests.support.html import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_account().unit


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def user(unit):
    return make_user("ana", role="operator", unit=unit, language="en")


@pytest.fixture
def ana(user):
    return signed_in(user)


@pytest.fixture
def boss(unit):
    return signed_in(make_user("boss", role="manager", unit=unit, language="en"))


def test_one_comes_to_duty_pauses_comes_back_and_leaves(unit, user, ana):
    until = timezone.localtime(now() + timedelta(hours=2))
    ana.post("/duty/start/", {"unit": unit.pk, "until": f"{until:%H:%M}"})
    assert is_on_duty(user.pk, now(), unit.pk)
    ana.post("/duty/away/", {"minutes": "10"})
    assert "Away until" in text_of(ana.get("/duty/"))
    ana.post("/duty/back/")
    assert OperatorProfile.objects.get().away_until is None
    conversation = make_conversation(account=make_account(unit=unit))
    conversation_claim(actor_for(user), conversation_id=conversation.pk)
    ana.post("/duty/end/", {"give_back": "on"})
    assert not is_on_duty(user.pk, now() + timedelta(seconds=2))
    assert Conversation.objects.get().assignee_id is None


def test_refusals_are_said_on_the_page(unit, ana):
    response = ana.post("/duty/away/", {"minutes": "10"}, follow=True)
    assert "You are not on duty." in text_of(response)


def test_who_leads_the_unit_plans_copies_and_cancels(unit, user, boss, ana):
    day = timezone.localdate() + timedelta(days=14)
    monday = day - timedelta(days=day.weekday())
    shift = {"person": user.pk, "day": monday.isoformat(), "begins": "22:00", "ends": "06:00"}
    week = f"?unit={unit.pk}&week={monday.isoformat()}"
    boss.post(f"/duty/units/{unit.pk}/plan/{week}", shift)
    page = boss.get(f"/duty/{week}")
    assert "22:00–06:00" in text_of(page)
    following = monday + timedelta(days=7)
    boss.post(f"/duty/units/{unit.pk}/copy/", {"week": following.isoformat()})
    assert Shift.objects.count() == 2
    boss.post(f"/duty/shifts/{Shift.objects.latest('pk').pk}/cancel/")
    assert Shift.objects.filter(cancelled_at__isnull=False).count() == 1
    assert ana.post(f"/duty/units/{unit.pk}/plan/", shift).status_code == 403
    assert "Plan a shift" not in text_of(ana.get(f"/duty/{week}"))
    assert ana.get("/duty/?unit=999999").status_code == 404


def test_a_note_for_the_next_shift_is_read_and_confirmed(unit, ana, boss):
    address = f"/duty/units/{unit.pk}/hand-over/"
    ana.post(f"{address}note/", {"text": "Busan is down <b>"})
    assert "not confirmed yet" in text_of(boss.get(f"/duty/?unit={unit.pk}"))
    assert "Busan is down <b>" in text_of(boss.get(address))
    boss.post(f"{address}notes/{HandOverNote.objects.get().pk}/confirm/")
    assert "Read by Boss" in text_of(ana.get(address))
    stranger = signed_in(make_user(role="operator", unit=make_unit()))
    assert stranger.get(address).status_code == 404


def test_what_an_operator_takes_on_is_set_by_who_leads_them(unit, user, ana, boss):
    address = f"/duty/people/{user.pk}/"
    assert ana.get(address).status_code == 404
    boss.post(address, {"capacity": "3", "languages": ["en", "ko"]})
    profile = OperatorProfile.objects.get()
    assert (profile.capacity, profile.languages) == (3, ["en", "ko"])
    assert boss.post(address, {"capacity": "-1"}).status_code == 422


def test_the_assign_menu_says_who_is_there_with_how_much(unit, user, ana):
    make_shift(actor_for(user), unit)
    make_user("bo", role="operator", unit=unit)
    conversation = make_conversation(account=make_account(unit=unit))
    conversation_claim(actor_for(user), conversation_id=conversation.pk)
    page = text_of(ana.get(f"/conversations/{conversation.pk}/"))
    assert "1/12" in page
    assert "On duty" in page
    assert "Off duty" in page


def test_snooze_wake_and_resolve_from_the_menus(unit, ana):
    conversation = make_conversation(account=make_account(unit=unit))
    address = f"/conversations/{conversation.pk}/"
    ana.post(f"{address}snooze/", {"choice": "hour", "reason": "Later."})
    conversation.refresh_from_db()
    assert conversation.state == "snoozed"
    assert timedelta(minutes=59) < conversation.snoozed_until - now() <= timedelta(hours=1)
    ana.post(f"{address}wake/")
    own = timezone.localtime(now() + timedelta(days=2)).replace(microsecond=0, second=0)
    ana.post(f"{address}snooze/", {"choice": "own", "at": f"{own:%Y-%m-%dT%H:%M}"})
    conversation.refresh_from_db()
    assert conversation.snoozed_until == own
    assert ana.post(f"{address}resolve/", {"resolution": "answered"}).status_code == 422
    ana.post(f"{address}resolve/", {"resolution": "spam"})
    conversation.refresh_from_db()
    assert (conversation.state, conversation.resolution) == ("resolved", "spam")
    ana.post(f"{address}reopen/")
    conversation.refresh_from_db()
    assert (conversation.resolution, conversation.reopenings) == ("", 1)


def test_an_own_moment_needs_one(unit, ana):
    conversation = make_conversation(account=make_account(unit=unit))
    make_on_duty(unit)
    refused = ana.post(f"/conversations/{conversation.pk}/snooze/", {"choice": "own"})
    assert refused.status_code == 422
