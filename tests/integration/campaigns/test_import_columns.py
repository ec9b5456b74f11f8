"""What a row may say beside words, places and time: checked by row and column, and made as the form would make it."""

import io
import zipfile

import openpyxl
import pytest
from django.test import Client
from django.utils import translation

from campaigns.actions.import_running import imports_run
from campaigns.actions.imports import import_commit
from campaigns.actions.library import image_archive
from campaigns.contents import Picked, Placing
from campaigns.importing.columns import Column, heading
from campaigns.importing.files import kind_at_the_door, lines_of
from campaigns.importing.words import say
from campaigns.lifecycle import ImportRowState
from campaigns.models import Import, ImportRow, Post
from campaigns.selectors.posts import content_of
from channels.models import Delivery
from opsconsole.kernel.errors import Invalid
from opsconsole.people.models import User
from tests.factories.campaigns import make_image
from tests.factories.channels import make_account
from tests.factories.imports import csv_of, make_import, posts_file, row_of, run_imports, xlsx_of
from tests.factories.people import make_actor, make_unit

pytestmark = pytest.mark.django_db

NEWS = [
    {"number": 3, "name": "News"},
    {"number": 4, "name": "Tips"},
    {"number": 5, "name": "tips"},
]


@pytest.fixture
def account():
    return make_account(name="Page")


@pytest.fixture
def unit(account):
    return account.unit


@pytest.fixture
def sora(unit):
    return make_actor("staff", unit, username="sora", language="en")


@pytest.fixture
def places(account, unit):
    x = make_account(unit=unit, kind="x", name="X")
    blog = make_account(unit=unit, kind="blog", name="Blog", categories=NEWS)
    return x, blog, account


def found(upload, kind="faults"):
    """What is said about each row, by its number: column and sentence."""
    with translation.override("en"):
        return {
            row.number: [f"{one.column}: {one.sentence}" for one in say(getattr(row, kind))]
            for row in upload.rows.order_by("number")
        }


def test_everything_a_writer_can_set_comes_in(places, unit, sora):
    x, blog, page = places
    one, two = (make_image(unit=unit, name=name, alt_text=f"of {name}") for name in ("a.png", "b"))
    row = row_of(
        page, "Words", Accounts="X; Blog; Page", Title="Title", Images="A.PNG\n" + f"#{two.pk}",
        **{
            "X thread": "second\n---\nthird", "First comment": "hello",
            "Summary": "short", "Categories": "news; #4", "Alt text": "\nmine",
            "Images left out": f"X: b\nBlog: #{one.pk} a.png", "Announce when live": "yes",
            "Campaign in links": "spring sale", "If it is late": "60 minutes",
        },
    )  # fmt: skip
    upload = make_import(sora, unit, row)
    assert found(upload) == {2: []}
    import_commit(sora, import_id=upload.pk)
    run_imports()
    made = content_of(Post.objects.get())
    assert made.images == (Picked(one.pk, "of a.png"), Picked(two.pk, "mine"))
    assert made.placing == {
        x.pk: Placing(("second", "third"), "", (), (two.pk,)),
        blog.pk: Placing((), "short", (3, 4), (one.pk,)),
        page.pk: Placing(("hello",)),
    }
    assert (made.is_announced, made.link_tag, made.lateness) == (True, "spring-sale", "send:60")
    assert Delivery.objects.count() == 6
    assert Delivery.objects.filter(follows__isnull=False).count() == 5


