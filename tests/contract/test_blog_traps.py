"""Where WordPress differs from what one would expect, one test for each."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import requests

from channels.adapters.blog import mapping
from channels.adapters.blog.naming import LONGEST, slug_of
from channels.errors import AuthExpired, RateLimited, Rejected, RejectionCode
from channels.types import ItemKind, Outgoing, OutgoingKind, Visibility
from tests.support.peer import answer
from tests.support.voices import ids, long_ago, one


@pytest.fixture
def blog(connect):
    return connect("blog")


def now() -> datetime:
    return datetime.now(UTC)


def rest(blog, route: str, *, login: str = "", method: str = "GET", **options):
    """Speak to the blog as a user of it, or as nobody."""
    names = {"": None, "ops": "application_password"}
    name = names.get(login, f"{login}_application_password")
    auth = (login, blog.there["credentials"][name]) if name else None
    url = f"{blog.there['base_url']}/wp-json/wp/v2/{route}"
    return requests.request(method, url, auth=auth, timeout=20, **options)


# --- clocks


def test_the_hour_that_occurs_twice_loses_nothing(blog):
    """01:10 EST comes half an hour after 01:40 EDT, and sorts before it: a cursor of times skips it."""
    blog.set(wp_timezone="America/New_York")
    _, cursor = blog.walk()
    for moment in ("05:30", "05:40", "06:10", "06:20", "07:10"):
        written = blog.say(f"{moment}에 쓴 말", at=f"2026-11-01T{moment}:00Z")
        items, cursor = blog.walk(cursor)
        at = datetime.fromisoformat(f"2026-11-01T{moment}:00+00:00")
        assert one(items, written).posted_at == at
    after = {"after": "2026-11-01T05:40:00Z", "per_page": 100}
    found = rest(blog, "comments", params=after).json()
    assert [c["date_gmt"][11:16] for c in found] == ["07:10"]  # so the trap is really there


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York", "Asia/Seoul"])
def test_times_are_those_of_greenwich(blog, zone):
    blog.set(wp_timezone=zone)
    at = "2026-07-01T23:30:00+00:00"
    assert blog.asked("말", at=at).posted_at == datetime.fromisoformat(at)


# --- moderation


def test_a_late_approval_is_noticed(blog):
    """It changes no time, so no `after` shows it; the number is known and read again."""
    held = blog.say("먼저 쓰고 늦게 승인된 말", kind="held_comment", at=long_ago(3))
    later = blog.say("나중에 쓴 말", at=long_ago(2))
    items, cursor = blog.walk()
    assert one(items, held).visibility == Visibility.HELD
    assert one(items, later).visibility == Visibility.PUBLIC
    blog.control("approve", held)
    (seen,) = blog.adapter().recheck([held]).items
    assert seen.visibility == Visibility.PUBLIC
    assert seen.posted_at == one(items, held).posted_at
    assert one(blog.walk(cursor)[0], held).visibility == Visibility.PUBLIC


@pytest.mark.parametrize(
    ("verb", "visibility"),
    [("hold", Visibility.HELD), ("spam", Visibility.SPAM), ("approve", Visibility.PUBLIC)],
)
def test_what_the_host_thinks_of_a_comment_is_seen(blog, verb, visibility):
    written = blog.say("말")
    blog.control(verb, written)
    seen = blog.adapter().recheck([written])
    assert seen.items[0].visibility == visibility
    assert seen.gone == ()


def test_what_lies_in_the_trash_is_gone(blog):
    written = blog.say("말")
    blog.control("trash", written)
    assert blog.adapter().recheck([written]).gone == (written,)


def test_a_comment_rescued_from_spam_arrives_in_the_end(blog):
    """Its number is old by then: now and then the walk goes further back."""
    rescued = blog.say("스팸이 아니에요")
    blog.control("spam", rescued)
    blog.say_many(60, hours=0)
    _, cursor = blog.walk()
    blog.control("approve", rescued)
    for _ in range(20):
        items, cursor = blog.walk(cursor)
        if rescued in ids(items):
            return
    raise AssertionError("the rescued comment never came")


def test_our_answer_may_be_held(blog):
    """A 201 is no proof that the public sees it: the status tells."""
    asked = blog.asked()
    body = {"id": 99, "status": "hold", "link": "http://b.example/#comment-99",
            "date_gmt": "2026-11-24T04:10:33", "parent": 1}  # fmt: skip
    blog.canned(body, 201, method="POST")
    receipt = blog.adapter().publish(blog.reply("답", asked))
    assert receipt.is_held
    assert receipt.posted_at == datetime(2026, 11, 24, 4, 10, 33, tzinfo=UTC)


# --- kinds


def test_pingbacks_and_trackbacks_are_not_forgotten(blog):
    """The default listing hides them: it must be asked for every type."""
    ping = blog.say("이 글 보세요", kind="pingback", author="다른 블로그")
    track = blog.say("인용합니다", kind="trackback", author="또 다른 블로그")
    word = blog.say("댓글")
    items, _ = blog.walk()
    kinds = {item.external_id: item.kind for item in items}
    assert kinds == {ping: ItemKind.PINGBACK, track: ItemKind.TRACKBACK, word: ItemKind.COMMENT}
    assert one(items, ping).author.avatar_url == ""  # WordPress says false
    shown = rest(blog, "comments", params={"per_page": 100}).json()
    assert [c["type"] for c in shown] == ["comment"]


# --- credentials


def test_a_wrong_password_that_still_lists_is_noticed(blog):
    """Public listings answer 200 to a wrong password, as to anybody."""
    blog.say("공개된 말")
    base = blog.there["base_url"]
    listing = requests.get(
        f"{base}/wp-json/wp/v2/comments", auth=("ops", "wrong wrong"), timeout=20
    )
    assert (listing.status_code, len(listing.json())) == (200, 1)
    stranger = blog.adapter(application_password="wrong wrong")
    with pytest.raises(AuthExpired):
        stranger.whoami()
    with pytest.raises(AuthExpired):
        stranger.fetch({})


@pytest.mark.parametrize("login", ["writer", "reader"])
def test_a_role_that_cannot_moderate_is_refused_with_the_reason(blog, login):
    password = blog.there["credentials"][f"{login}_application_password"]
    adapter = blog.adapter(username=login, application_password=password)
    with pytest.raises(AuthExpired, match="role Editor"):
        adapter.whoami()
    with pytest.raises(AuthExpired):
        adapter.fetch({})


def test_passwords_work_with_and_without_blanks(blog):
    bare = blog.secrets()["application_password"].replace(" ", "")
    assert blog.adapter(application_password=bare).whoami().external_id == "2"


def test_names_and_passwords_are_sent_as_utf8(blog, peer):
    peer.says(answer(b'{"id":2,"capabilities":{"moderate_comments":true}}'))
    blog.adapter(base_url=peer.url, username="편집자", application_password="비밀 번호").whoami()
    packed = "Authorization: Basic 7Y647KeR7J6QOuu5hOuwgCDrsojtmLg="
    assert packed.encode() in peer.requests[0]


# --- answering


def test_a_parent_on_another_article_is_not_answered(blog):
    """WordPress takes any parent, and shows the answer where nobody looks."""
    asked = blog.asked()
    out = Outgoing(
        OutgoingKind.REPLY, "답", "n", reply_to=asked.external_id, thread=mapping.thread_of(99)
    )
    with pytest.raises(Rejected) as refused:
        blog.adapter().publish(out)
    assert refused.value.code == RejectionCode.TARGET_GONE
    assert blog.creates() == []


@pytest.mark.parametrize("verb", ["spam", "trash", "delete"])
def test_what_is_out_of_sight_is_not_answered(blog, verb):
    asked = blog.asked()
    blog.control(verb, asked.external_id)
    with pytest.raises(Rejected) as refused:
        blog.adapter().publish(blog.reply("답", asked))
    assert refused.value.code == RejectionCode.TARGET_GONE
    assert blog.creates() == []


@pytest.mark.parametrize("reply_to", ["", "0", "999999", "abc", "1/../2"])
def test_what_is_no_comment_is_not_answered(blog, reply_to):
    out = Outgoing(OutgoingKind.REPLY, "답", "n", reply_to=reply_to, thread="post:1")
    with pytest.raises(Rejected) as refused:
        blog.adapter().publish(out)
    assert refused.value.code == RejectionCode.TARGET_GONE
    assert blog.creates() == []


def test_a_held_comment_may_be_answered(blog):
    asked = blog.asked("승인 전", kind="held_comment")
    assert blog.adapter().publish(blog.reply("답", asked)).external_id


def test_comments_may_be_closed(blog):
    asked = blog.asked()
    post = asked.thread_external_id.removeprefix("post:")
    closed = {"comment_status": "closed"}
    assert rest(blog, f"posts/{post}", login="ops", method="POST", json=closed).ok
    with pytest.raises(Rejected) as refused:
        blog.adapter().publish(blog.reply("답", asked))
    assert refused.value.code == RejectionCode.NOT_PERMITTED


# --- addresses


def test_a_site_without_permalinks(blog):
    """`/wp-json/` is a page in HTML that was not found; `?rest_route=` works."""
    blog.set(wp_permalinks=False)
    assert requests.get(f"{blog.there['base_url']}/wp-json/wp/v2/comments", timeout=20).status_code == 404  # fmt: skip
    assert blog.adapter().whoami().external_id == "2"
    asked, began = blog.asked("질문"), now()
    assert "?p=" in asked.permalink
    for out in (blog.reply("답", asked), blog.post("소식")):
        receipt = blog.adapter().publish(out)
        assert [r.external_id for r in blog.find(out, began)] == [receipt.external_id]
        blog.adapter().remove(receipt.external_id)
        assert blog.find(out, began) == []
    assert len(blog.creates()) == 2


def test_a_site_whose_rest_is_switched_off(connect):
    blog = connect("blog", rest=False)
    with pytest.raises(Rejected, match="disabled"):
        blog.adapter().whoami()


# --- listings


def test_a_page_past_the_end_is_empty_and_no_error(blog):
    blog.say("말")
    page = blog.adapter().fetch({"last_id": 1, "newest": 1, "offset": 4000, "polls": 1})
    assert (page.items, page.has_more) == ((), False)


def test_what_is_deleted_meanwhile_pushes_nobody_past_us(blog):
    """Pages are counted from the newest: a removal moves everything up by one."""
    written = blog.say_many(150)
    page = blog.adapter().fetch({})
    items = list(page.items)
    removed = set()
    while page.has_more:
        for external_id in [x for x in ids(items) if x not in removed][:9]:
            blog.control("delete", external_id)
            removed.add(external_id)
        page = blog.adapter().fetch(json.loads(json.dumps(page.next_cursor)))
        items += page.items
    assert set(written) <= set(ids(items))


def test_the_words_are_asked_for_whole(blog):
    """Asked for `content.rendered` alone, listings silently leave it out."""
    blog.say("여기 있어요")
    asked = {"_fields": "id,content.rendered", "per_page": 100}
    (bare,) = rest(blog, "comments", params=asked).json()
    assert set(bare) == {"id"}
    assert blog.walk()[0][0].text == "여기 있어요"


# --- texts and names


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann O'Neil & Söhne", "Ann O'Neil & Söhne"),
        ("AT&T", "AT&T"),
        ("김&이 법무법인", "김&이 법무법인"),
        ("&lt;b&gt;", "<b>"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ('<b>Bold</b> "Q"', 'Bold "Q"'),
    ],
)
def test_names_are_unescaped_once(blog, name, shown):
    """What a visitor types is taken for HTML; the site strips its tags, and shows it like this."""
    assert blog.asked("말", author={"name": name}).author.name == shown


def test_texts_are_plain_and_keep_their_lines(blog):
    text = "첫 줄 & <b>굵게</b>\n둘째 줄 5 < 6\n\n새 문단 https://x.example/?a=1&b=2 <script>x()</script>"
    seen = blog.asked(text).text
    assert seen == "첫 줄 & 굵게\n둘째 줄 5 < 6\n\n새 문단 https://x.example/?a=1&b=2 x()"


@pytest.mark.parametrize(
    "text",
    [
        "Is it \"5 < 6\" & 'so' -- yes... 🎉",
        "줄\n바꿈\n\n문단",
        "&amp; 그대로 &lt;b&gt; &#8217;",
        "<b>태그가 아니라 글자</b>",
        "주소 https://ex.example/?a=1&b=2 와 http://b.example",
        "  앞뒤 빈칸  ",
    ],
)
def test_our_words_are_recognised_however_wordpress_dresses_them(blog, text):
    asked, began = blog.asked(), now()
    out = blog.reply(text, asked)
    receipt = blog.adapter().publish(out)
    assert [r.external_id for r in blog.find(out, began)] == [receipt.external_id]
    shown = one(blog.walk()[0], receipt.external_id).text
    for straight, curly in (('"', "“”"), ("'", "‘’"), ("--", "–"), ("...", "…")):
        for mark in curly:
            shown = shown.replace(mark, straight)
    assert shown == text.strip()


def test_an_article_knows_its_title_and_its_comments_know_the_article(blog):
    receipt = blog.adapter().publish(
        Outgoing(OutgoingKind.POST, "본문", "oc-title", title='Fish & <b>Chips</b> "new"')
    )
    asked = blog.asked("맛있나요?", post=int(receipt.external_id.removeprefix("post:")))
    assert asked.thread_external_id == receipt.external_id
    assert asked.context == "Fish & <b>Chips</b> “new”"
    assert asked.context_url == receipt.url


def test_a_visitor_is_known_by_his_address_and_nothing_of_it_is_kept(blog):
    first = blog.asked("하나", author={"name": "김", "email": "Kim@Mail.example"})
    second = blog.asked("둘", author={"name": "김철수", "email": "kim@mail.example"})
    other = blog.asked("셋", author={"name": "김", "email": "other@mail.example"})
    assert first.author.external_id == second.author.external_id != other.author.external_id
    assert "mail.example" not in repr([first, second, other])


# --- articles


def test_an_article_is_found_by_the_name_we_gave_it(blog):
    began, out = now(), blog.post("같은 글")
    receipt = blog.adapter().publish(out)
    other = Outgoing(OutgoingKind.POST, "같은 글", "another-name", title=out.title)
    assert blog.find(other, began) == []
    assert [r.external_id for r in blog.find(out, began)] == [receipt.external_id]
    assert receipt.url.endswith(f"/about-%ea%b0%99%ec%9d%80-%ea%b8%80-{out.mark}/")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("봄 요금제, 이렇게 바뀝니다!", "봄-요금제-이렇게-바뀝니다"),
        ("What's new in 5G? 100% faster", "whats-new-in-5g-100-faster"),
        ("Café — déjà vu / <b>x</b>", "cafe-deja-vu-b-x-b"),
        ("²½ №1 Straße İstanbul Łódź", "21-2-no1-strasse-istanbul-lodz"),
        ("㈜한빛 ① 東京 ไทยที่ हिन्दी", "주-한빛-1-東京-ไทยที่-हिन्दी"),
        ("🎉❤️5️⃣ ", "5"),
        ("🎉 !!!", "post"),
        ("가" * 60, "가" * 21),
        (" ".join(["열한글자인낱말이랍니다"] * 9), "열한글자인낱말이랍니다"),
    ],
)
def test_an_address_says_what_the_article_is_called(blog, title, name):
    began, out = now(), Outgoing(OutgoingKind.POST, "본문", "oc-0123456789abcdef", title=title)
    assert slug_of(out) == f"{name}-89abcdef"
    assert len(quote(slug_of(out))) <= LONGEST
    receipt = blog.adapter().publish(out)
    assert [r.external_id for r in blog.find(out, began)] == [receipt.external_id]


def test_an_article_armed_before_there_were_readable_names_is_found(blog):
    began, out = now(), blog.post("옛 글")
    words = {"title": out.title, "content": "다른 본문", "slug": out.nonce, "status": "publish"}
    made = rest(blog, "posts", login="ops", method="POST", json=words).json()
    assert [r.external_id for r in blog.find(out, began)] == [f"post:{made['id']}"]


def test_a_site_that_names_articles_itself_hides_none_from_us(blog):
    """Plugins turn Korean names into numbers: then title, words and time tell."""
    began, out = now(), blog.post("번호로 불리는 글")
    receipt = blog.adapter().publish(out)
    number = receipt.external_id.removeprefix("post:")
    rest(blog, f"posts/{number}", login="ops", method="POST", json={"slug": f"post-{number}"})
    assert [r.external_id for r in blog.find(out, began)] == [receipt.external_id]
    for other in (
        Outgoing(OutgoingKind.POST, out.text, "oc-0123456789abcdef", title="Another title"),
        Outgoing(OutgoingKind.POST, "다른 말", "oc-0123456789abcdef", title=out.title),
    ):
        assert blog.find(other, began) == []
    assert blog.find(out, began - timedelta(hours=1)) == []
    rest(
        blog, f"posts/{number}", login="ops", method="POST",
        json={"slug": f"translated-name-{out.mark}", "title": "Renamed"},
    )  # fmt: skip
    assert [r.external_id for r in blog.find(out, began)] == [receipt.external_id]


def test_floods_are_waited_out(blog):
    asked = blog.asked()
    flood = {"code": "comment_flood", "message": "Slow down.", "data": {"status": 400}}
    blog.canned(flood, 400, method="POST")
    with pytest.raises(RateLimited) as caught:
        blog.adapter().publish(blog.reply("답", asked))
    assert timedelta(seconds=5) < caught.value.until - now() <= timedelta(seconds=15)


@pytest.mark.parametrize("never", ["0000-00-00T00:00:00", "-0001-11-30T00:00:00", ""])
def test_an_imported_comment_may_have_no_time(never):
    assert mapping.moment(never) == datetime(1970, 1, 1, tzinfo=UTC)
