"""Films of posts: taken in at the door, checked for each platform, shown, and brought there whole."""

import hashlib
from uuid import uuid4

import pytest
import requests

from campaigns.actions.library import image_add
from campaigns.actions.posts import post_create, post_schedule
from campaigns.contents import Picked
from campaigns.models import LibraryImage
from campaigns.selectors.library import image_bytes
from channels.models import Delivery
from channels.tasks import dispatch
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import make_content, make_image
from tests.factories.channels import make_account
from tests.factories.films import film_file
from tests.factories.people import make_unit, make_user
from tests.factories.pictures import picture_file
from tests.support.html import text_of
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def user(unit):
    return make_user(role="staff", unit=unit, language="en")


@pytest.fixture
def seo(user):
    return actor_for(user)


@pytest.fixture
def page(client, user):
    client.force_login(user)
    return client


def take(seo, unit, *args, **given):
    return image_add(seo, unit_id=unit.pk, upload=film_file(*args, **given), alt_text="불꽃놀이")


def refusals(page, unit, account, *images):
    """What the preview says of images on an account."""
    form = {"unit": unit.pk, "accounts": [account.pk], "body": "Look", "title": "T"}
    form |= {"images": [one.pk for one in images]}
    form |= {f"alt_{one.pk}": "words" for one in images}
    return text_of(page.post("/posts/preview/", form))


def test_a_film_is_kept_as_pictures_are(seo, unit):
    film = take(seo, unit, 12.5, (720, 1280), traces=b"+37.5665+126.9780/")
    assert (film.is_film, film.seconds, film.width, film.height) == (True, 12.5, 720, 1280)
    assert (film.content_type, film.name, film.alt_text) == ("video/mp4", "film", "불꽃놀이")
    content = image_bytes(film)
    assert hashlib.sha256(content).hexdigest() == film.sha256
    assert len(content) == film.size
    assert b"+37.5665" not in content
    assert image_bytes(film, small=True)[8:12] == b"WEBP"
    assert take(seo, unit, 12.5, (720, 1280), traces=b"+37.5665+126.9780/").pk == film.pk
    assert LibraryImage.objects.count() == 1


