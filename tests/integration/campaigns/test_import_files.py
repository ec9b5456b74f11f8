"""What files may hold: encodings, separators, dates of Excel, and what means harm."""

import io
import struct
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from django.utils import translation

from campaigns.importing.files import kind_at_the_door, lines_of
from campaigns.importing.words import say
from campaigns.models import Import, Post
from opsconsole.kernel.errors import Invalid
from tests.factories.channels import make_account
from tests.factories.imports import csv_of, make_import, posts_file, row_of, xlsx_of
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account(name="모바일")


@pytest.fixture
def sora(account):
    return make_actor("staff", account.unit, username="sora", language="en")


def refused(content):
    with pytest.raises(Invalid) as problem:
        lines_of(content, kind_at_the_door(content))
    return problem.value.code


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("cp949", ","), ("utf-16", "\t"), ("cp949", "\t")],
)
def test_encodings_and_separators_are_found_out(account, sora, encoding, mark):
    row = row_of(account, "요금제, 안내; 시작\n둘째 줄")
    content = posts_file(row, encoding=encoding, delimiter=mark)
    upload = make_import(sora, account.unit, content=content)
    assert upload.state == "checked"
    made = upload.rows.get()
    assert (made.number, made.plan["body"], made.faults) == (2, row["Text"], [])


def test_excel_may_say_what_separates(account, sora):
    content = b"sep=;\r\n" + posts_file(row_of(account, "a"), encoding="utf-8", delimiter=";")
    assert make_import(sora, account.unit, content=content).rows.get().number == 3


def test_dates_and_times_of_excel_are_read(account, sora):
    content = xlsx_of(
        ["본문", "계정", "날짜", "시각", "상태"],
        ["a", "모바일", date(2031, 10, 9), time(14, 30), "예약"],
        [],
        ["b", "모바일", datetime.fromisoformat("2031-10-10 09:00"), None, "예약"],
        [5, "모바일", "2031-10-11", 0.5, "초안"],
    )
    upload = make_import(sora, account.unit, content=content, name="a.xlsx")
    rows = list(upload.rows.order_by("number"))
    assert [row.number for row in rows] == [2, 4, 5]
    assert [row.plan["local_time"] for row in rows] == [
        "2031-10-09T14:30:00",
        "2031-10-10T09:00:00",
        "",
    ]
    assert rows[2].plan["body"] == "5"
    assert [one["code"] for one in rows[2].faults] == ["time"]


def test_formulas_are_not_worked_out(account, sora):
    content = xlsx_of(
        ["Text", "Accounts", "Title"],
        ['=HYPERLINK("http://evil.example","a")', "모바일", "t"],
        ["#REF!", "모바일", "=1+1"],
    )
    upload = make_import(sora, account.unit, content=content)
    with translation.override("en"):
        said = [[one.column for one in say(row.faults)] for row in upload.rows.order_by("number")]
    assert said == [["Text"], ["Text", "Title"]]
    assert not Post.objects.exists()


def test_a_zip_bomb_is_refused_unopened():
    bomb = zipped(xl__workbook_xml=b"<a/>", xl__sharedStrings_xml=b" " * 30_000_000)
    assert len(bomb) < 50_000
    assert refused(bomb) == "bomb"
    many = zipped(xl__workbook_xml=b"<a/>", **{f"part{n}": b"" for n in range(600)})
    assert refused(many) == "bomb"


def test_a_zip_that_lies_about_its_size_is_refused():
    bomb = bytearray(zipped(xl__workbook_xml=b" " * 30_000_000))
    at = bomb.rindex(b"PK\x01\x02")
    struct.pack_into("<I", bomb, at + 24, 10)
    assert refused(bytes(bomb)) == "unreadable"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"), (b"  \n", "empty"), (b"x" * 5_000_001, "too_large"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old_excel"), (b"PK\x03\x04nonsense", "unreadable"),
        (b"a,b\x00c\n1,2", "encoding"), (b"a,b\n\xff\xfe\xff", "encoding"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "encoding"),
        (b"Text,Accounts\n", "no_rows"), (("a," * 10_000 + "\n1,2").encode(), "too_many_columns"),
        (b"Text,Accounts\n" + b"\n" * 60_000 + b"a,b", "too_many_lines"),
        (b"Text,Accounts\n" + b"a,b\n" * 2_001, "too_many_rows"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(content, code):
    assert refused(content) == code


def test_other_archives_are_no_workbooks():
    assert refused(zipped(content_xml=b"<a/>")) == "kind"


def test_a_workbook_of_ten_thousand_columns_is_refused():
    assert refused(xlsx_of([f"c{n}" for n in range(10_000)], ["a"])) == "too_many_columns"


def test_entities_are_not_expanded():
    file = io.BytesIO()
    book = xlsx_of(["Text", "Accounts"], ["word", "b"])
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content.replace(b"word", b"&a;")
            new.writestr(part.filename, content)
    assert refused(file.getvalue()) == "unreadable"


def test_a_sheet_that_lies_about_its_size_is_read_whole():
    file = io.BytesIO()
    book = xlsx_of(["Text", "Accounts"], ["a", "b"], ["c", "d"])
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, content.replace(b'ref="A1:B3"', b'ref="A1:A1"'))
    assert [line.cells[:2] for line in lines_of(file.getvalue(), "xlsx")][1:] == [
        ("a", "b"),
        ("c", "d"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["Title", "Campaign"], ["a", "b"]],
        [["Text", "본문", "Accounts"], ["a", "b", "c"]],
        [["nothing", "known"], ["a", "b"]],
    ],
)
def test_a_file_without_its_headings_says_so(account, sora, rows):
    upload = make_import(sora, account.unit, content=csv_of(*rows))
    assert (upload.state, upload.content) == ("refused", None)
    assert upload.trouble
    assert not upload.rows.exists()


def test_a_broken_workbook_is_refused_by_the_worker(account, sora):
    content = zipped(xl__workbook_xml=b"<a/>")
    upload = make_import(sora, account.unit, content=content)
    assert (upload.state, upload.content) == ("refused", None)


def test_nul_and_lone_surrogates_in_a_workbook_are_left_out(account, sora):
    book = openpyxl.Workbook()
    book.active.append(["Text", "Accounts", "Anything else"])
    book.active.append(["a\tb", "모바일", "x" * 300])
    file = io.BytesIO()
    book.save(file)
    upload = make_import(sora, account.unit, content=file.getvalue(), name="a\x00\u202eb.xlsx")
    assert upload.name == "a b.xlsx"
    assert upload.rows.get().plan["body"] == "a\tb"
    assert Import.objects.get().headings[2] == ["other:Anything else", "Anything else"]
