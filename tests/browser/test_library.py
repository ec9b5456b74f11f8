"""The library of images in a browser: several go up at once, each says what became of it, keys lead through them."""

from io import BytesIO
from uuid import uuid4

from PIL import Image
from playwright.sync_api import expect

from tests.browser.accessibility import complaints


def picture(name, colour):
    out = BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "PNG")
    return {"name": f"{name}.png", "mimeType": "image/png", "buffer": out.getvalue()}


def colours():
    mark = uuid4().bytes
    return tuple(mark[:3]), tuple(mark[3:6])


def test_several_go_up_and_are_found_and_described(screen_of):
    name = f"벚꽃 {uuid4().hex[:6]}"
    one, two = colours()
    broken = {"name": f"{name} 3.png", "mimeType": "image/png", "buffer": b"no picture"}
    text = {"name": f"{name} 4.txt", "mimeType": "text/plain", "buffer": b"no"}
    page = screen_of("admin", "/posts/library/")
    page.set_input_files(
        "#upload-files", [picture(f"{name} 1", one), picture(f"{name} 2", two), broken, text]
    )
    expect(page.locator(".tile", has_text=f"{name} 1")).to_be_visible()
    expect(page.locator(".tile", has_text=f"{name} 2")).to_be_visible()
    expect(page.locator(".upload__one[data-state=refused]")).to_have_count(2)
    assert complaints(page) == []
    page.keyboard.press("Tab")
    page.locator("body").press("/")
    expect(page.locator("#library-words")).to_be_focused()
    page.keyboard.type(name)
    expect(page.locator(".tile")).to_have_count(2)
    page.locator(".tile__link").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tile__link").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.fill("#id_alt_text", "강가에 핀 벚꽃")
    assert complaints(page) == []
    page.locator("#about button").first.click()
    expect(page.locator("#toasts")).to_contain_text("저장")
    page.get_by_role("button", name="보관").click()
    page.get_by_role("button", name="다시 꺼내기").click()
    expect(page.get_by_role("button", name="보관")).to_be_visible()


def test_dropped_files_go_up(screen_of):
    name = f"drop-{uuid4().hex[:6]}"
    page = screen_of("admin", "/posts/library/")
    content = list(picture(name, colours()[0])["buffer"])
    page.evaluate(
        """([name, bytes]) => {
          const carrier = new DataTransfer();
          carrier.items.add(new File([new Uint8Array(bytes)], `${name}.png`, { type: "image/png" }));
          const wish = { bubbles: true, cancelable: true, dataTransfer: carrier };
          document.body.dispatchEvent(new DragEvent("drop", wish));
        }""",
        [name, content],
    )
    expect(page.locator(".tile", has_text=name)).to_be_visible()
