"""The export: whole, streamed, readable in Excel, harmless to it, and recorded."""

import csv
import io
import json

import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from django.test import AsyncClient, Client

from opsconsole.audit.actions import record
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.sheets import FORMULA
from opsconsole.reports import export
from tests.factories.people import make_actor, make_unit, make_user


@pytest.fixture
def root(db):
    return make_user("root", nickname="관리자", role="administrator", language="ko")


def act(verb="people.user.created", *, unit=None, subject=None, actor=SYSTEM, **data):
    subject = subject or make_user()
    return record(
        actor, verb, subject, unit_id=unit.pk if unit else None, **{"username": "x"} | data
    )


def download(user, **query):
    """Fetch the file as the server streams it: the answer and its bytes."""
    return async_to_sync(_download)(user, query)


async def _download(user, query):
    client = AsyncClient()
    await client.aforce_login(user)
    answer = await client.get("/activity.csv", query)
    assert answer.status_code == 200
    return answer, [part async for part in answer.streaming_content]


def rows_of(parts):
    text = b"".join(parts).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_excel_sees_hangul(root):
    act(subject=make_user("yuna", nickname="유나"))
    answer, parts = download(root)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="activity-2')
    assert "no-store" in answer["Cache-Control"]
    body = b"".join(parts)
    assert body.startswith(b"\xef\xbb\xbf")
    assert "유나".encode() in body
    assert b"\r\n" in body


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "－", "＠"])
def test_nothing_in_it_is_a_formula(root, start):
    name = f"{start}cmd|' /C calc'!A0"
    make_user("mallory", nickname=name[:40])
    act(actor=make_actor(username="m", nickname=name[:40]), subject=make_user("v", nickname="v"))
    _answer, parts = download(root)
    cells = [cell for row in rows_of(parts) for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULA)] == []
    assert any(cell.startswith(f"'{start}") for cell in cells)


def test_it_is_whole_and_comes_in_pieces(root, monkeypatch):
    monkeypatch.setattr("opsconsole.reports.actions.PAGE", 3)
    monkeypatch.setattr(export, "PAGE", 3)
    made = [act() for _turn in range(10)]
    before = Activity.objects.count() + 1  # and the sign-in of this browser
    _answer, parts = download(root)
    assert len(parts) == 1 + -(-before // 3)
    rows = rows_of(parts)
    assert len(rows) == 1 + before
    assert len({len(row) for row in rows}) == 1
    assert {str(row.subject_id) for row in made} <= {row[6] for row in rows}


def test_it_keeps_to_filters_and_reach(db):
    mobile, home = make_unit(slug="mobile", name_en="Mobile"), make_unit(slug="home")
    manager = make_user("manager", role="manager", unit=mobile, language="en")
    act(unit=mobile, subject=make_user("here", nickname="here"))
    act(unit=home, subject=make_user("there", nickname="there"))
    act("people.unit.created", unit=mobile, subject=mobile, slug="mobile")
    _answer, parts = download(manager)
    said = rows_of(parts)
    assert {row[7] for row in said[1:]} == {"Mobile"}
    _answer, parts = download(manager, text="here")
    assert [row[5] for row in rows_of(parts)[1:]] == ["here"]


def test_taking_it_out_is_written_down(root):
    act(subject=make_user("last", nickname="last"))
    download(root)
    row = Activity.objects.order_by("id").last()
    assert (row.verb, row.actor_id) == ("audit.activity.exported", root.pk)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(root)
    count = Activity.objects.count()
    client.get("/activity.csv", {"text": "nothing like it"})
    assert Activity.objects.count() == count


def exported(*given):
    out = io.StringIO()
    call_command("audit_export", *given, stdout=out)
    return out.getvalue()


def test_the_command_writes_one_object_to_a_line(db):
    row = act(subject=make_user("yuna", nickname="유나"))
    lines = [json.loads(line) for line in exported("--format=jsonl").splitlines()]
    assert lines[0]["id"] == row.pk
    assert lines[0]["subject"] == "유나"
    assert lines[0]["data"] == {"username": "x"}
    assert Activity.objects.order_by("id").last().actor_kind == "system"


def test_the_command_writes_a_file_and_never_over_one(db, tmp_path):
    act()
    file = tmp_path / "out.csv"
    assert exported(f"--output={file}", "--language=en") == ""
    text = file.read_bytes()
    assert text.startswith(b"\xef\xbb\xbfTime,Who,")
    with pytest.raises(CommandError, match="exists"):
        exported(f"--output={file}")
    assert file.read_bytes() == text


def test_the_command_keeps_to_days_and_to_a_persons_reach(db):
    mobile = make_unit(slug="mobile")
    make_user("manager", role="manager", unit=mobile)
    make_user("guest", role="guest", unit=mobile)
    here, _there = act(unit=mobile), act()
    assert exported("--format=jsonl", "--until=2020-01-01") == ""
    assert exported("--format=jsonl", "--since=2099-01-01") == ""
    lines = exported("--format=jsonl", "--by=manager").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [here.pk]
    with pytest.raises(CommandError):
        exported("--by=guest")
    with pytest.raises(CommandError):
        exported("--by=ghost")
    with pytest.raises(CommandError):
        exported("--since=yesterday")
