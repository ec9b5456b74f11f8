"""A real browser on a bench's screens, signed in without typing."""

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Page, sync_playwright

from opsconsole.local.browser import chromium
from opsconsole.local.problems import Problem

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@contextlib.contextmanager
def screen(url: str, session: str) -> Iterator[Page]:
    """Yield a page of a browser that holds a session's cookie; Problem when there is no browser."""
    path = chromium()
    if not path:
        raise Problem("This bench looks at a screen: install Chromium and start it again.")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ko-KR")
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        yield context.new_page()
        browser.close()