FAULTY = [
    ({"Images": "c"}, "Images: There is no image “c” in the library."),
    ({"Images": "a\na"}, "Images: An image stands there twice."),
    ({"Images": "old"}, "Images: There is no image “old” in the library."),
    ({"Images": "#{old}"}, "Images: The image “#{old}” is archived."),
    ({"Images": "#{theirs}"}, "Images: There is no image “#{theirs}” in the library."),
    ({"Images": "twin"}, "Images: Several images are called “twin”: write one of #{twin1}, #{twin2}."),
    ({"Images": "a", "Image descriptions": "x\ny"},
     "Image descriptions: There are 2 lines of descriptions and 1 images."),
    ({"Images": "a", "Images left out": "X: #{twin1}"},
     "Images left out: The image “twin” is not among the images of this row."),
    ({"Images": "a", "Images left out": "Nobody: a"},
     "Images left out: “Nobody: a” cannot be read. Write “account: image; image”, one account to a line."),
    ({"Images": "plain"}, "Images: Say what “plain” shows."),
    ({"X thread": "가" * 150}, "X thread: X: Too long by 20: 300 of at most 280."),
    ({"X thread": "\n---\n".join("abcdefghijklmnopqrstuvwxyz")},
     "X thread: At most 24 texts may follow; these are 26."),
    ({"Thread for Blog": "x"}, "Thread for Blog: Nothing can follow an article: “Blog” is a blog."),
    ({"Thread for Nobody": "x"},
     "Thread for Nobody: These words are for an account that this row does not name."),
    ({"Summary": "s" * 1001}, "Summary: A summary has at most 1000 characters; this one has 1001."),
    ({"Summary for X": "s"}, "Summary for X: Only an article has a summary: “X” is no blog."),
    ({"Categories": "None"}, "Categories: “Blog” has no category “None”."),
    ({"Categories": "#9"}, "Categories: “Blog” has no category “#9”."),
    ({"Categories": "TIPS"}, "Categories: Several categories are called “TIPS”: write one of #4, #5."),
    ({"Announce when live": "perhaps"}, "Announce when live: Write “Yes” or “No”."),
    ({"Campaign in links": "t" * 61},
     "Campaign in links: A text has at most 60 characters; this one has 61."),
    ({"If it is late": "soon"},
     "If it is late: Write a number of minutes up to 1,440, “Ask a person” or “Do not send it late”."),
    ({"Text": "가" * 130, "Announce when live": "yes"}, "Text: X: Too long by 4: 284 of at most 280."),
]  # fmt: skip


def test_every_fault_names_its_row_and_its_column(places, unit, sora):
    make_image(unit=unit, name="a", alt_text="a")
    make_image(unit=unit, name="plain")
    old = make_image(unit=unit, name="old", alt_text="old")
    image_archive(sora, image_id=old.pk)
    numbers = {
        "old": old.pk, "theirs": make_image(unit=make_unit(), name="theirs").pk,
        "twin1": make_image(unit=unit, name="twin", alt_text="t").pk,
        "twin2": make_image(unit=unit, name="Twin", alt_text="t").pk,
    }  # fmt: skip
    rows = [
        row_of(places[0], f"words {number}", Accounts="X; Blog", Title="T", days=3 + number)
        | {name: cell.format(**numbers) for name, cell in given.items()}
        for number, (given, _sentence) in enumerate(FAULTY)
    ]
    upload = make_import(sora, unit, *rows)
    assert found(upload) == {
        number: [sentence.format(**numbers)] for number, (_given, sentence) in enumerate(FAULTY, 2)
    }
    assert not Post.objects.exists()


def test_what_stays_unused_is_pointed_out(places, account, unit, sora):
    row = row_of(account, "words", **{
        "X thread": "x", "Summary": "s", "Categories": "News", "Announce when live": "예",
    })  # fmt: skip
    upload = make_import(sora, unit, row)
    unused = "This row names no account on this channel; the words stay unused."
    assert found(upload)[2] == []
    assert [line for line in found(upload, "warnings")[2] if "oliday" not in line] == [
        f"X thread: {unused}", f"Summary: {unused}", f"Categories: {unused}",
        "Announce when live: Nothing is announced: this row needs a blog and another account for that.",
    ]  # fmt: skip


