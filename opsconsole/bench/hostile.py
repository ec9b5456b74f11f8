"""Hostile texts through every channel: are they stored, shown harmless, and answerable?"""

from collections.abc import Iterator
from uuid import uuid4

from playwright.sync_api import Dialog, Page

from opsconsole.bench import platform
from opsconsole.bench.bodies import HOSTILE
from opsconsole.bench.browser import screen
from opsconsole.bench.report import Figure
from opsconsole.local.stack import Stack

PLATFORMS = ("x", "facebook", "wordpress")
#: Whatever a text may turn into inside a message: lines, and links to the web.
HARMLESS = """() => {
  const words = [...document.querySelectorAll(".bubble .text, .row__text, .reply-state__target")];
  const isWebLink = (node) =>
    node.matches("a[href^='http://'], a[href^='https://']") && node.attributes.length <= 2;
  const odd = words
    .flatMap((node) => [...node.querySelectorAll("*")])
    .filter((node) => !node.matches("bdi, br, svg, use, .visually-hidden") && !isWebLink(node));
  return document.querySelectorAll(".bubble .text").length > 0 && odd.length === 0;
}"""


def measure(quick: bool) -> Iterator[Figure]:
    """Every body from every channel (quick: six of them)."""
    bodies = dict(list(HOSTILE.items())[:6]) if quick else HOSTILE
    wanted = len(bodies) * len(PLATFORMS)
    with Stack() as stack:
        stack.adopt()
        from opsconsole.bench import traffic  # Django can be set up only once the stack runs

        traffic.connect(stack.sandbox_url, poll_every=1)
        known = traffic.newest_message()
        for name in PLATFORMS:
            for number, body in enumerate(bodies.values()):
                author = f"악성 {number} {uuid4().hex[:4]}"
                wish = {"platform": name, "text": body, "author": author}
                platform.control(stack.sandbox_url, "say", wish)
        asked = traffic.questions_after(known, wanted, by="악성")
        yield Figure("hostile texts written", wanted, "")
        yield Figure("stored", len(asked), "", wanted, better="exact")
        answers = [f"답변 {uuid4().hex}" for _ in asked]
        for question, text in zip(asked, answers, strict=True):
            traffic.answer(question, text)
        settled = traffic.wait_until_settled(len(asked), 120)
        counts = platform.counts(stack.sandbox_url)
        session, paths = traffic.session(), [f"/conversations/{q[1]}/" for q in asked]
        with screen(stack.url, session) as page:
            harmless = sum(_is_harmless(page, stack.url + path) for path in paths)
        yield Figure("shown harmless", harmless, "", wanted, better="exact")
        yield Figure("answers sent", settled["sent"], "", wanted, better="exact")
        yield Figure("answers on the platform once", sum(counts.get(t) == 1 for t in answers), "",
                     wanted, better="exact")  # fmt: skip


def _is_harmless(page: Page, url: str) -> bool:
    """Open a conversation: nothing asks, nothing runs, nothing but words and web links is drawn."""
    heard: list[str] = []

    def hear(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", hear)
    answer = page.goto(url)
    is_clean = answer is not None and answer.ok and bool(page.evaluate(HARMLESS))
    page.remove_listener("dialog", hear)
    return is_clean and not heard
