"""A post of a campaign: put before a manager, passed on to a guest with a phone, and only then on the platform."""

from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.accessibility import complaints
from tests.browser.test_posts import choose, soon


def start(page, name):
    page.fill("#id_name", name)
    page.locator("form.form .button--primary").click()
    expect(page.locator("h1")).to_contain_text(name)


def set_rule(page, campaign):
    page.goto(f"{campaign}rule/")
    page.select_option("#id_who_0", "manager")
    page.locator("form.form .button--primary").click()
    expect(page).to_have_url(campaign)


def test_nothing_leaves_before_a_guest_has_agreed_for_the_manager(console, screen_of):
    name, text = f"섬 개통 {uuid4().hex[:8]}", f"월요일부터 5G {uuid4().hex[:8]}"
    jiho = screen_of("jiho", "/posts/campaigns/new/")
    start(jiho, name)
    set_rule(screen_of("sora"), jiho.url)
    jiho.locator(".page__actions a[href*='/posts/new/']").click()
    jiho.fill("#id_title", name)
    jiho.fill("#id_body", text)
    jiho.fill("#id_local_time", soon(600))
    choose(jiho, "@hanbit_mobile")
    jiho.locator("button[value=schedule]").click()
    badge = jiho.locator("#post .preview .badge")
    expect(badge).to_have_attribute("data-tone", "warn")

    sora = screen_of("sora", "/posts/approvals/")
    sora.locator(".posts__link", has_text=name).click()
    expect(sora.locator("#approval-title")).to_be_visible()
    assert complaints(sora) == []
    sora.locator("#post details.fold summary").first.click()
    sora.locator("form[action$='/link/'] button").click()
    address = sora.locator("#guest-address").input_value()

    guest = screen_of("", address.replace(console.url, ""), width=390)
    assert guest.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints(guest) == []
    expect(guest.locator("main")).to_contain_text(text)
    guest.fill("#id_name", "조 팀장")
    guest.locator("button[value=approve]").click()
    expect(guest.locator("h1")).to_be_visible()
    expect(badge).to_have_attribute("data-tone", "quiet")
    assert console.stands(text) == 0

    # An edit makes the approval void, and says so at once.
    jiho.locator("#post a[href$='/edit/']").click()
    jiho.fill("#id_body", f"{text} (수정)")
    jiho.locator("button[value=schedule]").click()
    expect(badge).to_have_attribute("data-tone", "warn")
    expect(jiho.locator(".revisions ins").first).to_contain_text("(수정)")
    sora.goto("/posts/approvals/")
    sora.locator(".posts__link", has_text=name).click()
    sora.locator("button[value=approve]").click()
    expect(sora.locator("#post .preview .badge")).to_have_attribute("data-tone", "quiet")
