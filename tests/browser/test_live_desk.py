"""Two people at one live desk: each sees the other, both are heard, and what was said can be taken back."""

from uuid import uuid4

from playwright.sync_api import expect

from opsconsole.bench import platform
from tests.browser.accessibility import complaints
from tests.browser.test_calendar import picture


def words(text):
    return f"{text} {uuid4().hex[:8]}"


def open_desk(page, snippets=""):
    page.fill("#id_name", words("한빛 발표회"))
    page.fill("#id_snippets", snippets)
    for other in page.locator("input[name=accounts]").all()[
        1:
    ]:  # those that other journeys connect
        other.uncheck()
    page.locator("form .button--primary").click()
    page.wait_for_url("**/live/*/")
    return page.url


def line(page, text):
    return page.locator(".liveline", has_text=text)


def test_two_people_report_together(console, screen_of):
    first, second, prepared = (
        words("문이 열렸습니다"),
        words("대표가 무대에 올랐습니다"),
        words("곧 시작합니다"),
    )
    jiho = screen_of("jiho", "/live/new/")
    address = open_desk(jiho, f"{prepared}\n\n두 번째 문구")
    sora = screen_of("sora", address)
    expect(jiho.locator(".livedesk__person")).to_have_count(2)
    sora.locator("#live-text").press_sequentially("지금")
    expect(jiho.locator(".livedesk__person[data-typing]")).to_have_count(1)
    sora.fill("#live-text", "")
    jiho.locator("#live-text").press("Alt+1")
    expect(jiho.locator("#live-text")).to_have_value(prepared)
    jiho.locator("#live-text").press("Enter")
    expect(jiho.locator("#live-text")).to_have_value("")
    expect(sora.locator(".snippet[data-used]")).to_have_count(1)
    jiho.fill("#live-text", first)
    sora.fill("#live-text", second)
    jiho.locator("#live-text").press("Enter")
    sora.locator("#live-text").press("Enter")
    for page in (jiho, sora):
        for text in (prepared, first, second):
            expect(line(page, text).locator(".badge")).to_have_attribute("data-tone", "ok")
    picture(jiho, "live-desk")
    assert [console.stands(text) for text in (prepared, first, second)] == [1, 1, 1]


def test_what_was_said_is_taken_back_into_the_box(console, screen_of):
    said, typed = words("잘못 쓴 말입니다"), words("이어서 씁니다")
    page = screen_of("jiho", "/live/new/")
    open_desk(page)
    page.fill("#live-text", said)
    page.locator("#live-text").press("Enter")
    expect(line(page, said).locator(".liveundo__bar")).to_be_visible()
    page.locator("#live-text").press("Control+z")
    expect(page.locator("#live-text")).to_have_value(said)
    expect(page.locator(".liveline[data-gone]")).to_have_count(1)
    page.fill("#live-text", typed)
    page.locator("#live-text").press("Enter")
    expect(line(page, typed).locator(".badge")).to_have_attribute("data-tone", "ok")
    assert (console.stands(said), console.stands(typed)) == (0, 1)


def test_a_failure_is_said_loudly_and_skipped(console, screen_of):
    texts = [words(f"{number}번 소식") for number in range(3)]
    page = screen_of("jiho", "/live/new/")
    open_desk(page)
    page.fill("#live-text", texts[0])
    page.locator("#live-text").press("Enter")
    expect(line(page, texts[0]).locator(".badge")).to_have_attribute("data-tone", "ok")
    match = {"account": console.account()["name"], "method": "POST"}
    wish = {"platform": "x", "kind": "status", "status": 403, "times": 1, "match": match}
    platform.control(console.sandbox_url, "faults", wish)
    for text in texts[1:]:
        page.fill("#live-text", text)
        page.locator("#live-text").press("Enter")
    expect(page.locator(".trouble")).to_be_visible()
    assert complaints(page) == []
    page.locator(".trouble form[action$='/skip/'] button").click()
    expect(page.locator(".trouble")).to_have_count(0)
    expect(line(page, texts[2]).locator(".badge")).to_have_attribute("data-tone", "ok")
    assert [console.stands(text) for text in texts] == [1, 0, 1]


def test_the_desk_fits_a_phone_and_every_eye(screen_of):
    page = screen_of("jiho", "/live/new/", width=390)
    open_desk(page, "준비한 문구")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints(page) == []
    page.emulate_media(color_scheme="dark")
    assert complaints(page, only=["color-contrast"]) == []
