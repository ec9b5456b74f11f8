"""A question goes to somebody without a login, who answers it on a phone that runs no scripts."""

from uuid import uuid4

from playwright.sync_api import expect


def test_a_guest_answers_on_a_phone_without_scripts(console, screen_of):
    word = uuid4().hex[:8]
    console.say(f"요금제 질문입니다 {word}")
    page = screen_of("yuna", "/?view=all")
    page.locator("#queue-list .row__link", has_text=word).click()
    page.locator("#menu-consult > summary").click()
    page.locator("#consult-question").fill(f"맞는 내용인가요 {word}")
    page.locator("#menu-consult button").click()
    page.locator(".pending__one", has_text=word).click()
    page.locator("form[action$='/links/'] button").click()
    address = page.locator("#guest-address").input_value()

    guest = screen_of("", address, width=390, java_script_enabled=False)
    expect(guest.locator(".consult__question")).to_contain_text(word)
    expect(guest.locator(".consult__line")).to_contain_text(f"요금제 질문입니다 {word}")
    assert guest.locator("html").bounding_box()["width"] <= 390
    guest.locator("#id_name").fill("김 기술")
    guest.locator("#id_answer").fill(f"네, 맞습니다 {word}")
    guest.locator("form button").click()
    expect(guest.locator("h1")).to_be_visible()
    guest.goto(address)
    expect(guest.locator("body")).not_to_contain_text(word)

    page.goto("/?view=all")
    page.locator("#queue-list .row__link", has_text=word).click()
    expect(page.locator("#timeline")).to_contain_text(f"네, 맞습니다 {word}")
