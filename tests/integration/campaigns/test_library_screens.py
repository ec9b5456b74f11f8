"""The library's screens, what scripts ask of it, and its endpoints."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from campaigns.actions.library import image_archive
from campaigns.models import LibraryImage, PostImage
from campaigns.selectors.library import today_here
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import make_image, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_unit, make_user
from tests.factories.pictures import picture_file
from tests.integration.api.conftest import token_client
from tests.support.html import fields_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def user(unit):
    return make_user("seo", role="staff", unit=unit, language="en")


@pytest.fixture
def seo(user):
    return actor_for(user)


@pytest.fixture
def client(user):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def send(client, unit, upload):
    return client.post(
        "/posts/library/add/",
        {"unit": unit.pk, "file": upload},
        headers={"Accept": "application/json"},
    )


def test_a_script_uploads_one_and_hears_what_it_needs(client, unit):
    answer = send(client, unit, picture_file("JPEG", (640, 480), name="벚꽃.jpg"))
    image = LibraryImage.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": image.pk, "name": "벚꽃", "alt": "", "thumb": f"/posts/library/{image.pk}/thumb/",
        "width": 640, "height": 480, "size": image.size, "content_type": "image/jpeg",
        "seconds": None,
    }  # fmt: skip


def test_a_script_hears_what_is_wrong(client, unit):
    refused = send(client, unit, SimpleUploadedFile("a.png", b"no"))
    assert (refused.status_code, refused.json()["code"]) == (422, "not_a_picture")
    assert refused.json()["detail"] == "This file is not a picture we can read."
    assert send(client, make_unit(), picture_file()).json()["code"] == "not_allowed"
    assert send(client, unit, "").json()["code"] == "no_picture"


def test_a_unit_that_is_no_more_is_refused(unit):
    client = Client()
    client.force_login(make_user(role="administrator"))
    unit.pk = 0
    assert send(client, unit, picture_file()).status_code == 404


def test_without_scripts_a_form_uploads_several(client, unit):
    files = [picture_file(name="one.png"), SimpleUploadedFile("two.png", b"no")]
    page = client.post("/posts/library/add/", {"unit": unit.pk, "file": files}, follow=True)
    assert "This file is not a picture we can read." in text_of(page)
    assert "one" in text_of(page)
    assert LibraryImage.objects.count() == 1
    page = client.post("/posts/library/add/", {"unit": unit.pk}, follow=True)
    assert "Choose an image first." in text_of(page)


def test_the_list_says_what_wants_looking_after(client, unit, seo):
    today = today_here()
    make_image(
        unit=unit, actor=seo, name="Old tower", alt_text="x", rights_until=today.replace(year=2020)
    )
    make_image(unit=unit, actor=seo, name="New tower", alt_text="x", rights_until=today)
    make_image(unit=unit, actor=seo, name="Bridge")
    everything = text_of(client.get("/posts/library/"))
    for words in ("Old tower", "Rights ended", "Rights until", "No description", "Bridge"):
        assert words in everything
    found = text_of(client.get("/posts/library/?q=tower&show=ended"))
    assert "Old tower" in found
    assert "New tower" not in found
    assert "Nothing fits" in text_of(client.get("/posts/library/?q=nonsense"))
    assert client.get("/posts/library/?show=nonsense").status_code == 422


def test_an_empty_library_says_what_it_is_for(client):
    assert "The library is empty" in text_of(client.get("/posts/library/"))


def test_readers_see_it_without_what_writes(unit, seo):
    image = make_image(unit=unit, actor=seo, name="Tower", alt_text="A red tower")
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user(role="operator", unit=unit, language="en"))
    assert "Upload images" not in text_of(client.get("/posts/library/"))
    page = client.get(f"/posts/library/{image.pk}/")
    assert "A red tower" in text_of(page)
    assert "Archive" not in text_of(page)
    assert client.post(f"/posts/library/{image.pk}/", {"name": "x"}).status_code == 403
    assert client.post(f"/posts/library/{image.pk}/archive/").status_code == 403


def test_what_is_said_of_it_is_changed_and_what_was_typed_stays(client, unit, seo):
    image = make_image(unit=unit, actor=seo)
    address = f"/posts/library/{image.pk}/"
    fields = fields_of(client.get(address), "about") | {"name": "Tower", "alt_text": "Red"}
    assert client.post(address, fields).status_code == 302
    late = client.post(address, fields | {"rights": "Studio A"})
    assert late.status_code == 409
    assert "Somebody else has changed this image meanwhile." in text_of(late)
    assert "Studio A" in late.content.decode()
    empty = client.post(address, fields | {"name": "", "version": 2})
    assert empty.status_code == 422
    image.refresh_from_db()
    assert (image.name, image.alt_text, image.rights) == ("Tower", "Red", "")


def test_one_after_the_other_gets_a_description(client, unit, seo):
    first, second = (make_image(unit=unit, actor=seo) for _ in range(2))
    address = f"/posts/library/{second.pk}/"
    fields = fields_of(client.get(address), "about") | {"alt_text": "Red", "then": "next"}
    assert client.post(address, fields).url == f"/posts/library/{first.pk}/"
    address = f"/posts/library/{first.pk}/"
    fields = fields_of(client.get(address), "about") | {"alt_text": "Red", "then": "next"}
    assert client.post(address, fields).url == address


def test_it_names_the_posts_that_have_it(client, unit, seo):
    image = make_image(unit=unit, actor=seo)
    assert "No post has this image yet." in text_of(client.get(f"/posts/library/{image.pk}/"))
    mine = make_post(make_account(unit=unit), title="Spring", actor=seo)
    foreign = make_post(make_account(unit=make_unit()), title="Autumn")
    for post in (mine, foreign):
        PostImage.objects.create(post=post, image=image, position=0)
    page = text_of(client.get(f"/posts/library/{image.pk}/"))
    assert "Spring" in page
    assert "Autumn" not in page


def test_archived_and_brought_back(client, unit, seo):
    image = make_image(unit=unit, actor=seo, name="Tower")
    page = client.post(f"/posts/library/{image.pk}/archive/", follow=True)
    assert "It is offered for posts no more" in text_of(page)
    assert "Tower" not in text_of(client.get("/posts/library/"))
    assert "Tower" in text_of(client.get("/posts/library/?show=archived"))
    page = client.post(f"/posts/library/{image.pk}/restore/", follow=True)
    assert "It is offered for posts no more" not in text_of(page)
    assert client.post(f"/posts/library/{image.pk}/burn/").status_code == 404


def test_the_choice_for_a_post(client, unit, seo):
    image = make_image(unit=unit, actor=seo, name='A "red" tower', alt_text="Tower")
    image_archive(seo, image_id=make_image(unit=unit, actor=seo, name="Gone").pk)
    make_image(unit=make_unit(), name="Foreign")
    page = client.get(f"/posts/library/pick/?q=tower&unit={unit.pk}").content.decode()
    for part in (
        "data-pick", f'data-id="{image.pk}"', 'data-name="A &quot;red&quot; tower"',
        'data-alt="Tower"', f'data-thumb="/posts/library/{image.pk}/thumb/"',
    ):  # fmt: skip
        assert part in page
    everything = client.get("/posts/library/pick/").content.decode()
    assert "Gone" not in everything
    assert "Foreign" not in everything
    assert "No image has these words." in client.get("/posts/library/pick/?q=zzz").content.decode()


def test_the_choice_goes_on_where_it_stopped(client, unit, seo):
    for _ in range(25):
        make_image(unit=unit, actor=seo)
    first = client.get(f"/posts/library/pick/?unit={unit.pk}").content.decode()
    assert first.count("data-id=") == 24
    more = first.split('data-url="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(more).content.decode().count("data-id=") == 1


def test_its_endpoints(user, unit):
    client = token_client(user)
    made = client.post(
        "/api/v1/images/",
        {"unit": unit.pk, "file": picture_file(name="t.png"), "rights": "Studio A"},
        format="multipart",
    )
    assert made.status_code == 201, made.content
    address = f"/api/v1/images/{made.json()['id']}/"
    change = {"name": "Tower", "alt_text": "Red", "rights_until": "2030-01-31", "version": 1}
    changed = client.put(address, change, format="json").json()
    assert (changed["name"], changed["rights"], changed["rights_until"]) == (
        "Tower",
        "",
        "2030-01-31",
    )
    assert client.put(address, change, format="json").json()["code"] == "version"
    assert [row["id"] for row in client.get("/api/v1/images/?text=red").json()["results"]] == [
        changed["id"]
    ]
    assert client.post(f"{address}archive/").json()["archived_at"]
    assert client.get("/api/v1/images/").json()["results"] == []
    assert client.get("/api/v1/images/?show=archived").json()["results"][0]["id"] == changed["id"]
    assert client.post(f"{address}restore/").json()["archived_at"] is None
    assert client.get(address).json()["version"] == 4
