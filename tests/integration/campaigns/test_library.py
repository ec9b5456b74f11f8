"""The library of pictures: what is taken in and what is left of it, who sees and changes it, how it is found."""

import hashlib
from datetime import timedelta
from io import BytesIO
from unicodedata import normalize

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from campaigns.actions.library import (
    About,
    image_add,
    image_archive,
    image_describe,
    image_restore,
)
from campaigns.models import LibraryImage
from campaigns.selectors.library import ImageFilter, image_bytes, image_for, image_page, today_here
from opsconsole.audit.models import Activity
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.campaigns import make_image
from tests.factories.people import make_actor, make_unit, make_user
from tests.factories.pictures import picture_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def seo(unit):
    return make_actor("staff", unit)


def add(actor, unit, upload=None, **given):
    return image_add(actor, unit_id=unit.pk, upload=upload or picture_file(), **given)


def kept(image, **which):
    return Image.open(BytesIO(image_bytes(image, **which)))


def with_traces():
    """A photo that says where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0110] = "Galaxy S26"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    return picture_file("JPEG", exif=exif, name="IMG_2031 우리집.jpg")


def film(count=2, **options):
    """A GIF of so many frames of different colours."""
    first, *rest = (Image.new("RGB", (64, 48), (40 * n, 90, 200)) for n in range(count))
    out = BytesIO()
    first.save(out, "GIF", save_all=True, append_images=rest, duration=[70] * count, **options)
    return SimpleUploadedFile("dance.gif", out.getvalue())


def test_nothing_but_what_one_sees_is_kept(seo, unit):
    image = add(seo, unit, with_traces())
    picture = kept(image)
    assert (picture.format, picture.size) == ("JPEG", (40, 60))
    assert not picture.getexif()
    assert "Galaxy" not in str(picture.info)
    assert "IMG" not in image.file.name + image.thumb.name
    content = image_bytes(image)
    assert (image.sha256, image.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (image.width, image.height, image.content_type) == (40, 60, "image/jpeg")
    assert image.name == "IMG_2031 우리집"


@pytest.mark.parametrize(
    ("form", "mode", "kind"),
    [("PNG", "RGBA", "image/png"), ("PNG", "P", "image/png"), ("WEBP", "RGB", "image/webp"),
     ("GIF", "P", "image/gif"), ("JPEG", "CMYK", "image/jpeg"), ("MPO", "RGB", "image/jpeg")],
)  # fmt: skip
def test_what_it_is_its_content_says(seo, unit, form, mode, kind):
    more = (
        {"save_all": True, "append_images": [Image.new("RGB", (60, 40))]} if form == "MPO" else {}
    )
    upload = picture_file(
        form, mode=mode, name="virus.exe", colour=1 if mode == "P" else "red", **more
    )
    image = add(seo, unit, upload)
    assert image.content_type == kind
    assert kept(image).format == kind.split("/")[1].upper()
    assert kept(image, small=True).format == "WEBP"


def test_a_film_keeps_its_frames_and_loses_its_comments(seo, unit):
    image = add(seo, unit, film(3, comment=b"made at home", loop=2))
    picture = kept(image)
    assert (picture.n_frames, picture.info["duration"], picture.info["loop"]) == (3, 70, 2)
    assert b"made at home" not in image_bytes(image)


def test_the_small_one_fits_and_keeps_its_shape(seo, unit):
    assert kept(add(seo, unit, picture_file(size=(1600, 400))), small=True).size == (480, 120)
    tiny = add(seo, unit, picture_file("PNG", (20, 30), mode="RGBA", colour=(1, 2, 3, 0)))
    small = kept(tiny, small=True)
    assert (small.size, small.mode) == ((20, 30), "RGBA")


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (lambda: SimpleUploadedFile("a.png", b"GIF89a not really"), "not_a_picture"),
        (lambda: SimpleUploadedFile("a.svg", b"<svg onload='x'/>"), "not_a_picture"),
        (lambda: picture_file("BMP"), "not_a_picture"),
        (lambda: SimpleUploadedFile("a.jpg", picture_file("JPEG").read()[:300]), "not_a_picture"),
        (lambda: SimpleUploadedFile("a.jpg", b"\0" * (15 * 2**20 + 1)), "too_large"),
        (lambda: picture_file("PNG", (8000, 5001), mode="1", colour=1), "not_a_picture"),
        (lambda: picture_file("GIF", (3000, 2000), save_all=True, append_images=[
            Image.new("RGB", (3000, 2000), (n, 0, 0)) for n in range(7)]), "not_a_picture"),
    ],
    ids=["lies", "svg", "bmp", "half", "heavy", "bomb", "many frames"],
)  # fmt: skip
def test_what_is_refused(seo, unit, upload, code):
    with pytest.raises(Invalid) as refused:
        add(seo, unit, upload())
    assert refused.value.code == code
    assert not LibraryImage.objects.exists()


def test_the_same_picture_stands_once_in_a_unit(seo, unit):
    first = add(seo, unit, name="Tower", alt_text="A red tower")
    again = add(seo, unit, name="Something else")
    assert (again.pk, again.name, again.alt_text) == (first.pk, "Tower", "A red tower")
    assert Activity.objects.filter(verb="campaigns.image.added").count() == 1
    other = make_unit()
    assert add(make_actor("staff", other), other).pk != first.pk


def test_an_archived_one_gives_way_and_comes_back_only_alone(seo, unit):
    first = add(seo, unit)
    image_archive(seo, image_id=first.pk)
    second = add(seo, unit)
    assert second.pk != first.pk
    with pytest.raises(Conflict) as refused:
        image_restore(seo, image_id=first.pk)
    assert refused.value.code == "present"
    image_archive(seo, image_id=second.pk)
    assert image_restore(seo, image_id=first.pk).archived_at is None
    image_restore(seo, image_id=first.pk)
    verbs = list(Activity.objects.order_by("id").values_list("verb", flat=True))
    assert verbs.count("campaigns.image.restored") == 1


def test_what_is_said_of_it_is_changed_by_one_at_a_time(seo, unit):
    image = add(seo, unit)
    about = About(
        name="  봄 ", alt_text="꽃 사진", needs_no_words=True, rights="Studio A, web only",
        rights_until=today_here(),
    )  # fmt: skip
    changed = image_describe(seo, image_id=image.pk, about=about, version=1)
    assert (changed.name, changed.alt_text, changed.needs_no_words) == ("봄", "꽃 사진", False)
    assert not changed.rights_ended(today_here())
    assert changed.rights_ended(today_here() + timedelta(days=1))
    with pytest.raises(Conflict):
        image_describe(seo, image_id=image.pk, about=about, version=1)
    for wrong, field in (
        (About(name=" "), "name"), (About(name="x", alt_text="가" * 1001), "alt_text"),
        (About(name="x", rights="가" * 501), "rights"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            image_describe(seo, image_id=image.pk, about=wrong, version=2)
        assert refused.value.data["field"] == field


def test_who_reads_and_who_writes(seo, unit):
    image = add(seo, unit)
    reader, stranger = make_actor("operator", unit), make_actor("manager", make_unit())
    assert image_for(reader, image.pk) == image
    for act in (
        lambda who: image_archive(who, image_id=image.pk),
        lambda who: image_restore(who, image_id=image.pk),
        lambda who: image_describe(who, image_id=image.pk, about=About(name="x"), version=1),
    ):
        with pytest.raises(NotAllowed):
            act(reader)
        with pytest.raises(NotFound):
            act(stranger)
    for who in (reader, stranger):
        with pytest.raises(NotAllowed):
            add(who, unit)
    assert image_page(stranger, ImageFilter()).rows == []


def test_found_by_all_of_the_words_wherever_they_stand(seo, unit):
    apart = normalize("NFD", "벚꽃 축제")
    image = add(
        seo, unit, picture_file(name=f"{apart}.png"), alt_text="강가의 사람들", rights="김작가"
    )
    make_image(unit=unit, actor=seo, name="벚꽃")
    for text in ("벚꽃 강가", apart, "축제 김작가", "꽃 람들"):
        assert image_page(seo, ImageFilter(text=text)).rows == [image], text
    assert image_page(seo, ImageFilter(text="벚꽃 바다")).rows == []


def test_narrowed_to_what_wants_looking_after(seo, unit):
    today = today_here()
    days = {"ended": -1, "today": 0, "ending": 14, "later": 15}
    images = {
        name: make_image(
            unit=unit, actor=seo, name=name, alt_text="x", rights_until=today + timedelta(days=day)
        )
        for name, day in days.items()
    }
    bare = make_image(unit=unit, actor=seo, name="bare")
    image_archive(seo, image_id=make_image(unit=unit, actor=seo, name="gone").pk)

    def names(**asked):
        return [row.name for row in image_page(seo, ImageFilter(**asked)).rows]

    assert names(show="ended") == ["ended"]
    assert names(show="ending") == ["ending", "today"]
    assert names(show="undescribed") == ["bare"]
    assert names(show="archived") == ["gone"]
    image_describe(seo, image_id=bare.pk, about=About(name="bare", needs_no_words=True), version=1)
    assert names(show="undescribed") == []
    assert len(names()) == len(images) + 1
    with pytest.raises(Invalid):
        names(show="nonsense")


def test_pages_follow_one_another(seo, unit):
    made = [make_image(unit=unit, actor=seo) for _ in range(5)]
    seen, cursor = [], ""
    for _ in range(3):
        page = image_page(seo, ImageFilter(unit=unit.pk), cursor=cursor, size=2)
        seen += page.rows
        cursor = page.next_cursor
    assert seen == made[::-1]
    assert cursor == ""


@pytest.mark.parametrize("which", ["file", "thumb"])
def test_files_are_served_to_readers_and_kept_by_browsers(seo, unit, which):
    image = add(seo, unit, picture_file("JPEG", size=(900, 600)))
    client = Client()
    address = f"/posts/library/{image.pk}/{which}/"
    assert client.get(address).status_code == 302
    client.force_login(make_user(role="operator", unit=unit))
    seen = client.get(address)
    assert seen.content == image_bytes(image, small=which == "thumb")
    assert seen["Content-Type"] == ("image/webp" if which == "thumb" else "image/jpeg")
    assert seen["X-Content-Type-Options"] == "nosniff"
    assert seen["Cache-Control"] == "private, max-age=3600"
    assert image.sha256 in seen["ETag"]
    again = client.get(address, headers={"If-None-Match": seen["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    client.force_login(make_user(role="manager", unit=make_unit()))
    assert client.get(address).status_code == 404
