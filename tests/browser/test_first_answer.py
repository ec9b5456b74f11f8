"""A newcomer's first answer: from the sign-in to "sent" in at most six presses besides the words."""

from uuid import uuid4

from playwright.sync_api import Page, expect

from opsconsole.demo.company import PASSWORD

#: Keys pressed and places clicked, all words typed left out.
AT_MOST = 6


class Hands:
    """Counts what a person does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.count += 1

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)


def test_a_newcomer_answers_in_six_presses(console, screen_of):
    question, answer = f"첫 문의 {uuid4().hex[:8]}", f"첫 답변 {uuid4().hex[:8]}"
    console.say(question, unit="Mobile")
    page = screen_of(
        "", "/sign-in/?next=/?view=unassigned%26text=" + question.rsplit(maxsplit=1)[-1]
    )
    hands = Hands(page)
    expect(page.locator("#id_username")).to_be_focused()
    hands.type("yuna")
    hands.press("Tab")
    hands.type(PASSWORD)
    hands.press("Enter")
    expect(page.locator("#queue-list .row__link", has_text=question)).to_be_visible()
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    hands.press("j")
    expect(page.locator("#queue-list .row__link").first).to_be_focused()
    hands.press("Enter")
    expect(page.locator("#timeline")).to_contain_text(question)
    expect(page.locator(".htmx-settling, .htmx-added, .htmx-request")).to_have_count(0)
    hands.press("r")
    expect(page.locator("#reply-text")).to_be_focused()
    hands.type(answer)
    hands.press("Control+Enter")
    sent = page.locator(".message--outbound", has_text=answer)
    expect(sent.locator(".bubble__foot .badge")).to_have_attribute(
        "data-tone", "ok", timeout=40_000
    )
    assert console.stands(answer) == 1
    assert hands.count <= AT_MOST, hands.count
