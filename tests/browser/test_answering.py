"""The loop that operators live in: see, claim, answer, hand over, resolve."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from playwright.sync_api import expect

#: From now on the page hears no hint.
DEAF = """for (const topic of ["conversation", "delivery", "refetch"])
    document.body.addEventListener(`live:${topic}`, (hint) => hint.stopImmediatePropagation(), true)"""


def words(beginning: str) -> str:
    return f"{beginning} {uuid4().hex[:8]}"


def row_of(page, text):
    return page.locator("#queue-list .row__link", has_text=text)


def open_conversation(page, text):
    row_of(page, text).click()
    expect(page.locator("#timeline")).to_contain_text(text)
    # What was just swapped in answers to scripts a few milliseconds later.
    expect(page.locator(".htmx-settling, .htmx-added, .htmx-request")).to_have_count(0)


def test_a_question_appears_by_itself_and_its_answer_stands_on_the_platform(console, screen_of):
    question, answer = words("로밍 요금이 궁금해요"), words("하루 9,900원입니다")
    page = screen_of("yuna", "/?view=all")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    console.say(question)
    open_conversation(page, question)
    page.keyboard.press("c")
    expect(page.locator("#act-release")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("#reply-text")).to_be_focused()
    page.keyboard.type(answer)
    page.keyboard.press("Control+Enter")
    sent = page.locator(".message--outbound", has_text=answer)
    expect(sent.locator(".bubble__foot .badge")).to_have_attribute("data-tone", "ok")
    expect(page.locator("#reply-text")).to_have_value("")
    assert console.stands(answer) == 1
    link = sent.locator("a.bubble__link").get_attribute("href")
    page.goto(link.replace("https://x.com", f"{console.sandbox_url}/x"))
    expect(page.locator("body")).to_contain_text(answer)


def test_an_answer_that_arrives_late_does_not_hide_what_has_happened_since(console, screen_of):
    """The console's word on a sent answer is older than what a hint has fetched meanwhile."""
    question, answer = words("유심을 잃어버렸어요"), words("바로 정지해 드리겠습니다")
    console.say(question)
    page = screen_of("yuna", "/?view=all")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    open_conversation(page, question)
    late = []
    page.route("**/reply/", lambda route: late.append((route, route.fetch())))
    page.fill("#reply-text", answer)
    page.keyboard.press("Control+Enter")
    sent = page.locator(".message--outbound", has_text=answer).locator(".bubble__foot .badge")
    expect(sent).to_have_attribute("data-tone", "ok")
    page.evaluate(DEAF)
    (route, said), *_ = late
    assert 'data-tone="busy"' in said.text(), "the late answer is not older than what is shown"
    route.fulfill(response=said)
    expect(page.locator("#reply-text")).to_have_value("")
    expect(sent).to_have_attribute("data-tone", "ok")


def test_one_claim_wins_and_the_other_is_told_who(console, screen_of):
    question = words("유심이 안 잡혀요")
    console.say(question)
    yuna, minho = screen_of("yuna", "/?view=all"), screen_of("minho", "/?view=all")
    open_conversation(yuna, question)
    open_conversation(minho, question)
    # The slower of two presses: the button is still there because the hint has not come yet.
    minho.route("**/timeline/**", lambda route: route.abort())
    yuna.locator("#act-claim").click()
    expect(yuna.locator("#act-release")).to_be_visible()
    minho.locator("#act-claim").click()
    expect(minho.locator("[data-problem=taken]")).to_contain_text("유나")


def test_a_claim_shows_on_every_open_screen(console, screen_of):
    question = words("고객센터 전화가 안 돼요")
    console.say(question)
    yuna, sora = screen_of("yuna", "/?view=all"), screen_of("sora", "/?view=all")
    open_conversation(sora, question)
    open_conversation(yuna, question)
    yuna.locator("#act-claim").click()
    expect(sora.locator("#conversation-head .head__assignee")).to_contain_text("유나")
    expect(row_of(sora, question).locator(".row__who")).to_contain_text("유나")


def test_what_was_typed_survives_a_reload_and_a_new_line_of_the_customer(console, screen_of):
    question = words("데이터가 느려요")
    told = console.say(question)
    page = screen_of("yuna", "/?view=all")
    open_conversation(page, question)
    page.fill("#reply-text", "확인하고 있습니다")
    expect(page.locator("#reply-saved")).not_to_be_empty()
    page.reload()
    expect(page.locator("#reply-text")).to_have_value("확인하고 있습니다")
    page.locator("#reply-text").focus()
    more = words("지금도요")
    console.say(more, kind="x", in_reply_to=told)
    expect(page.locator("#timeline")).to_contain_text(more)
    expect(page.locator("#draft-news")).to_contain_text(more)
    expect(page.locator("#reply-text")).to_have_value("확인하고 있습니다")


