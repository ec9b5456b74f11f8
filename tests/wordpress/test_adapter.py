"""What the contract says of WordPress, asked of WordPress itself."""

import html
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
import requests

from channels.adapters.blog.naming import slug_of
from channels.errors import AuthExpired, Rejected, RejectionCode
from channels.types import ItemKind, Outgoing, OutgoingKind, Visibility
from opsconsole.kernel.clock import now

pytestmark = pytest.mark.wordpress


def reply(comment, text: str) -> Outgoing:
    return Outgoing(
        OutgoingKind.REPLY,
        text,
        "n",
        reply_to=str(comment["id"]),
        thread=f"post:{comment['post']}",
    )


def test_the_editor_is_recognised_and_an_author_is_refused(site):
    assert site.adapter("editor").whoami().name == "Editor O'Brien & Co"
    with pytest.raises(AuthExpired, match="moderate"):
        site.adapter("author").whoami()


def test_a_wrong_password_that_still_lists_is_noticed(site):
    article = site.article()
    site.comment(article, "공개 댓글")
    adapter = site.adapter("editor", password="wrong wrong wrong")
    anonymous = site.session()
    anonymous.auth = ("editor", "wrong")
    assert anonymous.get(f"{site.url}/wp-json/wp/v2/comments", timeout=30).status_code == 200
    with pytest.raises(AuthExpired):
        adapter.fetch({})


def test_comments_arrive_as_plain_words(site):
    article = site.article("Fish & <b>Chips</b>")
    made = site.comment(article, 'Is it "5 &lt; 6" &amp; <b>bold</b>?\nnew line 🎉')
    items, _cursor = site.walk(site.adapter())
    item = next(item for item in items if item.external_id == str(made["id"]))
    assert item.text == "Is it “5 < 6” & bold?\nnew line 🎉"
    assert item.author.name == "김민수"
    assert item.thread_external_id == f"post:{article['id']}"
    assert item.context == "Fish & Chips"
    assert item.kind == ItemKind.COMMENT
    assert not item.is_own


def test_held_comments_and_a_late_approval_are_seen(site):
    adapter = site.adapter()
    held = site.comment(site.article(), "보류된 댓글", status="hold")
    items, _cursor = site.walk(adapter)
    seen = {item.external_id: item.visibility for item in items}
    assert seen[str(held["id"])] == Visibility.HELD
    site.post(f"comments/{held['id']}", status="approved")
    (again,) = adapter.recheck([str(held["id"])]).items
    assert again.visibility == Visibility.PUBLIC
    assert again.posted_at == next(i.posted_at for i in items if i.external_id == str(held["id"]))


def test_edits_and_removals_are_seen_when_rechecked(site):
    adapter, article = site.adapter(), site.article()
    edited, gone = site.comment(article, "처음"), site.comment(article, "지워질 글")
    site.post(f"comments/{edited['id']}", content="나중")
    site.session().delete(f"{site.url}/wp-json/wp/v2/comments/{gone['id']}", timeout=30)
    seen = adapter.recheck([str(edited["id"]), str(gone["id"])])
    assert [item.text for item in seen.items] == ["나중"]
    assert seen.gone == (str(gone["id"]),)


def test_no_comment_is_lost_in_the_hour_that_occurs_twice(site):
    """New York, 1 November 2026: 01:10 EST comes after 01:40 EDT, and sorts before it."""
    site.post("settings", timezone="America/New_York")
    try:
        adapter, article = site.adapter(), site.article()
        _old, cursor = site.walk(adapter)
        written = []
        for moment in ("05:30", "06:10", "07:10"):
            at = f"2026-11-01T{moment}:00"
            written.append(str(site.comment(article, f"{moment} 글", date_gmt=at)["id"]))
            items, cursor = site.walk(adapter, cursor)
            found = {item.external_id: item.posted_at for item in items}
            assert found[written[-1]] == datetime.fromisoformat(at).replace(tzinfo=UTC)
    finally:
        site.post("settings", timezone="Asia/Kolkata")


def test_the_walk_survives_more_comments_than_a_page(site):
    adapter, article = site.adapter(), site.article()
    _old, cursor = site.walk(adapter)
    written = {str(site.comment(article, f"댓글 {number}")["id"]) for number in range(60)}
    items, cursor = site.walk(adapter, cursor)
    assert written <= {item.external_id for item in items}


