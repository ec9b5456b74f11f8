"""Staff write a post, and it goes out on its second."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

SEOUL = ZoneInfo("Asia/Seoul")


def soon(seconds: int) -> str:
    at = datetime.now(SEOUL) + timedelta(seconds=seconds)
    return at.replace(microsecond=0, tzinfo=None).isoformat()


def choose(page, *names):
    for name in names:
        page.locator(".placement", has_text=name).locator("[name=accounts]").check()


def test_a_post_for_two_accounts_goes_out_at_its_time(console, screen_of):
    text, own = f"오후 3시 이벤트 {uuid4().hex[:8]}", f"페이스북에서 만나요 {uuid4().hex[:8]}"
    page = screen_of("jiho", "/posts/new/")
    page.fill("#id_title", "이벤트")
    page.fill("#id_body", text)
    page.fill("#id_local_time", soon(5))
    choose(page, "@hanbit_mobile", "한빛 홈")
    facebook = page.locator(".placement", has_text="한빛 홈")
    facebook.locator("summary").first.click()
    facebook.locator("textarea").first.fill(own)
    page.locator("button[value=schedule]").click()
    placements = page.locator("#post .preview")
    expect(placements).to_have_count(2)
    for number in range(2):
        expect(placements.nth(number).locator(".badge")).to_have_attribute("data-tone", "ok")
    assert (console.stands(text), console.stands(own)) == (1, 1)


def test_a_scheduled_post_is_edited_and_cancelled(console, screen_of):
    text = f"내일 공지 {uuid4().hex[:8]}"
    page = screen_of("jiho", "/posts/new/")
    page.fill("#id_body", text)
    page.fill("#id_local_time", soon(3600))
    choose(page, "@hanbit_mobile")
    page.locator("button[value=schedule]").click()
    page.locator("#post a[href$='/edit/']").click()
    page.fill("#id_body", text + " (수정)")
    page.locator("button[value=schedule]").click()
    expect(page.locator("#post .look__text")).to_contain_text("(수정)")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#post form[action$='/cancel/'] button").click()
    expect(page.locator("#post dl .badge")).to_have_attribute("data-tone", "quiet")
    assert console.stands(text) == 0


def test_a_post_without_accounts_keeps_its_words(screen_of):
    page = screen_of("jiho", "/posts/new/")
    page.fill("#id_body", "아직 계정을 고르지 않았습니다")
    page.locator("button[value=schedule]").click()
    expect(page.locator("#id_accounts_error")).to_be_visible()
    expect(page.locator("#id_body")).to_have_value("아직 계정을 고르지 않았습니다")


def test_the_screen_counts_as_the_platform(screen_of):
    page = screen_of("jiho", "/posts/new/")
    placement = page.locator(".placement", has_text="@hanbit_mobile")
    page.fill("#id_body", "한빛 https://example.com/very/long/address/that/counts/23 👨‍👩‍👧‍👦")
    expect(placement.locator("[data-count]").first).to_have_text("31 / 280")