def test_rows_that_were_checked_before_these_columns_are_still_made(account, unit, sora):
    upload = make_import(sora, unit, row_of(account, "old"))
    row = upload.rows.get()
    plan = {
        name: row.plan[name] for name in row.plan if name not in {"lateness", "settings", "says"}
    }
    ImportRow.objects.update(plan=plan)
    import_commit(sora, import_id=upload.pk)
    while imports_run():
        pass
    assert Import.objects.get().rows.get().state == ImportRowState.MADE
    assert content_of(Post.objects.get()).placing == {account.pk: Placing()}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_screen_says_what_each_column_holds(places, unit, sora, language):
    client = Client(headers={"Accept-Language": language})
    User.objects.filter(pk=sora.user_id).update(language=language)
    client.force_login(User.objects.get(pk=sora.user_id))
    shown = client.get("/posts/import/").content.decode()
    assert all(f"<dt>{heading(column, language)}</dt>" in shown for column in Column)


def test_one_text_shared_by_many_cells_is_a_bomb_too():
    """A workbook of a hundred kilobytes whose cells are gigabytes."""
    book = xlsx_of(["Text", "Accounts"], *([["word"] * 100] * 500))
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part_of = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            content = old.read(part).replace(b"</Types>", part_of)
            inline, shared = b't="inlineStr"><is><t>word</t></is>', b't="s"><v>0</v>'
            new.writestr(part.filename, content.replace(inline, shared))
        text = b"x" * 1_000_000
        table = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        new.writestr("xl/sharedStrings.xml", table + text + b"</t></si></sst>")
    assert len(file.getvalue()) < 200_000
    with pytest.raises(Invalid) as refused:
        lines_of(file.getvalue(), kind_at_the_door(file.getvalue()))
    assert refused.value.code == "bomb"


def test_huge_cells_are_faults_of_their_row(account, unit, sora):
    rows = [row_of(account, "가" * 100_001), row_of(account, "a", Title="t" * 200_000)]
    upload = make_import(sora, unit, *rows, row_of(account, "good"))
    assert [row.state for row in upload.rows.order_by("number")] == ["faulty", "faulty", "good"]
    said = found(upload)
    assert said[2][0] == "Text: A text has at most 100000 characters; this one has 100001."
    assert said[3] == ["Title: A title has at most 200 characters; this one has 200000."]


def test_a_cell_of_a_million_names_is_one_fault(account, unit, sora):
    many = "a;" * 400_000
    rows = [
        row_of(account, "a", Accounts=many),
        row_of(account, "b", Images=many),
        row_of(account, "c", **{"Images left out": many.replace(";", "\n")}),
    ]
    said = found(make_import(sora, unit, *rows))
    names = "A cell holds at most 200 names; this one has 400000."
    assert said[2] == [f"Accounts: {names}"]
    assert said[3] == [f"Images: {names}"]
    assert said[4][0] == f"Images left out: {names}"


def test_a_korean_file_of_excel_with_every_column_is_read(places, unit, sora):
    make_image(unit=unit, name="봄 포스터.png", alt_text="벚꽃")
    row = {
        "제목": "봄", "본문": "본문", "계정": "X; Blog", "X 이어지는 글": "둘째\n---\n셋째",
        "카테고리": "News", "이미지": "봄 포스터.png", "글이 공개되면 알리기": "예", "지연 시 처리": "60분까지",
    }  # fmt: skip
    content = posts_file(row, encoding="cp949", delimiter="\t")
    made = make_import(sora, unit, content=content).rows.get()
    assert (made.faults, made.plan["lateness"]) == ([], "send:60")
    assert made.plan["settings"]["placing"][str(places[0].pk)]["parts"] == ["둘째", "셋째"]


def test_nul_and_control_signs_do_no_harm(account, unit, sora):
    book = openpyxl.Workbook()
    book.active.append(["Text", "Accounts", "Campaign in links"])
    book.active.append(["a", "Page", "b"])
    file = io.BytesIO()
    book.save(file)
    hostile = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(hostile, "w") as new:
        for part in old.infolist():
            new.writestr(part, old.read(part).replace(b">b<", b">_x0000_\xed\xa0\x80<"))
    with pytest.raises(Invalid):
        lines_of(hostile.getvalue(), "xlsx")
    assert (
        make_import(sora, unit, content=csv_of(["Text", "Accounts"], ["a\x07b", "Page"]))
        .rows.get()
        .faults
        == []
    )
