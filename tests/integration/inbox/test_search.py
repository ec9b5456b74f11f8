"""What the search finds, where it says it stands, and how far one page looks."""

import unicodedata
from datetime import timedelta

import pytest
from django.utils import translation

from inbox.actions.notes import note_add
from inbox.actions.searching import search_index, search_refill
from inbox.actions.triage import conversation_tag
from inbox.models import Contact, SearchEntry, SearchPending
from inbox.selectors import search
from inbox.selectors.filters import QueueFilter
from inbox.selectors.queue import queue_ids, queue_page
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation, make_message
from tests.factories.people import make_actor, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account(unit=make_unit(slug="mobile", name_ko="모바일", name_en="Mobile"))


@pytest.fixture(params=["noted", "indexed"])
def settle(request):
    """The same is found whether the worker has made the entries yet or not."""

    def run():
        while request.param == "indexed" and search_index():
            pass

    return run


def find(text, actor=SYSTEM, view="all", **given):
    page = queue_page(actor, QueueFilter(view=view, text=text), **given)
    return [row.pk for row in page.rows]


def ago(**given):
    return now() - timedelta(**given)


@pytest.fixture
def worker(account):
    return make_actor("operator", account.unit)


def test_words_are_found_wherever_they_stand(account, worker, settle):
    roaming = make_conversation(account=account, text="해외로밍이 안 돼요", author="hong")
    bill = make_conversation(account=account, text="이번달 요금이 이상해요", author="kim")
    english = make_conversation(account=account, text="My ROAMING is 100% dead", author="lee")
    make_message(bill, is_own=True, author="us", text="환불해 드렸습니다")
    note_add(worker, conversation_id=bill.pk, text="기사님 방문 예정")
    settle()
    wanted = {
        "로밍": {roaming}, "요금": {bill}, "roaming": {english}, "ROAM": {english},
        "안 돼요": {roaming}, '"로밍이 안"': {roaming}, '"안 로밍이"': set(), "환불": {bill},
        "기사": {bill}, "hong": {roaming}, "Hong": {roaming}, "이상 요금": {bill},
        "요금 로밍": set(), "100%": {english}, "10_% dead": set(), "없는말": set(),
        "요": {bill, roaming}, "요 -요금": {roaming}, "해외 -요금": {roaming}, "1": {english},
        unicodedata.normalize("NFD", "로밍"): {roaming},
    }  # fmt: skip
    for text, rows in wanted.items():
        assert set(find(text)) == {row.pk for row in rows}, text


def test_operators_narrow(account, worker, settle):
    x = make_account(kind="x", unit=make_unit(slug="home", name_ko="홈", name_en="Home"))
    old = make_conversation(
        account=account, text="요금 문의", author="hong", posted_at=ago(days=9)
    )
    new = make_conversation(account=x, text="요금 문의", author="kim", posted_at=ago(hours=1))
    conversation_tag(SYSTEM, conversation_id=new.pk, name="급함")
    settle()
    day = ago(days=5).date().isoformat()
    wanted = {
        "요금": [new, old], "요금 from:hong": [old], "from:kim": [new], "보낸이:hong 요금": [old],
        "unit:home": [new], "요금 unit:모바일": [old], "tag:급함 요금": [new], "channel:x 요금": [new],
        "is:open 요금": [new, old], "is:resolved 요금": [], f"before:{day} 요금": [old],
        f"after:{day} 요금": [new], f"after:{day}": [new], f"before:{day}": [old],
        "assignee:none 요금": [new, old], f'account:"{x.name}"': [new],
    }  # fmt: skip
    for text, rows in wanted.items():
        assert find(text) == [row.pk for row in rows], text
    assert find("요금", worker) == [old.pk]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("form:hong", "form:"),
        ("unit:nowhere", "nowhere"),
        ("tag:none 요금", "none"),
        ("is:sad", "sad"),
        ("before:soon", "before:soon"),
        ("from:김", "two letters"),
    ],
)
def test_what_makes_no_sense_is_said(text, says, account):
    with translation.override("en"), pytest.raises(Invalid) as refusal:
        find(text)
    assert says in str(refusal.value.message)


