"""The activity: who may read which acts, and how they are found."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inbox.actions.assignment import conversation_claim
from opsconsole.audit.actions import record
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import NotAllowed
from opsconsole.people.actions import membership_set
from opsconsole.people.selectors import actor_for
from opsconsole.reports.groups import GROUPS
from opsconsole.reports.lines import lines_of
from opsconsole.reports.selectors import CONSOLE, ActivityFilter, activity_page
from tests.factories.channels import make_account, make_delivery
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor, make_unit, make_user

ROLES = ("nobody", "guest", "operator", "staff", "manager", "director", "steward", "root")
READERS = {"manager", "director", "steward", "root"}


@pytest.fixture
def house(db):
    """Two units with an account and a conversation each, and people of every role in the first."""
    mobile = make_unit(slug="mobile", name_en="Mobile", name_ko="모바일")
    home = make_unit(slug="home", name_en="Home", name_ko="홈")
    people = {
        role: make_user(role, role=role, unit=mobile, language="en")
        for role in ("guest", "operator", "staff", "manager")
    } | {
        "nobody": make_user("nobody", language="en"),
        "director": make_user("director", role="manager", language="en"),
        "steward": make_user("steward", role="administrator", unit=mobile, language="en"),
        "root": make_user("root", role="administrator", language="en"),
    }
    cho = make_conversation(account=make_account(unit=mobile), author="cho")
    dan = make_conversation(account=make_account(unit=home), author="dan")
    return SimpleNamespace(mobile=mobile, home=home, cho=cho, dan=dan, **people)


def browser(user):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def act(verb="inbox.note.added", *, actor=SYSTEM, subject=None, unit=None, at=None, **data):
    """One act in the record, at a time of one's choice."""
    subject = subject or make_user()
    with time_machine.travel(at, tick=False) if at else nullcontext():
        return record(actor, verb, subject, unit_id=unit.pk if unit else None, **data)


def found(actor, size=100, **filters):
    return [row.pk for row in activity_page(actor, ActivityFilter(**filters), size=size).rows]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ["/activity/", "/activity.csv"])
def test_who_directs_may_read(house, path, role):
    client = browser(getattr(house, role))
    assert client.get(path).status_code == (200 if role in READERS else 403)


@pytest.mark.parametrize("path", ["/activity/", "/activity.csv"])
def test_strangers_are_asked_to_sign_in(house, path):
    assert Client().get(path).status_code == 302
    assert browser(house.root).post(path).status_code == 405


@pytest.mark.parametrize("role", ["manager", "steward"])
def test_of_a_unit_one_sees_the_acts_of_the_unit(house, role):
    here, there, nowhere = act(unit=house.mobile), act(unit=house.home), act()
    seen = found(actor_for(getattr(house, role)))
    assert here.pk in seen
    assert not {there.pk, nowhere.pk} & set(seen)


@pytest.mark.parametrize("role", ["director", "root"])
def test_who_reads_everywhere_sees_what_belongs_to_no_unit_too(house, role):
    rows = [act(unit=house.mobile), act(unit=house.home), act()]
    assert {row.pk for row in rows} <= set(found(actor_for(getattr(house, role))))


def test_the_gate_stands_in_front_of_the_rows_and_not_only_of_the_screen(house):
    with pytest.raises(NotAllowed):
        activity_page(actor_for(house.operator), ActivityFilter())


