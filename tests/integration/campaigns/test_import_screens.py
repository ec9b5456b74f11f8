"""The screens of imports: the template, the upload, the dry run, the import and the way back."""

import csv
import io
from uuid import uuid4

import openpyxl
import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client

from campaigns.models import Import, Post
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import make_campaign
from tests.factories.channels import make_account
from tests.factories.imports import make_import, posts_file, row_of, run_imports
from tests.factories.people import make_unit, make_user
from tests.support.hostile import HOSTILE
from tests.support.html import harmless, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account(name="모바일", handle="@mobile")


@pytest.fixture
def user(account):
    return make_user("seo", role="staff", unit=account.unit, language="en")


@pytest.fixture
def seo(user):
    return signed_in(user)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def upload(client, unit, content, name="posts.csv", **given):
    body = {
        "unit": unit.pk, "file": SimpleUploadedFile(name, content), "request_key": str(uuid4()),
    } | given  # fmt: skip
    return client.post("/posts/import/", body)


def saved(user, address):
    """The bytes of a file that streams."""
    client = AsyncClient()

    async def fetch():
        await client.aforce_login(user)
        answer = await client.get(address)
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(fetch)()


def cells(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_from_the_template_to_the_posts_and_back(account, user, seo):
    head, example = cells(seo.get("/posts/import/template/"))
    assert head[:3] == ["Title", "Text", "Accounts"]
    row = dict(zip(head, example, strict=True)) | {"Text": "First words", "State": "Scheduled"}
    del row["X text"]
    answer = upload(seo, account.unit, posts_file(row, {**row, "Accounts": "Nobody"}))
    address = answer["Location"]
    assert "The file is being read." in text_of(seo.get(address))
    run_imports()
    page = text_of(seo.get(address))
    assert "1 row can be imported. 1 row is faulty." in page
    assert "There is no account “Nobody”." in page
    assert "Nothing has been written yet." in page
    assert not Post.objects.exists()
    seo.post(f"{address}commit/", {"how": "file"})
    seo.post(f"{address}commit/", {"how": "file"})
    run_imports()
    post = Post.objects.get()
    page = seo.get(f"{address}?state=made")
    assert f'/posts/{post.pk}/"' in page.content.decode()
    assert "1 post was written." in text_of(page)
    seo.post(f"{address}undo/")
    run_imports()
    post.refresh_from_db()
    assert post.state == "cancelled"
    assert "1 post was cancelled again." in text_of(seo.get(address))
    assert "posts.csv" in text_of(seo.get("/posts/import/"))


def test_the_example_is_never_imported(account, user, seo):
    upload(seo, account.unit, seo.get("/posts/import/template/").content)
    run_imports()
    assert "This row is the example. Delete it." in text_of(
        seo.get(f"/posts/import/{Import.objects.get().pk}/")
    )


def test_the_template_for_excel_lists_what_may_be_named(account, user, seo):
    campaign = make_campaign(unit=account.unit, name="가을")
    make_account(unit=make_unit(), name="Theirs")
    twins = [make_account(unit=account.unit, name="Twin") for _ in range(2)]
    book = openpyxl.load_workbook(io.BytesIO(saved(user, "/posts/import/template/?file=xlsx")))
    posts, helped, choices = book.worksheets
    assert posts["B1"].value == "Text"
    told = {row[0].value: row[1].value for row in helped.iter_rows(min_row=2)}
    assert list(told) == [cell.value for cell in posts[1]]
    assert all(told.values())
    assert [row[1].value for row in choices.iter_rows(min_row=2)] == [
        "모바일", *(f"#{twin.pk}" for twin in twins), campaign.name, "Draft", "Scheduled",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty."),
        (b"x" * 5_000_001, "This file is larger than 5 MB."),
        (b"a\x00b", "The characters of this file cannot be read."),
    ],
)
def test_refused_at_the_door_the_form_says_why(account, seo, content, said):
    answer = upload(seo, account.unit, content)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Import.objects.exists()


def test_no_file_and_no_unit_are_missed(account, seo):
    answer = seo.post("/posts/import/", {"unit": make_unit().pk, "request_key": str(uuid4())})
    assert answer.status_code == 422
    assert "Choose a file first." in text_of(answer)