def test_a_refused_answer_keeps_its_words(console, screen_of):
    question = words("번호 이동 문의")
    console.say(question)
    page = screen_of("yuna", "/?view=all")
    open_conversation(page, question)
    page.fill("#reply-text", "제 번호는 010-1234-5678 입니다 " + "가" * 200)
    expect(page.locator("#reply-count")).to_have_attribute("data-tone", "danger")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply-form [data-problem]")).to_be_visible()
    expect(page.locator("#reply-text")).to_have_value(re.compile("010-1234-5678"))


def test_note_tag_hand_over_and_resolve(console, screen_of):
    question = words("집 인터넷 문의를 여기에 했네요")
    told = console.say(question)
    page = screen_of("sora", "/?view=all")
    open_conversation(page, question)
    page.keyboard.press("n")
    page.keyboard.type("홈 부서 건입니다")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message--note")).to_contain_text("홈 부서 건입니다")
    page.locator("#conversation-title").focus()
    page.keyboard.press("t")
    expect(page.locator("#tag-name")).to_be_focused()
    page.keyboard.type("오접수")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation-head")).to_contain_text("#오접수")
    page.locator("#menu-hand-over summary").click()
    page.locator("#menu-hand-over label", has_text="홈").locator("input").check()
    page.fill("#hand-over-reason", "인터넷 상품")
    page.locator("#menu-hand-over button.button--primary").click()
    expect(page.locator("#conversation-head .head__facts")).to_contain_text("홈")
    expect(page.locator("#timeline")).to_contain_text("인터넷 상품")
    page.locator("#conversation-title").focus()
    page.keyboard.press("e")
    page.keyboard.press("d")
    expect(page.locator("#act-reopen")).to_be_visible()
    console.say(words("하나 더요"), in_reply_to=told)
    expect(page.locator("#act-resolve")).to_be_visible()


def test_an_unclear_answer_is_told_and_found(console, screen_of):
    question, answer = words("해지하고 싶어요"), words("해지 절차를 안내드립니다")
    console.say(question, unit="Corporate", kind="facebook")
    page = screen_of("haneul", "/?view=all")
    open_conversation(page, question)
    account = console.account("Corporate", "facebook")
    console.fault(account, "drop_after", method="POST")
    page.fill("#reply-text", answer)
    page.keyboard.press("Control+Enter")
    pending = page.locator(".message--outbound", has_text=answer)
    expect(pending.locator(".badge")).to_have_attribute("data-tone", "busy")
    expect(pending.locator(".bubble__foot .badge")).to_have_attribute("data-tone", "ok")
    assert console.stands(answer) == 1


def test_the_screen_lives_on_without_the_stream(console, screen_of):
    page = screen_of("yuna", "/?view=resolved")
    page.route("**/live", lambda route: route.abort())
    page.goto("/?view=all")
    expect(page.locator("#live")).to_have_attribute("data-state", "down")
    question = words("멤버십 등급 문의")
    console.say(question)
    expect(row_of(page, question)).to_be_visible()


def test_enter_in_the_field_of_the_time_schedules_and_a_part_answer_leaves_the_wait_running(
    console, screen_of
):
    question, part = words("두 가지 여쭤봅니다"), words("첫 번째 답부터 드립니다")
    later = words("내일 아침에 안내드리겠습니다")
    console.say(question)
    page = screen_of("yuna", "/?view=all")
    open_conversation(page, question)
    page.fill("#reply-text", later)
    page.locator("#menu-schedule summary").click()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT09:30")
    page.fill("#send-at", tomorrow)
    page.locator("#send-at").press("Enter")
    expect(page.locator("#draft-news")).to_have_attribute("data-scheduled", "")
    expect(page.locator(".message--outbound")).to_have_count(0)
    expect(page.locator("#menu-schedule[open]")).to_have_count(0)
    page.locator('.draft button[hx-post*="/resume/"]').first.click()
    expect(page.locator("#draft-news")).not_to_have_attribute("data-scheduled", "")
    expect(page.locator("#reply-text")).to_have_value(later)
    page.fill("#reply-text", part)
    page.locator("#menu-schedule summary").click()
    page.locator("button[value=part]").click()
    sent = page.locator(".message--outbound", has_text=part)
    expect(sent.locator(".bubble__foot .badge[data-tone=ok]")).to_be_visible()
    expect(sent.locator(".bubble__foot")).to_contain_text("일부 답변")
    expect(page.locator(".clock__open")).to_contain_text(re.compile(r"\d"))
    assert console.stands(part) == 1
