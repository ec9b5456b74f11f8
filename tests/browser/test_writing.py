"""Writing a post as staff do: pictures by upload, a thread, an announcement, and a browser that dies meanwhile."""

from uuid import uuid4

from playwright.sync_api import expect

from tests.factories.pictures import picture_file


def placement(page, kind):
    """The first account of a kind in the form."""
    return page.locator("[data-placement]").filter(has=page.locator(f"[data-kind={kind}]")).first


def open_fold(box, name):
    box.locator("summary", has_text=name).click()


def test_an_article_is_announced_with_its_thread_and_pictures(console, screen_of, tmp_path):
    mark = uuid4().hex[:8]
    file = tmp_path / "jeju.png"
    file.write_bytes(picture_file("PNG", (900, 600), colour=(35, 82, 200)).read())
    page = screen_of("jiho", "/posts/new/")
    page.fill("#id_title", f"제주 5G {mark}")
    page.fill("#id_body", f"한라산 **백록담**까지 5G가 터집니다. {mark}")
    for kind in ("x", "blog"):
        placement(page, kind).locator("[name=accounts]").check()
    x = placement(page, "x")
    open_fold(x, "이 계정용 문구")
    x.locator("textarea[name^=text_]").fill(f"한라산에서도 5G! {{{{link}}}} {mark}")
    open_fold(x, "스레드")
    x.locator("textarea[name^=part_]").last.fill(f"관음사 코스도 됩니다 {mark}")
    page.set_input_files("[data-upload]", str(file))
    page.locator("[data-picture] [name^=alt_]").fill("파란 바탕")
    page.locator(".fold > summary", has_text="링크").click()
    page.check("#id_is_announced")
    preview = page.locator("#previews")
    expect(preview.locator("[data-look=blog] strong", has_text="백록담")).to_be_visible()
    expect(preview.locator("[data-look=x] .look__parts")).to_contain_text("관음사")
    expect(page.locator("[data-scratch-news]")).not_to_be_empty()
    expect(preview.locator("[data-blocks=true]")).to_have_count(0)
    page.close()  # and the browser dies

    again = screen_of("jiho", "/posts/new/")
    again.locator("a[href*=scratch]").click()
    expect(again.locator("#id_title")).to_have_value(f"제주 5G {mark}")
    expect(again.locator("[data-picture] [name^=alt_]")).to_have_value("파란 바탕")
    again.locator("button[name=then][value=now]").click()
    expect(again.locator("#post .badge", has_text="발송 완료")).to_have_count(3)
    assert console.stands(f"관음사 코스도 됩니다 {mark}") == 1


def test_a_picture_is_chosen_from_the_library_by_keyboard(console, screen_of, tmp_path):
    file = tmp_path / "sky.png"
    file.write_bytes(picture_file("PNG", (400, 300), colour=(90, 160, 240)).read())
    page = screen_of("jiho", "/posts/new/")
    page.set_input_files("[data-upload]", str(file))
    expect(page.locator("[data-picture]")).to_have_count(1)
    page.locator("[data-picture] [data-remove]").press("Enter")
    expect(page.locator("[data-picture]")).to_have_count(0)
    page.locator("[data-open-library]").press("Enter")
    page.locator("#library-dialog [data-pick]").first.press("Enter")
    expect(page.locator("[data-picture]")).to_have_count(1)
    expect(page.locator("[data-picture] [name^=alt_]")).to_be_focused()
