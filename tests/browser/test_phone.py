"""On a phone: one pane at a time, nothing sticks out, everything within reach of a thumb."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect


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
     "/posts/library/", "/posts/campaigns/", "/posts/campaigns/new/", "/posts/approvals/", "/posts/approvals/rules/1/",
     "/live/", "/live/new/",
     "/deliveries/", "/holds/", "/watch/", "/accounts/", "/people/", "/activity/", "/duty/",
     "/preferences/", "/consults/", "/routing/", "/routing/new/", "/misroutes/", "/today/", "/today/waits/",
     "/notices/", "/notices/settings/", "/promises/", "/drafts/", "/saved-replies/"],
)  # fmt: skip
def test_no_page_is_wider_than_a_phone(path, screen_of):
    page = screen_of("admin", path, width=390)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
