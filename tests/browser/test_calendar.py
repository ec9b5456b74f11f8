"""The daily event at three is scheduled for a month; a post is dragged, moved by keys and put back."""

import os
import re
from datetime import datetime, timedelta
from time import monotonic
from uuid import uuid4
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

SEOUL = ZoneInfo("Asia/Seoul")
#: Folder for the pictures of the handbook; without one none are taken, so that a test run changes no file.
PICTURES = os.environ.get("OPSCONSOLE_PICTURES")


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def tomorrow(clock="15:00:00", days=1):
    day = (datetime.now(SEOUL) + timedelta(days=days)).date()
    return f"{day.isoformat()}T{clock}"


def choose(page, *names):
    for name in names:
        page.locator(".placement", has_text=name).locator("[name=accounts]").check()


def test_the_daily_event_at_three_for_a_month_on_x_and_facebook(console, screen_of):
    """What the whole product is for; it takes a member of staff under two minutes."""
    mark = uuid4().hex[:6]
    begun = monotonic()
    page = screen_of("jiho", "/posts/new/")
    page.fill("#id_title", f"3시 이벤트 {mark}")
    page.fill(
        "#id_body",
        f"오늘 {{{{날짜}}}} {{{{요일}}}} 오후 3시, 경품 이벤트가 열립니다! #{{{{회차}}}}일차 {mark}",
    )
    page.fill("#id_local_time", tomorrow())
    choose(page, "@hanbit_mobile", "한빛 홈")
    page.select_option("#id_repeats", "daily")
    page.fill("#id_count", "30")
    dates = page.locator("#next-dates li")
    expect(dates).to_have_count(10)
    expect(dates.first).to_contain_text("오후 3시, 경품")
    page.locator(".repeats").scroll_into_view_if_needed()
    picture(page, "series-form")
    page.locator("button[value=schedule]").click()
    occurrences = page.locator(".occurrence")
    expect(occurrences).to_have_count(30)
    expect(page.locator(".occurrence .badge[data-tone=busy]")).to_have_count(30)
    assert monotonic() - begun < 120
    picture(page, "series")
    page.goto(f"/posts/calendar/?day={tomorrow()[:10]}")
    expect(page.locator(".month .entry", has_text=mark).first).to_be_visible()
    picture(page, "calendar")
    page.goto("/posts/series/")
    page.locator(".posts__link", has_text=mark).click()
    page.locator("form[action$='/end/'] button").click()
    expect(page.locator(".occurrence .badge[data-tone=busy]")).to_have_count(0)


def scheduled(page, text):
    page.goto("/posts/new/")
    page.fill("#id_title", text)
    page.fill("#id_body", text)
    page.fill("#id_local_time", tomorrow("11:00:00"))
    choose(page, "@hanbit_mobile")
    page.locator("button[value=schedule]").click()
    page.wait_for_url(re.compile(r"/posts/\d+/$"))


def test_a_post_is_dragged_put_back_and_moved_by_keys(screen_of):
    text = f"옮길 공지 {uuid4().hex[:6]}"
    page = screen_of("jiho", "/posts/calendar/")
    scheduled(page, text)
    there, later = tomorrow()[:10], tomorrow(days=2)[:10]
    page.goto(f"/posts/calendar/?day={there}")
    square = page.locator(f".square[data-day='{later}']")
    entry = page.locator(".month .entry", has_text=text)
    entry.drag_to(square)
    expect(square).to_contain_text(text)
    page.locator("#calendar-undo").click()
    former = page.locator(f".square[data-day='{there}']")
    expect(former).to_contain_text(text)
    entry = page.locator(".month .entry", has_text=text)
    entry.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(square).to_contain_text(text)
    expect(page.locator(".month .entry", has_text=text)).to_be_focused()
    page.wait_for_timeout(1000)  # the hint about our own change has been followed by now
    expect(page.locator("#calendar-undo")).to_be_visible()
    expect(page.locator(".month .entry", has_text=text)).to_be_focused()
    page.keyboard.press("m")
    page.fill("#move-at", tomorrow("17:30:00"))
    page.locator("#move-dialog .button--primary").click()
    expect(former).to_contain_text("17:30")
