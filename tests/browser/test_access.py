"""axe finds nothing serious on any page, light or dark, wide or narrow."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import complaints

PAGES = [
    ("", "/sign-in/"),
    ("admin", "/"),
    ("admin", "/posts/"),
    ("admin", "/posts/new/"),
    ("admin", "/posts/import/"),
    ("admin", "/posts/calendar/"),
    ("admin", "/posts/calendar/?view=week"),
    ("admin", "/posts/calendar/?view=day"),
    ("admin", "/posts/calendar/subscribe/"),
    ("admin", "/posts/missed/"),
    ("admin", "/posts/1/certificate/"),
    ("admin", "/posts/campaigns/1/certificate/"),
    ("admin", "/accounts/1/budget/"),
    ("admin", "/accounts/1/spending/"),
    ("admin", "/accounts/1/followers/"),
    ("admin", "/accounts/1/past/"),
    ("admin", "/accounts/1/delete/"),
    ("admin", "/accounts/1/push/"),
    ("admin", "/accounts/1/listening/"),
    ("admin", "/accounts/6/signature/"),
    ("admin", "/accounts/1/reconnect/"),
    ("admin", "/accounts/connect/"),
    ("admin", "/accounts/connect/x/"),
    ("admin", "/accounts/connect/facebook/"),
    ("admin", "/accounts/connect/blog/"),
    ("admin", "/accounts/connect/feed/"),
    ("admin", "/accounts/apps/"),
    ("admin", "/accounts/apps/x/"),
    ("admin", "/posts/series/"),
    ("admin", "/posts/campaigns/"),
    ("admin", "/posts/library/"),
    ("admin", "/live/"),
    ("sora", "/live/"),
    ("sora", "/live/1/"),
    ("admin", "/live/new/"),
    ("sora", "/posts/approvals/"),
    ("sora", "/posts/approvals/rules/"),
    ("sora", "/posts/approvals/rules/1/"),
    ("admin", "/posts/campaigns/new/"),
    ("admin", "/deliveries/"),
    ("admin", "/holds/"),
    ("admin", "/holds/past/"),
    ("admin", "/watch/"),
    ("admin", "/accounts/"),
    ("admin", "/people/"),
    ("admin", "/people/new/"),
    ("admin", "/people/units/new/"),
    ("admin", "/activity/"),
    ("admin", "/preferences/"),
    ("sora", "/duty/"),
    ("sora", "/duty/units/1/hand-over/"),
    ("sora", "/today/"),
    ("sora", "/today/waits/"),
    ("sora", "/reports/"),
    ("sora", "/reports/levels/"),
    ("sora", "/reports/?measure=any&group=hour"),
    ("sora", "/reports/rows/?measure=any&part=all"),
    ("sora", "/notices/"),
    ("sora", "/notices/settings/"),
    ("sora", "/promises/"),
    ("admin", "/conversations/1/customer/erase/"),
    ("sora", "/consults/"),
    ("sora", "/drafts/"),
    ("sora", "/saved-replies/"),
    ("sora", "/initials/"),
    ("sora", "/routing/"),
    ("sora", "/misroutes/"),
    ("sora", "/desks/1/"),
    ("sora", "/desks/1/clocks/"),
    ("admin", "/nowhere/"),
]
#: Where one meets the frame of those who have not signed in, or are lost.
OUTSIDE = {"/sign-in/", "/nowhere/"}


@pytest.mark.parametrize(("user", "path"), PAGES)
def test_every_page(user, path, screen_of):
    page = screen_of(user, path, color_scheme="light")
    assert (page.locator("main.plain").count() > 0) == (path in OUTSIDE), "this page is not there"
    assert complaints(page) == []
    page.emulate_media(color_scheme="dark")
    assert complaints(page, only=["color-contrast"]) == []
    assert page.title()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_conversation(scheme, console, screen_of):
    question = f"접근성은요 {uuid4().hex[:8]}"
    console.say(question)
    page = screen_of("sora", "/?view=all", color_scheme=scheme)
    page.locator("#queue-list .row__link", has_text=question).click()
    expect(page.locator("#timeline")).to_contain_text(question)
    page.fill("#reply-text", "답변을 쓰는 중")
    assert complaints(page) == []
    page.locator("#menu-hand-over summary").click()
    assert complaints(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert complaints(page) == []