def test_what_cannot_be_read_is_refused_in_words(page, unit):
    answer = page.post(
        "/posts/library/add/", {"unit": unit.pk, "file": film_file(codec=b"hvc1")},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "H.264" in answer.json()["detail"]
    assert not LibraryImage.objects.exists()


def test_a_script_hears_what_was_taken_in(page, unit):
    answer = page.post(
        "/posts/library/add/", {"unit": unit.pk, "file": film_file(90)},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["seconds"]) == (201, 90.0)


def test_each_platforms_limits_are_told_before_anything_is_sent(page, seo, unit):
    x, facebook, blog = (make_account(kind=k, unit=unit) for k in ("x", "facebook", "blog"))
    short, long = take(seo, unit, 30), take(seo, unit, 141)
    picture = make_image(unit=unit, actor=seo)
    assert "too long for Account" in refusals(page, unit, x, long)
    assert "2:21, and at most 2:20" in refusals(page, unit, x, long)
    assert "too long" not in refusals(page, unit, facebook, long)
    for account in (x, facebook):
        assert "a film only by itself" in refusals(page, unit, account, short, picture)
    assert "only by itself" not in refusals(page, unit, blog, short, picture)
    LibraryImage.objects.filter(pk=short.pk).update(size=100_000_001)
    for account in (x, facebook, blog):
        assert "at most 100 MB" in refusals(page, unit, account, short)


def test_a_post_with_too_long_a_film_is_not_scheduled_and_keeps_what_was_typed(seo, unit):
    account, film = make_account(kind="x", unit=unit), take(seo, unit, 200)
    content = make_content(account, images=[Picked(film.pk, "Fireworks")])
    post = post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    with pytest.raises(Invalid) as refused:
        post_schedule(seo, post_id=post.pk)
    assert refused.value.code == "film_length"
    assert post.images.get().alt_text == "Fireworks"
    assert not Delivery.objects.exists()


def test_it_is_played_on_its_page_and_in_the_preview_in_pieces(page, seo, unit):
    film, account = take(seo, unit, 30), make_account(kind="x", unit=unit)
    shown = page.get(f"/posts/library/{film.pk}/").content.decode()
    assert "<video controls" in shown
    assert "MP4 · 0:30" in shown
    preview = page.post(
        "/posts/preview/",
        {"unit": unit.pk, "accounts": [account.pk], "body": "Look", "images": [film.pk]},
    ).content.decode()
    assert 'aria-label="불꽃놀이"' in preview
    address = f"/posts/library/{film.pk}/file/"
    content = image_bytes(film)
    whole = page.get(address)
    assert (whole.status_code, b"".join(whole)) == (200, content)
    assert whole["Content-Type"] == "video/mp4"
    for asked, part in [("0-99", content[:100]), ("100-", content[100:]), ("-7", content[-7:])]:
        piece = page.get(address, headers={"Range": f"bytes={asked}"})
        assert (piece.status_code, b"".join(piece)) == (206, part)
    assert piece["Content-Range"] == f"bytes {film.size - 7}-{film.size - 1}/{film.size}"
    assert page.get(address, headers={"Range": f"bytes={film.size}-"}).status_code == 416


def media_of(line, external_id):
    """The bytes that stand on a platform, by their files there."""
    shown = line.sandbox.control("item", id=external_id)
    files = [
        line.sandbox.control("item", id=number) for number in shown.get("media") or shown["photos"]
    ]
    origin = line.sandbox.url
    return [requests.get(f"{origin}/media/{one['id']}", timeout=10).content for one in files]


@pytest.mark.parametrize("kind", ["x", "facebook"])
def test_it_arrives_whole(kind, sandbox, seo, unit):
    line = connect(sandbox, kind, unit=unit)
    sandbox.control("settings", {"account": line.there["name"], "x_processing_seconds": 0})
    film = take(seo, unit, 20, body=300_000)
    content = make_content(line.account, images=[Picked(film.pk, "불꽃놀이")], body="보세요")
    post = post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    post_schedule(seo, post_id=post.pk)
    Delivery.objects.update(not_before=now())
    dispatch()
    delivery = Delivery.objects.get()
    assert delivery.state == "sent", delivery.reason
    (there,) = media_of(line, delivery.external_id)
    assert hashlib.sha256(there).hexdigest() == film.sha256


def test_in_an_article_it_stands_below_the_words_and_the_first_picture_is_featured(
    sandbox, seo, unit
):
    line = connect(sandbox, "blog", unit=unit)
    film = take(seo, unit, 20, body=50_000)
    still = image_add(seo, unit_id=unit.pk, upload=picture_file(), alt_text="사진")
    content = make_content(
        line.account, title="소식", body="보세요",
        images=[Picked(film.pk, "불꽃놀이"), Picked(still.pk, "사진")],
    )  # fmt: skip
    post = post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    post_schedule(seo, post_id=post.pk)
    Delivery.objects.update(not_before=now())
    dispatch()
    delivery = Delivery.objects.get()
    assert delivery.state == "sent", delivery.reason
    number = delivery.external_id.rpartition(":")[2]
    base = line.there["base_url"].rstrip("/")
    article = requests.get(f"{base}/wp-json/wp/v2/posts/{number}", timeout=10).json()
    words = article["content"]["rendered"]
    assert 'class="wp-block-video"' in words
    assert 'aria-label="불꽃놀이"' in words
    assert "wp-block-image" not in words
    source = words.partition('<video controls src="')[2].partition('"')[0]
    there = requests.get(source, timeout=10).content
    assert hashlib.sha256(there).hexdigest() == film.sha256
    featured = requests.get(
        f"{base}/wp-json/wp/v2/media/{article['featured_media']}", timeout=10
    ).json()
    assert featured["mime_type"] == "image/png"