def test_edits_and_removals_are_followed(account, settle):
    row = make_conversation(account=account, text="로밍 문의", author="hong")
    settle()
    line = row.messages.get()
    again = {"external_id": line.external_id, "posted_at": line.posted_at, "author": "hong"}
    ingest(account, make_fetched(text="요금 문의", **again))
    settle()
    assert (find("로밍"), find("요금")) == ([], [row.pk])
    ingest(account, make_fetched(text="요금 문의", visibility="removed", **again))
    settle()
    assert find("요금") == []


def test_a_new_name_finds_the_customer(account, settle):
    row = make_conversation(account=account, author="hong", text="안녕하세요")
    settle()
    make_message(row, author="hong", text="개명했어요", posted_at=now())
    Contact.objects.filter(external_id="hong").update(name="세종대왕")
    for _step in search_refill():
        pass
    assert find("세종대왕") == [row.pk]
    assert find("from:세종대왕 개명") == [row.pk]


def test_each_conversation_is_shown_once_by_its_newest_hit(account, settle):
    first = make_conversation(account=account, text="요금 하나", posted_at=ago(days=30))
    second = make_conversation(account=account, text="요금 둘", posted_at=ago(days=20))
    for days in (15, 10):
        make_message(first, text=f"요금 {days}", posted_at=ago(days=days))
    settle()
    page = queue_page(SYSTEM, QueueFilter(view="all", text="요금"), size=1)
    assert [row.pk for row in page.rows] == [first.pk]
    assert page.rows[0].found.pieces == [("요금", True), (" 10", False)]
    rest = queue_page(
        SYSTEM, QueueFilter(view="all", text="요금"), size=1, cursor=page.next_cursor
    )
    assert [row.pk for row in rest.rows] == [second.pk]
    assert rest.next_cursor == ""


def test_pages_follow_each_other_without_gap_or_repetition(account, settle):
    rows = [
        make_conversation(
            account=account, text=f"요금 {n}", author=f"c{n}", posted_at=ago(days=3 * n)
        )
        for n in range(7)
    ]
    make_conversation(account=account, author="요금왕", text="그냥", posted_at=ago(days=10))
    settle()
    seen, cursor = [], ""
    for _page in range(10):
        page = queue_page(SYSTEM, QueueFilter(view="all", text="요금"), size=3, cursor=cursor)
        seen += [row.pk for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 8
    assert seen[:3] == [row.pk for row in rows[:3]]


def test_one_page_looks_only_so_far_and_says_where_to_go_on(account, monkeypatch):
    """Hits of another unit may be passed over by the thousand: then the page ends early, not late."""
    elsewhere = make_account()
    for n in range(6):
        make_conversation(account=elsewhere, text="요금", author=f"c{n}", posted_at=ago(days=n))
    mine = make_conversation(account=account, text="요금", posted_at=ago(days=50))
    while search_index():
        pass
    monkeypatch.setattr(search, "BUDGETS", (2, 4))
    operator = make_actor("operator", account.unit)
    page = queue_page(operator, QueueFilter(view="all", text="요금"), size=5)
    assert (page.rows, bool(page.next_cursor)) == ([], True)
    rest = queue_page(
        operator, QueueFilter(view="all", text="요금"), size=5, cursor=page.next_cursor
    )
    assert [row.pk for row in rest.rows] == [mine.pk]


def test_a_whole_list_can_be_named_without_reading_it(account):
    rows = [make_conversation(account=account, text="요금", author=f"c{n}") for n in range(3)]
    make_conversation(account=account, text="로밍")
    found = queue_ids(SYSTEM, QueueFilter(text="요금"), limit=10)
    assert {pk for pk, _version in found} == {row.pk for row in rows}
    assert len(queue_ids(SYSTEM, QueueFilter(), limit=2)) == 2


def test_the_worker_makes_entries_once_and_the_index_can_be_made_anew(account):
    make_conversation(account=account, text="로밍", author="hong")
    assert SearchPending.objects.count() == 2  # the line, and its author's name
    assert search_index() == 2
    assert search_index() == 0
    before = set(SearchEntry.objects.values_list("kind", "row", "words"))
    SearchEntry.objects.all().delete()
    assert dict(search_refill(batch=1)) == {"message": 1, "contact": 1}
    assert set(SearchEntry.objects.values_list("kind", "row", "words")) == before