def test_newest_first_and_page_by_page_even_within_one_moment(house):
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    rows = [act(at=moment + timedelta(minutes=number // 3)) for number in range(10)]
    reader, cursor, seen = actor_for(house.root), "", []
    while True:
        page = activity_page(reader, ActivityFilter(until=moment.date()), cursor=cursor, size=4)
        seen += [row.pk for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == [row.pk for row in sorted(rows, key=lambda row: (row.at, row.pk), reverse=True)]


def test_by_person(house):
    mine = act(actor=make_actor("operator", unit=house.mobile), unit=house.mobile)
    reader = actor_for(house.manager)
    assert found(reader, person=str(mine.actor_id)) == [mine.pk]
    by_console = found(reader, person=CONSOLE)
    assert by_console
    assert mine.pk not in by_console


@pytest.mark.parametrize("group", GROUPS)
def test_by_kind_of_act(house, group):
    beginnings = GROUPS[group][1]
    rows = {act(f"{beginning}done").pk for beginning in beginnings}
    others = {act(f"{some[0]}done").pk for name, (_n, some) in GROUPS.items() if name != group}
    seen = set(found(actor_for(house.root), group=group))
    assert rows <= seen
    assert not others & seen


def test_by_unit_within_reach(house):
    here, there = act(unit=house.mobile), act(unit=house.home)
    assert here.pk in found(actor_for(house.root), unit=house.mobile.pk)
    assert there.pk not in found(actor_for(house.root), unit=house.mobile.pk)
    assert found(actor_for(house.manager), unit=house.home.pk) == []


def test_by_whole_days_in_seoul(house):
    last_of_first = act(at=datetime(2026, 3, 1, 14, 59, tzinfo=UTC))  # 23:59 in Seoul
    first_of_second = act(at=datetime(2026, 3, 1, 15, 0, tzinfo=UTC))  # midnight in Seoul
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    reader = actor_for(house.root)
    assert found(reader, since=first, until=first) == [last_of_first.pk]
    assert found(reader, since=second, until=second) == [first_of_second.pk]


def test_by_the_words_of_what_it_was_about(house):
    reader = actor_for(house.root)
    about_cho = found(reader, text="CHO")
    rows = Activity.objects.filter(subject_type="inbox.conversation", subject_id=house.cho.pk)
    assert set(about_cho) == set(rows.values_list("pk", flat=True))
    delivery = make_delivery(account=house.cho.account, text="Roaming from December")
    sent = act("channels.delivery.requested", subject=delivery, unit=house.mobile)
    assert found(reader, text="roaming") == [sent.pk]
    assert found(reader, text="100%") == []


def test_words_do_not_find_what_is_out_of_reach(house):
    """A conversation handed to another unit is no longer looked into, nor named."""
    row = act("inbox.note.added", subject=house.dan, unit=house.mobile)
    reader = actor_for(house.manager)
    assert row.pk in found(reader)
    assert row.pk not in found(reader, text="dan")
    (line,) = lines_of(reader, [row])
    assert (line.subject.label, line.subject.url) == ("", "")
    (line,) = lines_of(actor_for(house.root), [row])
    assert line.subject.label == "Dan"
    assert line.subject.url == f"/conversations/{house.dan.pk}/"


def test_the_screen_says_it_in_words(house):
    conversation_claim(actor_for(house.operator), conversation_id=house.cho.pk)
    membership_set(
        actor_for(house.root), user_id=house.guest.pk, unit_id=house.mobile.pk, role="operator"
    )
    page = browser(house.manager).get("/activity/").content.decode()
    assert "Operator took this" in page
    assert f'href="/conversations/{house.cho.pk}/"' in page
    assert "Root gave guest the role Operator" in page
    assert f"/people/{house.guest.pk}/" not in page  # a manager has no screen of people
    house.manager.language = "ko"
    house.manager.save(update_fields=["language"])
    assert "모바일" in browser(house.manager).get("/activity/").content.decode()


def test_hostile_words_stay_text(house):
    word = "<script>alert(1)</script>"
    subject = make_user("x", nickname=word[:40])
    act("people.user.created", subject=subject, username=word)
    page = browser(house.root).get("/activity/").content.decode()
    assert word not in page
    assert "&lt;script&gt;" in page


def test_a_long_page_costs_no_more_queries_than_a_short_one(house):
    client = browser(house.root)

    def cost():
        with CaptureQueriesContext(connection) as ran:
            client.get("/activity/")
        return len(ran)

    client.get("/activity/")
    before = cost()
    for _turn in range(20):
        user = make_user()
        act("people.user.created", actor=actor_for(user), subject=user, username="x")
    assert cost() == before


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "2026-11-25", "until": "2026-11-24"}, "until"),
        ({"since": "yesterday"}, "since"),
        ({"person": "999999"}, "person"),
        ({"person": "1 OR 1=1"}, "person"),
        ({"group": "weather"}, "group"),
        ({"unit": "999999"}, "unit"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "x" * 101}, "text"),
    ],
)
def test_filters_that_make_no_sense_are_shown_where_they_are(house, query, field):
    client = browser(house.root)
    answer = client.get("/activity/", query)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    if field in {"until", "since"}:
        assert f'value="{query[field]}"' in page
    assert client.get("/activity.csv", query).status_code == 422


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "WyIxIiwiMiJd"])
def test_a_page_address_that_was_never_given_is_refused(house, cursor):
    assert browser(house.root).get("/activity/", {"cursor": cursor}).status_code == 422


def test_nothing_found_is_said_and_more_is_offered(house):
    client = browser(house.root)
    assert "Nothing was done" in client.get("/activity/", {"text": "zzzz"}).content.decode()
    for _turn in range(51):
        act(subject=house.root)
    page = client.get("/activity/", {"person": CONSOLE}).content.decode()
    assert "Show more" in page
    assert f"person={CONSOLE}&amp;cursor=" in page


def test_people_to_choose_from_are_colleagues(house):
    stranger = make_user("stranger", role="operator", unit=house.home)
    offered = browser(house.manager).get("/activity/").content.decode()
    assert f'<option value="{house.operator.pk}"' in offered
    assert f'<option value="{stranger.pk}"' not in offered
    offered = browser(house.steward).get("/activity/", {"person": stranger.pk})
    assert offered.status_code == 200
