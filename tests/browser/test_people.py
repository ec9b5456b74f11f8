"""Signing in, and being spoken to in one's own language and light."""

from playwright.sync_api import expect

from tests.browser.conftest import sign_in


def test_a_wrong_password_keeps_the_name_and_the_fourth_locks_out(console, screen_of):
    page = screen_of()
    for _ in range(3):
        sign_in(page, console, "guest", "wrong-password")
        expect(page.locator("#id_username")).to_have_value("guest")
        expect(page.locator("[role=alert]")).to_be_visible()
    sign_in(page, console, "guest", "wrong-password")
    sign_in(page, console, "guest")
    expect(page.locator("h1")).not_to_contain_text("받은함")
    assert page.request.get("/api/v1/me/").status in {401, 403}


def test_signing_in_leads_where_one_wanted_to_go_and_out_again(console, screen_of):
    page = screen_of("", "/posts/")
    page.locator("#id_username").fill("jiho")
    page.locator("#id_password").fill("hanbit-demo-2010")
    page.keyboard.press("Enter")
    page.wait_for_url("**/posts/")
    page.locator(".menu--user summary").click()
    page.locator("form[action='/sign-out/'] button").click()
    page.wait_for_url("**/sign-in/**")


def test_language_and_theme_are_a_persons_own(screen_of):
    page = screen_of("emma", "/preferences/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("#id_theme").select_option("dark")
    page.locator("#profile button.button--primary").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_css("color-scheme", "dark")
    page.locator("#id_theme").select_option("system")
    page.locator("#profile button.button--primary").click()
    assert screen_of("yuna", "/").locator("html").get_attribute("lang") == "ko"