def test_a_reply_hangs_under_its_comment_and_is_found_again(site):
    adapter, article = site.adapter(), site.article()
    question = site.comment(article, "질문 있어요")
    text = '네, "확인"해 보겠습니다 & <곧> 답 드릴게요\n한빛'
    began = now()
    receipt = adapter.publish(reply(question, text))
    stored = site.get(f"comments/{receipt.external_id}", context="edit")
    assert (stored["parent"], stored["post"]) == (question["id"], article["id"])
    assert not receipt.is_held
    window = {"since": began - timedelta(seconds=5), "until": began + timedelta(seconds=60)}
    assert [r.external_id for r in adapter.find(reply(question, text), **window)] == [
        receipt.external_id
    ]
    assert adapter.find(reply(question, "다른 말"), **window) == []
    (own,) = adapter.recheck([receipt.external_id]).items
    assert own.is_own
    assert own.text == "네, “확인”해 보겠습니다 & <곧> 답 드릴게요\n한빛"


def test_the_same_reply_twice_is_a_duplicate(site):
    adapter = site.adapter()
    question = site.comment(site.article(), "또 질문")
    adapter.publish(reply(question, "같은 말"))
    with pytest.raises(Rejected) as refused:
        adapter.publish(reply(question, "같은 말"))
    assert refused.value.code == RejectionCode.DUPLICATE


def test_a_reply_to_what_is_gone_is_refused_though_wordpress_would_take_it(site):
    adapter = site.adapter()
    gone = site.comment(site.article(), "곧 사라질 댓글")
    site.session().delete(f"{site.url}/wp-json/wp/v2/comments/{gone['id']}", timeout=30)
    with pytest.raises(Rejected) as refused:
        adapter.publish(reply(gone, "답"))
    assert refused.value.code == RejectionCode.TARGET_GONE


def article(title: str, text: str = "첫 줄 <그리고> & 둘째") -> Outgoing:
    return Outgoing(OutgoingKind.POST, text, f"oc-{secrets.token_hex(10)}", title=title)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("공지 & 안내", "공지-안내"),
        ("What's new in 5G? 100% faster", "whats-new-in-5g-100-faster"),
        ("Café — déjà vu / <b>x</b>", "cafe-deja-vu-b-x-b"),
        ("🎉❤️", "post"),
        ("²½ №1 Straße İstanbul Łódź", "21-2-no1-strasse-istanbul-lodz"),
        ("㈜한빛 ① 東京 ไทยที่ हिन्दी", "주-한빛-1-東京-ไทยที่-हिन्दी"),
        ("가" * 60, "가" * 21),
    ],
)
def test_an_article_is_found_again_by_its_name(site, title, name):
    adapter, out = site.adapter(), article(title)
    receipt = adapter.publish(out)
    (row,) = site.get("posts", slug=slug_of(out), status="any")
    assert receipt.external_id == f"post:{row['id']}"
    assert row["status"] == "publish"
    assert html.unescape(row["title"]["rendered"]).replace("’", "'") == title
    assert unquote(row["slug"]) == f"{name}-{out.mark}"
    page = requests.get(receipt.url, timeout=30)
    assert (page.status_code, page.url.lower()) == (200, receipt.url.lower())
    window = {"since": now() - timedelta(minutes=1), "until": now()}
    assert [r.external_id for r in adapter.find(out, **window)] == [receipt.external_id]
    assert adapter.find(article(title), **window) == []
    adapter.remove(receipt.external_id)
    adapter.remove(receipt.external_id)


def test_an_article_that_the_site_named_anew_is_found_again(site):
    adapter, out = (
        site.adapter(),
        article("이름이 바뀐 글", "**굵은** 말 & <꺾쇠>\n\n- 하나\n- 둘"),
    )
    receipt = adapter.publish(out)
    number = receipt.external_id.removeprefix("post:")
    site.post(f"posts/{number}", slug=f"post-{number}")
    window = {"since": now() - timedelta(minutes=1), "until": now()}
    assert [r.external_id for r in adapter.find(out, **window)] == [receipt.external_id]
    assert adapter.find(article("이름이 바뀐 글", "다른 말"), **window) == []


def test_pingbacks_are_not_forgotten_by_the_listing(site):
    """The default listing leaves pings out; ours asks for every type."""
    article = site.article("원문")
    source = site.post(
        "posts", title="다른 글", status="publish",
        content=f'<p>여기 <a href="{article["link"]}">이 글</a>을 보세요</p>',
    )  # fmt: skip
    call = (
        "<?xml version='1.0'?><methodCall><methodName>pingback.ping</methodName><params>"
        f"<param><value><string>{source['link']}</string></value></param>"
        f"<param><value><string>{article['link']}</string></value></param></params></methodCall>"
    )
    answer = site.session().post(f"{site.url}/xmlrpc.php", data=call.encode(), timeout=60)
    assert "registered" in answer.text, answer.text
    items, _cursor = site.walk(site.adapter())
    pings = [item for item in items if item.kind == ItemKind.PINGBACK]
    assert [item.thread_external_id for item in pings] == [f"post:{article['id']}"]
