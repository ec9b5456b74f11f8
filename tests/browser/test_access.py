"""axe finds nothing serious on any page, light or dark, wide or narrow."""

from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

PAGES = [
    ("", "/sign-in/"),
    ("admin", "/"),
    ("admin", "/posts/"),
    ("admin", "/posts/new/"),
    ("admin", "/deliveries/"),
    ("admin", "/accounts/"),
    ("admin", "/people/"),
    ("admin", "/people/new/"),
    ("admin", "/people/units/new/"),
    ("admin", "/activity/"),
    ("admin", "/preferences/"),
    ("admin", "/nowhere/"),
]


def complaints(page):
    found = Axe().run(page).response["violations"]
    return [
        (rule["id"], [node["html"][:160] for node in rule["nodes"]][:3])
        for rule in found
        if rule["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("user", "path"), PAGES)
def test_every_page(user, path, scheme, screen_of):
    page = screen_of(user, path, color_scheme=scheme)
    assert complaints(page) == []
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
