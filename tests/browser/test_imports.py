"""Staff upload a file of posts, look at its rows, import the good ones and take them back."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

HEAD = "제목,본문,계정,날짜,시각,상태"


def file_of(*rows):
    """What Korean Excel saves as CSV."""
    day = (datetime.now(ZoneInfo("Asia/Seoul")) + timedelta(days=3)).date().isoformat()
    text = "\r\n".join([HEAD, *(row.replace("{day}", day) for row in rows)])
    return {"name": "게시물.csv", "mimeType": "text/csv", "buffer": text.encode("cp949")}


def upload(page, *rows):
    page.goto("/posts/import/")
    page.set_input_files("#id_file", file_of(*rows))
    page.locator("main form button.button--primary").click()


def state_of(page):
    return page.locator(".import-facts .badge")


def test_a_file_is_checked_imported_and_taken_back(screen_of):
    mark = uuid4().hex[:8]
    page = screen_of("jiho", "/posts/")
    page.locator(".page__actions a[href$='/posts/import/']").click()
    upload(
        page,
        f"소식,첫 소식 {mark},@hanbit_mobile,{{day}},오후 2:30,예약",
        f"소식,둘째 소식 {mark},한빛 홈; @hanbit_mobile,{{day}},15:30,초안",
        f"소식,없는 곳 {mark},없는 계정,언젠가,15:30,예약",
    )
    expect(state_of(page)).to_have_text("검사 완료")
    faults = page.locator("#row-4 .import-problems[data-tone=danger]")
    expect(faults).to_contain_text("“없는 계정” 계정이 없습니다.")
    expect(faults).to_contain_text("“언젠가” 값을 날짜로 읽을 수 없습니다.")
    with page.expect_download() as download:
        page.locator("a[href$='/to-mend/']").click()
    mended = download.value.path().read_text(encoding="utf-8-sig")
    assert f"없는 곳 {mark}" in mended
    assert "첫 소식" not in mended
    page.locator("button[value=file]").click()
    expect(state_of(page)).to_have_text("가져옴")
    expect(page.locator("#row-2 a", has_text="소식")).to_be_visible()
    page.locator("#row-2 th + td a").first.click()
    expect(page.locator("#post")).to_contain_text(f"첫 소식 {mark}")
    expect(page.locator("#post dl .badge")).to_have_attribute("data-tone", "busy")
    page.go_back()
    page.locator("[data-opens=undo-dialog]").click()
    page.locator("#undo-dialog .button--danger").click()
    expect(state_of(page)).to_have_text("되돌림")
    expect(page.locator("#row-3 .badge")).to_have_text("되돌림")


def test_the_same_file_is_pointed_out_and_a_wrong_one_refused(screen_of):
    page = screen_of("jiho", "/posts/import/")
    row = f",같은 파일 {uuid4().hex[:8]},@hanbit_mobile,{{day}},11:00,초안"
    for _ in range(2):
        upload(page, row)
        expect(state_of(page)).to_have_text("검사 완료")
    expect(page.locator("#import .notice")).to_contain_text("이미 올린 적이 있는 파일입니다.")
    page.goto("/posts/import/")
    broken = {"name": "a.xls", "mimeType": "application/x", "buffer": b"\xd0\xcf\x11\xe0 old"}
    page.set_input_files("#id_file", broken)
    page.locator("main form button.button--primary").click()
    expect(page.locator("#id_file_error")).to_contain_text("이전 형식")


def test_on_a_phone_nothing_sticks_out(screen_of):
    page = screen_of("jiho", "/posts/import/", width=390)
    upload(page, f"제목,{'긴낱말' * 40},@hanbit_mobile,{{day}},언젠가,예약")
    expect(page.locator("#row-2 .import-problems").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
