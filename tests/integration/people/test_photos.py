"""Photos: what is kept of an upload, and who may see it."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from opsconsole.people import photos
from opsconsole.people.actions import photo_set
from opsconsole.people.selectors import actor_for
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_user
from tests.integration.people import pictures
from tests.integration.people.conftest import verbs_of

PROFILE = {"nickname": "Ana", "language": "en", "theme": "system"}


def upload(client, content, name="me.png"):
    photo = pictures.named(content, name)
    return client.post("/preferences/", PROFILE | {"photo": photo})


def give_photo(user, **given):
    content = pictures.encoded(**given)
    photo_set(actor_for(user), upload=SimpleUploadedFile("p.png", content))
    user.refresh_from_db()
    return user


def stored(user) -> bytes:
    user.refresh_from_db()
    with user.photo.open("rb") as file:
        return file.read()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_any_usual_picture_becomes_a_small_square(ana, browser, kind):
    assert upload(browser(ana), pictures.encoded(kind)).status_code == 302
    with Image.open(BytesIO(stored(ana))) as kept:
        assert kept.format == "WEBP"
        assert kept.size == (photos.SIDE, photos.SIDE)
    assert verbs_of(ana)[-2:] == ["people.photo.changed", "people.preferences.changed"]


def test_nothing_of_the_file_but_the_picture_is_kept(ana, browser):
    hidden = b"<script>alert(1)</script>"
    upload(browser(ana), pictures.with_metadata() + hidden, "me.jpg")
    kept = stored(ana)
    assert pictures.SECRET not in kept
    assert hidden not in kept
    with Image.open(BytesIO(kept)) as picture:
        assert not picture.getexif()
        red, green, _blue = picture.convert("RGB").getpixel((128, 5))
        assert (red > 150, green < 80) == (True, True)  # the left side has become the top


def test_of_a_film_the_first_picture_is_kept(ana, browser):
    upload(browser(ana), pictures.film(), "me.gif")
    with Image.open(BytesIO(stored(ana))) as kept:
        assert getattr(kept, "n_frames", 1) == 1
        _red, green, blue = kept.convert("RGB").getpixel((128, 128))
        assert green > blue


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture at all",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        pictures.encoded()[:60],
        pictures.bomb(7_000),
        pictures.bomb(12_000),
        pictures.bomb(60_000),
        pictures.encoded("BMP"),
        pictures.encoded("TIFF"),
    ],
    ids=["empty", "text", "svg", "cut off", "bomb", "big bomb", "huge bomb", "bmp", "tiff"],
)
def test_what_is_no_picture_is_refused_and_the_rest_kept(ana, browser, content):
    given = PROFILE | {"nickname": "Anastasia", "photo": pictures.named(content)}
    answer = browser(ana).post("/preferences/", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_photo_error"' in page
    assert 'value="Anastasia"' in page
    ana.refresh_from_db()
    assert (ana.photo.name, ana.nickname) == ("", "Ana")


def test_too_large_a_file_is_refused_unread(ana, browser, monkeypatch):
    monkeypatch.setattr(photos, "LARGEST_FILE", 100)
    answer = upload(browser(ana), pictures.encoded())
    assert answer.status_code == 422
    assert "at most 5 MB" in answer.content.decode()


def test_colleagues_see_it_and_strangers_do_not(ana, browser):
    give_photo(ana)
    colleague = browser(make_user(role="guest"))
    answer = colleague.get(ana.photo_url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]
    assert answer.content == stored(ana)
    assert browser().get(ana.photo_url).status_code == 302
    assert browser().get(f"/media/{ana.photo.name}").status_code == 404


def test_only_the_present_photo_can_be_had(ana, browser, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = give_photo(ana).photo_url
        second = give_photo(ana, colour=(1, 2, 3)).photo_url
        third = give_photo(ana).photo_url
    client = browser(ana)
    assert len({first, second, third}) == 3
    codes = [client.get(url).status_code for url in (first, second, third)]
    assert codes == [404, 404, 200]
    assert client.get(f"/photos/{ana.pk}/..%2Fsecret").status_code == 404
    assert len(ana.photo.storage.listdir("people")[1]) == 1


def test_a_lost_file_is_not_found(ana, browser):
    give_photo(ana)
    ana.photo.storage.delete(ana.photo.name)
    assert browser(ana).get(ana.photo_url).status_code == 404


def test_one_can_take_it_away(ana, browser):
    client = browser(ana)
    give_photo(ana)
    assert "photo-remove" in client.get("/preferences/").content.decode()
    assert client.post("/preferences/photo/remove/").status_code == 302
    ana.refresh_from_db()
    assert ana.photo_url == ""
    assert verbs_of(ana)[-1] == "people.photo.removed"
    client.post("/preferences/photo/remove/")
    assert verbs_of(ana).count("people.photo.removed") == 1


def queries(client, path):
    with CaptureQueriesContext(connection) as ran:
        page = client.get(path).content.decode()
    return page, len(ran)


def test_photos_are_shown_everywhere_without_a_query_more(company, browser):
    conversation = make_conversation(account=None)
    conversation.assignee = company.operator
    conversation.save(update_fields=["assignee"])
    make_message(conversation)
    client = browser(company.root)
    paths = ["/people/", f"/people/{company.operator.pk}/", f"/conversations/{conversation.pk}/"]
    before = [queries(client, path)[1] for path in paths]
    for user in (company.operator, company.root):
        give_photo(user)
    for path, count in zip(paths, before, strict=True):
        page, now = queries(client, path)
        assert company.operator.photo_url in page
        assert company.root.photo_url in page
        assert "/media/" not in page
        assert now == count


def test_the_api_tells_the_private_address(ana, browser):
    assert browser(ana).get("/api/v1/me/").json()["photo"] is None
    give_photo(ana)
    assert browser(ana).get("/api/v1/me/").json()["photo"] == ana.photo_url
