"""Two people at one conversation, a browser that dies, and an answer that is taken back."""

from playwright.sync_api import expect

from tests.browser.test_answering import open_conversation, row_of, words


def test_two_operators_see_each_other_type_and_only_one_answers(console, screen_of):
    question, answer = words("청구서가 두 번 왔어요"), words("확인해 드리겠습니다")
    console.say(question)
    yuna, minho = screen_of("yuna", "/?view=all"), screen_of("minho", "/?view=all")
    open_conversation(yuna, question)
    open_conversation(minho, question)
    expect(minho.locator("#company .company__person")).to_have_count(1)
    yuna.locator("#reply-text").press_sequentially(answer)
    expect(minho.locator("#company [data-typing]")).to_have_count(1)
    expect(minho.locator("#company .badge")).to_contain_text("유나")
    expect(minho.locator("#drafts")).to_contain_text(answer)
    expect(row_of(minho, question).locator(".row__here .here__sign")).not_to_have_count(0)
    minho.fill("#reply-text", "제가 답할게요")
    minho.keyboard.press("Control+Enter")
    expect(minho.locator("#reply-form [data-problem=taken]")).to_be_visible()
    expect(minho.locator("#draft-news[data-parked]")).to_be_visible()
    expect(minho.locator("#reply-text")).to_have_value("제가 답할게요")
    yuna.locator("#reply-text").press("Control+Enter")
    expect(yuna.locator("#reply-text")).to_have_value("")
    yuna.close()  # whether or not its good-bye arrives
    expect(minho.locator("#company .company__person")).to_have_count(0, timeout=30_000)
    expect(minho.locator("#draft-news")).to_contain_text(answer)
    assert console.stands("제가 답할게요") == 0


def test_a_draft_outlives_its_browser(console, screen_of):
    question, draft = words("해외에서 문자가 안 와요"), words("로밍 설정을 확인해 주세요")
    console.say(question)
    page = screen_of("yuna", "/?view=all")
    open_conversation(page, question)
    page.locator("#reply-text").press_sequentially(draft)
    expect(page.locator("#reply-saved")).not_to_be_empty()
    page.route("**/*", lambda route: route.abort())  # no good-bye reaches the console any more
    page.close()
    other = screen_of("yuna", "/drafts/", width=390)
    other.locator(".drafts-list__link", has_text=draft).click()
    expect(other.locator("#reply-text")).to_have_value(draft)


def test_an_answer_can_be_taken_back_before_it_leaves(console, screen_of):
    question, answer = words("위약금이 궁금해요"), words("위약금은 없습니다")
    console.say(question)
    page = screen_of("minho", "/preferences/")
    page.locator("#id_undo_seconds").select_option("30")
    page.locator("#profile .button--primary").click()
    page.goto("/?view=all")
    open_conversation(page, question)
    page.fill("#reply-text", answer)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#act-undo")).to_be_visible()
    expect(page.locator("#undo [data-leaves]")).to_contain_text("2")  # it counts down
    page.locator("#conversation-title").focus()
    page.keyboard.press("z")
    expect(page.locator("#reply-text")).to_have_value(answer)
    expect(page.locator("#act-undo")).to_have_count(0)
    expect(page.locator(".message--pending")).to_have_count(0)
    assert console.stands(answer) == 0