def test_what_a_worker_refuses_is_told(account, seo):
    address = upload(seo, account.unit, b"this,that\n1,2\n")["Location"]
    run_imports()
    assert "The first row must hold the headings" in text_of(seo.get(address))


def test_unknown_columns_and_the_same_file_are_pointed_out(account, seo):
    content = posts_file(row_of(account, "a") | {"담당": "지호"})
    for _ in range(2):
        address = upload(seo, account.unit, content)["Location"]
        run_imports()
    page = text_of(seo.get(address))
    assert "Just this file has been uploaded before, by Seo." in page
    assert "These columns are not known and were left out: 담당" in " ".join(page.split())


@pytest.mark.parametrize("file", ["csv", "xlsx"])
def test_faulty_rows_come_back_as_typed_and_mended_they_pass(account, user, seo, file):
    bad = row_of(account, "=말\n둘", Date="언젠가") | {"담당": "지호"}
    made = make_import(actor_for(user), account.unit, row_of(account, "good") | {"담당": ""}, bad)
    address = f"/posts/import/{made.pk}/to-mend/?file={file}"
    if file == "csv":
        rows = cells(seo.get(address))
    else:
        book = openpyxl.load_workbook(io.BytesIO(saved(user, address)))
        rows = [[cell.value or "" for cell in row] for row in book.active.iter_rows()]
    assert rows[0] == ["Text", "Accounts", "Date", "Time", "State", "담당", "Faults"]
    assert len(rows) == 2
    assert rows[1][:3] == ["'=말\n둘" if file == "csv" else "=말\n둘", "모바일", "언젠가"]
    assert rows[1][6] == "Date: “언젠가” cannot be read as a date. Write it as 2026-10-09."
    rows[1][2] = row_of(account, "")["Date"]
    again = make_import(
        actor_for(user), account.unit, content=posts_file(*[dict(zip(*rows, strict=True))])
    )
    assert again.rows.get().faults == []
    assert again.rows.get().plan["body"] == "=말\n둘"


def test_who_may_not_write_sees_none_of_it(account, user):
    made = make_import(actor_for(user), account.unit, row_of(account, "a"))
    operator = signed_in(make_user(role="operator", unit=account.unit))
    stranger = signed_in(make_user(role="staff", unit=make_unit()))
    for address in ("/posts/import/", "/posts/import/template/"):
        assert operator.get(address).status_code == 403
        assert stranger.get(address).status_code == 200
    for client in (operator, stranger):
        assert client.get(f"/posts/import/{made.pk}/").status_code == 404
        assert client.get(f"/posts/import/{made.pk}/to-mend/").status_code == 404
        for verb in ("commit", "undo", "check", "nonsense"):
            assert client.post(f"/posts/import/{made.pk}/{verb}/").status_code == 404
    assert "posts.csv" not in text_of(stranger.get("/posts/import/"))


def test_the_list_of_posts_leads_there(account, user, seo):
    page = seo.get("/posts/").content.decode()
    assert "/posts/import/" in page
    assert "/posts/export/" not in page
    made = make_import(actor_for(user), account.unit, row_of(account, "a"))
    seo.post(f"/posts/import/{made.pk}/commit/")
    run_imports()
    page = seo.get(f"/posts/?account={account.pk}").content.decode()
    assert f"/posts/export/?account={account.pk}&amp;file=xlsx" in page
    operator = signed_in(make_user(role="operator", unit=account.unit))
    assert "/posts/import/" not in operator.get("/posts/").content.decode()


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_shown_harmless(account, user, seo, words):
    rows = [
        row_of(account, words, Accounts=words, Title=words, Campaign=words, State=words),
        row_of(account, words) | {f"Text for {words}": words},
    ]
    made = make_import(actor_for(user), account.unit, *rows, name=f"{words}.csv")
    harmless(seo.get(f"/posts/import/{made.pk}/"))
    harmless(seo.get("/posts/import/"))
    seo.post(f"/posts/import/{made.pk}/commit/")
    run_imports()
    harmless(seo.get(f"/posts/import/{made.pk}/"))
