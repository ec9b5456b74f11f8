"""What only a browser can show of reading: the dot goes when one has looked, and comes back on request."""

from uuid import uuid4

from playwright.sync_api import expect


def test_what_was_looked_at_is_read_until_one_says_otherwise(console, screen_of):
    text = f"Read me {uuid4().hex[:8]}"
    console.say(text)
    page = screen_of("yuna", "/")
    row = page.locator(".row", has_text=text)
    expect(row).to_have_attribute("data-unread", "")
    row.locator(".row__link").click()
    expect(page.locator("#conversation-title")).to_be_visible()
    expect(row).not_to_have_attribute("data-unread", "")
    page.keyboard.press("u")
    expect(row).to_have_attribute("data-unread", "")
    page.reload()
    expect(page.locator("#since-you")).to_be_visible()
