"""On a phone: one pane at a time, nothing sticks out, everything within reach of a thumb."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import complaints


def test_list_conversation_customer_and_back(console, screen_of):
    question = f"폰으로도 되나요 {uuid4().hex[:8]}"
    console.say(question)
    page = screen_of("yuna", "/?view=all", width=390)
    page.locator("#queue-list .row__link", has_text=question).click()
    expect(page.locator("#timeline")).to_contain_text(question)
    expect(page.locator("#queue-list")).to_be_hidden()
    page.locator(".head__panel").click()
    expect(page.locator("#customer-title")).to_be_visible()
    page.locator(".customer__back").click()
    page.locator(".head__back").click()
    expect(page.locator("#queue-list")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    ["/", "/posts/", "/posts/new/", "/posts/calendar/", "/posts/calendar/?view=day",
     "/posts/calendar/subscribe/", "/posts/series/", "/posts/missed/", "/posts/import/",
     "/posts/1/", "/posts/1/edit/", "/posts/1/certificate/", "/posts/campaigns/1/", "/posts/campaigns/1/certificate/",
     "/accounts/1/", "/accounts/1/budget/", "/accounts/1/past/", "/accounts/1/reconnect/", "/accounts/1/listening/",
     "/accounts/connect/", "/accounts/1/push/", "/accounts/1/spending/", "/accounts/1/followers/",
     "/accounts/6/signature/",
     "/accounts/connect/x/",
     "/accounts/connect/blog/", "/accounts/connect/feed/", "/accounts/apps/", "/accounts/apps/facebook/",
     "/posts/library/", "/posts/campaigns/", "/posts/campaigns/new/", "/posts/approvals/", "/posts/approvals/rules/1/",
     "/posts/campaigns/1/rehearse/", "/posts/campaigns/1/edit/", "/posts/series/1/", "/posts/series/1/edit/",
     "/posts/library/1/", "/live/", "/live/new/", "/live/1/",
     "/deliveries/", "/holds/", "/watch/", "/accounts/", "/people/", "/activity/", "/duty/",
     "/preferences/", "/consults/", "/routing/", "/routing/new/", "/misroutes/", "/today/", "/today/waits/",
     "/reports/", "/reports/levels/", "/reports/?measure=any&group=hour", "/reports/rows/?measure=any&part=all",
     "/notices/", "/notices/settings/", "/promises/", "/drafts/", "/saved-replies/"],
)  # fmt: skip
def test_no_page_is_wider_than_a_phone(path, screen_of):
    page = screen_of("admin", path, width=390)
    assert page.locator("main.plain").count() == 0, "this page is not there"
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390


def test_a_phone_has_a_few_places_at_hand_and_the_others_behind_more(screen_of):
    page = screen_of("sora", "/posts/", width=390)
    shown = page.locator("#rail-places .rail__link:visible")
    more = page.locator("#rail-more")
    expect(shown).to_have_count(4)
    assert all(box["width"] >= 44 and box["height"] >= 44 for box in (
        one.bounding_box() for one in [*shown.all(), more]
    ))  # fmt: skip
    expect(more).to_have_attribute("aria-expanded", "false")
    more.focus()
    page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#rail-places .rail__link[aria-current]")).to_be_focused()
    assert shown.count() > 10
    assert complaints(page) == []
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(shown).to_have_count(4)
    more.click()
    page.locator("#rail-places a[href='/holds/']").click()
    expect(page).to_have_url(re.compile("/holds/$"))
    expect(page.locator("#rail-more[data-here]")).to_be_visible()


def test_the_sheet_of_places_closes_when_one_taps_beside_it(screen_of):
    page = screen_of("sora", "/posts/", width=390)
    page.locator("#rail-more").click()
    page.locator("h1").click()
    expect(page.locator("#rail-more")).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("width", [320, 390])
def test_a_desk_needs_no_more_and_a_narrow_phone_none_wider(width, screen_of):
    page = screen_of("sora", "/posts/", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator("#rail-more")).to_be_hidden()
    assert page.locator("#rail-places .rail__link:visible").count() > 10


def test_the_menu_under_ones_name_stays_on_the_screen(screen_of):
    page = screen_of("sora", "/posts/", width=390)
    page.locator(".menu--user summary").click()
    panel = page.locator(".menu--user .menu__panel")
    expect(panel).to_be_visible()
    box = panel.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
