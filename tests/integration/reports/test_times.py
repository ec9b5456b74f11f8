"""The report of response times: what it counts, for whom, and the rows behind each number."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.test import Client
from rest_framework.test import APIClient

from inbox.actions.triage import conversation_tag
from inbox.models import Conversation
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.people.selectors import actor_for
from opsconsole.reports.behind import rows_behind
from opsconsole.reports.naming import named
from opsconsole.reports.times import Wanted, report_for
from tests.factories.channels import make_account
from tests.factories.people import make_unit, make_user
from tests.factories.reports import books_written, make_waits
from tests.support.exports import fetched

pytestmark = pytest.mark.django_db

#: Noon in Seoul on a Wednesday.
NOON = datetime(2026, 11, 25, 3, tzinfo=UTC)
WEEK = {"since": date(2026, 11, 19), "until": date(2026, 11, 25)}


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def manager(unit):
    return make_user(role="manager", unit=unit, language="en")


def reported(manager, **given):
    books_written()
    return report_for(actor_for(manager), Wanted(**(WEEK | given)))


def test_figures_are_exact_and_whoever_still_waits_is_told(unit, manager):
    make_waits(unit, NOON - timedelta(hours=3), 1, 2, 3, 4, 30, None)
    total = reported(manager).total
    assert (total.spread.count, total.spread.median, total.spread.longest) == (5, 180, 1800)
    assert total.spread.p90 == pytest.approx(
        1176
    )  # between the fourth and fifth: 240 + 0.6 × 1560
    assert total.spread.mean == 480
    assert (total.open, total.oldest) == (1, int((NOON - timedelta(hours=3)).timestamp()))
    assert (total.due, total.met) == (6, 4)


def test_a_wait_belongs_to_the_day_in_seoul_on_which_it_opened_or_ended(unit, manager):
    late = datetime(2026, 11, 23, 14, 50, tzinfo=UTC)  # ten to midnight in Seoul
    make_waits(unit, late, 20)
    for cohort, day in (("opened", 23), ("ended", 24)):
        (group,) = named(reported(manager, cohort=cohort, group="day"), "day")
        assert group.subject == date(2026, 11, day)


def test_both_clocks_of_the_desk_leave_the_collection_out(unit, manager):
    opened = NOON - timedelta(hours=2)
    times = {"desk_opened_at": opened + timedelta(minutes=10), "desk_biz_s": 300, "biz_s": 900}
    make_waits(unit, opened, 30, **times)
    clocks = {"customer": 1800, "customer_open": 900, "desk": 1200, "desk_open": 300}
    found = {clock: reported(manager, clock=clock).total.spread.median for clock in clocks}
    assert found == clocks
    assert reported(manager, measure="collection").total.spread.longest == 600


def test_measures_tell_first_reopened_and_later_answers_apart(unit, manager):
    at = NOON - timedelta(hours=2)
    make_waits(unit, at, 1)
    make_waits(unit, at, 2, 2, is_reopened=True)
    make_waits(unit, at, 3, 3, 3, kind="next")
    counts = {
        measure: reported(manager, measure=measure).total.spread.count
        for measure in ("first", "first_reopened", "next", "any")
    }
    assert counts == {"first": 1, "first_reopened": 2, "next": 3, "any": 6}


def test_what_is_left_out_is_counted(unit, manager):
    at = NOON - timedelta(hours=2)
    make_waits(unit, at, 1, excluded_reason="spam")
    make_waits(unit, at, 1, 1, end_kind="withdrawn", excluded_reason="withdrawn")
    make_waits(unit, at, 1, end_kind="closed_no_reply", end_reason="missed")
    report = reported(manager)
    told = {name: count for name, count in report.left_out.items() if count}
    assert told == {"spam": 1, "withdrawn": 2, "given_up": 1}
    assert report.total.spread.count == 0


@pytest.mark.parametrize(
    "group", ["unit", "operator", "channel", "account", "tag", "language", "hour"]
)
def test_groups_add_up_and_their_rows_are_the_number(unit, manager, group):
    people = [make_user(role="operator", unit=unit) for _ in range(2)]
    at = NOON - timedelta(hours=30)
    accounts = [make_account(unit=unit, kind=kind) for kind in ("x", "blog")]
    for n, (person, account) in enumerate(zip(people, accounts, strict=True)):
        for wait in make_waits(
            unit,
            at + timedelta(hours=n),
            1,
            5,
            account=account,
            replier=person,
            language="ko-en"[3 * n :][:2],
        ):
            conversation_tag(SYSTEM, conversation_id=wait.conversation_id, name=f"tag {n}")
    report = reported(manager, group=group)
    rows = named(report, group)
    expected = [4] if group == "unit" else [2, 2]
    assert [row.figures.spread.count for row in rows] == expected
    actor = actor_for(manager)
    client = Client()
    client.force_login(manager)
    for row in rows:
        page = client.get(f"/reports/rows/?{row.behind}").text
        assert page.count("#wait-") == row.figures.spread.count
    assert len(rows_behind(actor, Wanted(**WEEK)).rows) == 4


def test_rows_are_paged_without_loss(unit, manager):
    make_waits(unit, NOON - timedelta(hours=2), *[3, 1, 2, 2, 2, 9, 1])
    books_written()
    actor, seen, cursor = actor_for(manager), [], ""
    while True:
        page = rows_behind(actor, Wanted(**WEEK), cursor=cursor, size=2)
        seen += [(row.seconds, row.conversation.pk) for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert [seconds for seconds, _pk in seen] == [540, 180, 120, 120, 120, 60, 60]
    assert len(set(seen)) == 7


def test_a_change_is_counted_once_the_worker_has_run(unit, manager):
    (wait,) = make_waits(unit, NOON - timedelta(hours=2), 5)
    assert reported(manager).total.spread.median == 300
    wait.wall_s = 60
    wait.save()
    assert reported(manager).total.spread.median == 60
    wait.delete()
    assert reported(manager).total.spread.count == 0


def test_a_manager_sees_the_own_units_alone(manager):
    make_waits(make_unit(), NOON - timedelta(hours=2), 5)
    report = reported(manager)
    assert (report.total.spread.count, len(report.units)) == (0, 1)
    elsewhere = make_unit()
    assert reported(manager, unit=elsewhere.pk).units == []


@pytest.mark.parametrize(
    "query",
    ["period=days", "period=days&since=2026-11-02&until=2026-11-01", "measure=moon", "unit=999999",
     "period=days&since=2020-01-01&until=2026-11-01"],
)  # fmt: skip
def test_an_address_that_means_nothing_is_refused(manager, query):
    client = Client()
    client.force_login(manager)
    assert client.get(f"/reports/?{query}").status_code == 422
    assert client.get(f"/reports/rows/?{query}").status_code == 422


def test_operators_have_no_reports(unit):
    client = Client()
    client.force_login(make_user(role="operator", unit=unit))
    assert client.get("/reports/").status_code == 403
    assert client.get("/reports/rows/").status_code == 403


@pytest.mark.parametrize(
    "query", ["", "period=90&group=hour&cohort=ended", "group=tag&clock=desk"]
)
def test_the_report_is_shown(unit, manager, query):
    make_waits(unit, NOON - timedelta(hours=2), 5, None)
    books_written()
    client = Client()
    client.force_login(manager)
    page = client.get(f"/reports/?{query}")
    assert page.status_code == 200
    assert "5 min 0 s" in page.text


def test_reports_and_rows_leave_as_files_and_who_took_them_is_recorded(unit, manager):
    make_waits(unit, NOON - timedelta(hours=2), 1, 5, None)
    books_written()
    client = Client()
    client.force_login(manager)
    lines = sheet(client.get("/reports/times.csv").getvalue())
    assert lines[1][:4] == [str(unit), "2", "180.0", "276.0"]
    assert lines[2][-1] == "1"
    assert not Activity.objects.filter(verb="audit.waits.exported").exists()
    assert [row[2] for row in sheet(fetched(manager, "/reports/rows.csv"))[1:]] == ["300", "60"]
    book = openpyxl.load_workbook(BytesIO(fetched(manager, "/reports/rows.xlsx?part=open")))
    assert len(list(book.active.rows)) == 2
    book = openpyxl.load_workbook(BytesIO(fetched(manager, "/reports/times.xlsx")))
    assert book.worksheets[0]["C2"].value == 180
    acts = Activity.objects.filter(verb="audit.waits.exported")
    assert list(acts.order_by("pk").values_list("data__part", flat=True)) == ["timed", "open"]


def test_a_conversation_that_went_behind_a_wall_is_counted_and_not_named(unit, manager):
    (wait,) = make_waits(unit, NOON - timedelta(hours=2), 5)
    hidden = make_unit(is_walled=True)
    Conversation.objects.filter(pk=wait.conversation_id).update(unit=hidden)
    name = str(wait.conversation.contact)
    client = Client()
    client.force_login(manager)
    books_written()
    page = client.get("/reports/rows/").text
    assert "5 min 0 s" in page
    assert name not in page
    assert name not in fetched(manager, "/reports/rows.csv").decode()


def sheet(content):
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))


def test_programs_read_the_same_figures_and_rows(unit, manager):
    make_waits(unit, NOON - timedelta(hours=2), 1, 5, None)
    books_written()
    api = APIClient()
    api.force_authenticate(manager)
    asked = "since=2026-11-19&until=2026-11-25"
    told = api.get(f"/api/v1/reports/response-times/?{asked}").json()
    assert (told["total"]["median"], told["total"]["open"]) == (180, 1)
    (group,) = told["groups"]
    first = api.get("/api/v1/reports/response-times/rows/", group["query"] | {"limit": 1}).json()
    second = api.get(first["next"]).json()
    assert [row["seconds"] for row in first["results"] + second["results"]] == [300, 60]
    assert second["next"] is None
    for wrong in (f"{asked}&unit=999999", "since=2026-11-19&until=2026-11-01", f"{asked}&moon=1"):
        assert api.get(f"/api/v1/reports/response-times/?{wrong}").status_code == 422
    api.force_authenticate(make_user(role="operator", unit=unit))
    assert api.get(f"/api/v1/reports/response-times/?{asked}").status_code == 403
