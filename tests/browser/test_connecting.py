"""One journey for each way of connecting, clicked through the imitated platforms; axe looks at every step."""

import re

import pytest
from playwright.sync_api import Page, expect

from opsconsole.bench import platform
from tests.browser.accessibility import complaints


@pytest.fixture
def fresh(console):
    """A new account at a platform, that nobody has connected."""

    def make(kind: str, **wish):
        return platform.control(console.sandbox_url, "accounts", {"platform": kind, **wish})

    return make


def follow(page: Page, name: str) -> None:
    """Wait until the page has come so far by itself."""
    expect(page.locator(f"#connecting[data-state={name}]")).to_be_visible()
    assert complaints(page) == []


def connect(page: Page, name: str) -> None:
    """Give the one that was found a name, and connect it."""
    page.locator("input[name=name_0]").fill(name)
    page.locator("#connecting form .button--primary").click()
    expect(page.locator("h1")).to_contain_text(name)
    expect(page).to_have_url(re.compile(r"/accounts/\d+/$"))


def test_x_by_signing_in(console, screen_of, fresh):
    there = fresh("x", name="journey_x", title="여정")
    page = screen_of("admin", "/accounts/connect/x/")
    assert complaints(page) == []
    page.get_by_role("button", name="X로 이동").click()
    follow(page, "away")
    page.get_by_role("link", name="X로 이동").click()
    page.select_option("#as", there["name"])
    page.locator("button[value=allow]").click()
    follow(page, "found")
    expect(page.locator(".checks__one[data-tone=ok]")).to_have_count(6)
    connect(page, "여정의 X")
    expect(page.locator("#account")).to_contain_text("연결됨")


def test_who_says_no_comes_back_to_a_page_that_says_so(screen_of):
    page = screen_of("admin", "/accounts/connect/x/")
    page.get_by_role("button", name="X로 이동").click()
    page.get_by_role("link", name="X로 이동").click()
    page.locator("button[value=cancel]").click()
    follow(page, "failed")
    expect(page.locator("#connecting")).to_contain_text("승인하지 않았습니다")


def test_several_pages_of_facebook(screen_of, fresh):
    for word in ("one", "two"):
        fresh("facebook", name=f"journey_{word}", title=f"Journey {word}", app="house")
    page = screen_of("admin", "/accounts/connect/facebook/")
    page.get_by_role("button", name="Facebook으로 이동").click()
    page.get_by_role("link", name="Facebook으로 이동").click()
    for box in page.locator("input[name=page]").all():
        box.uncheck()
    page.get_by_label("Journey one").check()
    page.get_by_label("Journey two").check()
    page.locator("input[value=pages_messaging]").uncheck()
    page.locator("button[value=allow]").click()
    follow(page, "found")
    expect(page.locator(".checks__one[data-tone=warn]")).to_have_count(2)
    page.locator("input[name=take_0]").check()
    page.locator("input[name=take_1]").check()
    page.locator("#connecting form .button--primary").click()
    expect(page).to_have_url(re.compile(r"/accounts/$"))
    expect(page.locator("#accounts")).to_contain_text("Journey one")
    expect(page.locator("#accounts")).to_contain_text("Journey two")


def test_wordpress_by_allowing_it_on_the_site(screen_of, fresh):
    there = fresh("wordpress", name="journeyblog", title="여정 블로그")
    page = screen_of("admin", "/accounts/connect/blog/")
    page.locator("form[action*=sign_in] input[name=base_url]").fill(there["base_url"])
    page.get_by_role("button", name="사이트 찾기").click()
    follow(page, "away")
    page.get_by_role("link", name="사이트로 이동").click()
    page.locator("button[value=approve]").click()
    follow(page, "found")
    connect(page, "여정의 블로그")


def test_a_feed_by_the_address_of_its_blog(screen_of, fresh):
    there = fresh("wordpress", name="journeyfeed", title="여정 노트", rest=False)
    page = screen_of("admin", "/accounts/connect/feed/")
    page.locator("input[name=base_url]").fill(there["base_url"])
    page.get_by_role("button", name="피드 찾기").click()
    follow(page, "found")
    connect(page, "여정의 피드")


def test_new_credentials_of_somebody_else_are_refused_in_words(console, screen_of, fresh):
    fresh("x", name="stranger_x", title="남")
    ours = next(one for one in console.api("GET", "accounts/")["results"] if one["kind"] == "x")
    page = screen_of("admin", f"/accounts/{ours['id']}/reconnect/")
    page.get_by_role("button", name="X로 이동").click()
    page.get_by_role("link", name="X로 이동").click()
    page.select_option("#as", "x:stranger_x")
    page.locator("button[value=allow]").click()
    follow(page, "found")
    expect(page.locator("#connecting [role=alert]")).to_contain_text("저장하지 않았습니다")
    expect(page.locator("#connecting .button--primary")).to_have_count(0)
