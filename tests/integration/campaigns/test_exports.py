"""A list of posts as a file: whole, harmless, and equal when it comes back."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client

from campaigns import downloads
from campaigns.actions import imports as actions
from campaigns.actions.import_running import imports_run
from campaigns.actions.imports import import_commit
from campaigns.actions.posts import post_cancel
from campaigns.models import Post
from opsconsole.audit.models import Activity
from opsconsole.people.models import User
from tests.factories.campaigns import in_seoul, make_campaign, make_post
from tests.factories.channels import make_account
from tests.factories.imports import make_import
from tests.factories.people import make_actor, make_unit
from tests.support.exports import exported

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account(name="모바일")


@pytest.fixture
def sora(account):
    return make_actor("staff", account.unit, username="sora", language="en")


def cells(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def facts(post):
    words = {target.account_id: target.text for target in post.targets.all()}
    return (
        post.title, post.body, post.local_time, post.time_zone, post.campaign_id, post.unit_id,
        post.state, words,
    )  # fmt: skip


def many_kinds(account, sora):
    unit = account.unit
    one, two = (make_account(unit=unit, kind="x", name=name) for name in ("X, one", "X two"))
    twins = [make_account(unit=unit, name="Twin", handle=handle) for handle in ("", "twin_b")]
    campaign = make_campaign(unit=unit, name="가을")
    make_post(account, actor=sora, body="=1+1\n둘째 줄 ", title="'=제목", scheduled=True)
    make_post(
        one, two, account, actor=sora, body="-가,나;다\t\"라\"\n", title="+",
        wording={one.pk: "@하나", two.pk: "둘", account.pk: "셋"}, scheduled=True,
        local_time=in_seoul(days=3), campaign=campaign.pk,
    )  # fmt: skip
    make_post(
        one, two, actor=sora, body="같은 말", wording={one.pk: "함께", two.pk: "함께"},
        local_time=in_seoul(days=4), time_zone="America/New_York", scheduled=True,
    )  # fmt: skip
    make_post(
        one, two, *twins, actor=sora, body="하나만", wording={two.pk: "달리"}, scheduled=True,
        local_time=in_seoul(days=5),
    )  # fmt: skip


@pytest.mark.parametrize("file", ["csv", "xlsx"])
@pytest.mark.parametrize("view", ["upcoming", "drafts"])
def test_what_is_exported_comes_back_equal(account, sora, file, view):
    many_kinds(account, sora)
    if view == "drafts":
        make_post(account, actor=sora, local_time=None, body="언젠가")
        Post.objects.update(state="draft", publish_at=None)
    before = sorted(facts(post) for post in Post.objects.all())
    old = list(Post.objects.values_list("pk", flat=True))
    content = exported(sora, f"view={view}", file)
    for pk in old:
        post_cancel(sora, post_id=pk)
    upload = make_import(sora, account.unit, content=content, name=f"a.{file}")
    assert [row.faults for row in upload.rows.exclude(faults=[])] == []
    import_commit(sora, import_id=upload.pk)
    while imports_run():
        pass
    after = sorted(facts(post) for post in Post.objects.exclude(pk__in=old))
    assert after == before


def test_no_cell_is_a_formula(account, sora):
    for start in ("=", "+", "-", "@", "\t", "＝"):
        make_post(account, actor=sora, body=f"{start}cmd|' /C calc'!A0", title=f"{start}t")
    rows = cells(exported(sora, "view=drafts"))
    assert [
        cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "＝"))
    ] == []
    book = openpyxl.load_workbook(io.BytesIO(exported(sora, "view=drafts", "xlsx")))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value}
    assert kinds == {"s"}


def test_the_present_filter_holds(account, sora):
    other = make_account(unit=account.unit, name="Other")
    make_post(account, actor=sora, body="here", scheduled=True)
    make_post(other, actor=sora, body="there", scheduled=True)
    rows = cells(exported(sora, f"account={account.pk}"))
    assert rows[0][:3] == ["Title", "Text", "Accounts"]
    assert [row[1] for row in rows[1:]] == ["here"]


def test_every_page_is_there(account, sora, monkeypatch):
    monkeypatch.setattr(actions, "EXPORT_PAGE", 3)
    monkeypatch.setattr(downloads, "EXPORT_PAGE", 3)
    for number in range(8):
        at = in_seoul(hours=2) + timedelta(minutes=number // 2)
        make_post(account, actor=sora, body=f"post {number}", scheduled=True, local_time=at)
    assert len({row[1] for row in cells(exported(sora))[1:]}) == 8
    assert Activity.objects.filter(verb="campaigns.post.exported").count() == 1


def test_posts_out_of_reach_are_not_in_it(account, sora):
    make_post(make_account(unit=make_unit()), body="theirs", scheduled=True)
    assert len(cells(exported(sora))) == 1
    assert not Activity.objects.filter(verb="campaigns.post.exported").exists()


def test_who_reads_no_posts_exports_none(account):
    client = Client()
    guest = make_actor("guest", account.unit)
    client.force_login(User.objects.get(pk=guest.user_id))
    assert client.get("/posts/export/").status_code == 403


def test_a_text_too_long_for_excel_says_so(account, sora):
    make_post(account, actor=sora, body="가" * 40_000, title="long")
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(pk=sora.user_id))
    answer = client.get("/posts/export/?view=drafts&file=xlsx")
    assert answer.status_code == 422
    assert "too long for a cell" in answer.content.decode()
    assert len(cells(exported(sora, "view=drafts"))[1][1]) == 40_000
