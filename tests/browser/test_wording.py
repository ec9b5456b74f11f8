"""A slash brings a saved reply in at the cursor, and undo takes it out; what a text costs is said meanwhile."""

from uuid import uuid4

from playwright.sync_api import expect


def test_a_saved_reply_goes_in_at_the_cursor_and_out_again(console, screen_of):
    question = f"로밍 요금이 궁금해요 {uuid4().hex[:8]}"
    console.say(question)
    page = screen_of("yuna", "/?view=all")
    page.locator("#queue-list .row__link", has_text=question).click()
    expect(page.locator("#timeline")).to_contain_text(question)
    field = page.locator("#reply-text")
    field.click()
    page.keyboard.type("안녕하세요. /로밍")
    chosen = page.locator("#saved-list [aria-selected=true]")
    expect(chosen).to_contain_text("/로밍")
    expect(field).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
    page.keyboard.press("Enter")
    expect(page.locator("#saved-list")).to_have_count(0)
    assert field.input_value().startswith("안녕하세요. 데이터 로밍은 하루 9,900원부터")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("안녕하세요. /로밍")
    page.keyboard.press("Escape")
    page.fill("#reply-text", "연락처는 010-1234-5678입니다")
    page.keyboard.press("Control+Enter")
    asked = page.locator("[data-problem=needs_confirmation]")
    expect(asked.locator("mark")).to_have_text("010-1234-5678")
    expect(page.locator(".signed__suffix")).to_have_text(" ^YN")
    asked.locator("[data-edit]").click()
    expect(field).to_be_focused()
    cost = page.locator("#reply-cost [data-cost]")
    expect(page.locator("#reply-cost [data-dear]")).to_have_count(0)
    plain = cost.inner_text()
    page.fill("#reply-text", "자세히 hanbit.com 에서")
    expect(page.locator("#reply-cost [data-dear]")).to_contain_text("$0.20")
    page.fill("#reply-text", "자세히 안내드릴게요")
    expect(page.locator("#reply-cost [data-dear]")).to_have_count(0)
    expect(cost).to_have_text(plain)
