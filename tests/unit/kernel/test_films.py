"""What is read out of a film's head, what is blanked in it, and what is refused."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.films import film_cleaned, is_film
from tests.factories.films import UPRIGHT, box, film_bytes, film_file
from tests.factories.pictures import picture_file


def cleaned(upload, largest=1_000_000):
    return film_cleaned(upload, largest=largest, field="file")


@pytest.mark.parametrize("is_long", [False, True])
def test_a_head_tells_size_and_length(is_long):
    found = cleaned(film_file(12.5, (1920, 1080), is_long=is_long))
    assert (found.width, found.height, found.seconds) == (1920, 1080, 12.5)


def test_what_was_filmed_upright_is_shown_upright():
    found = cleaned(film_file(size=(1920, 1080), turn=UPRIGHT))
    assert (found.width, found.height) == (1080, 1920)


@pytest.mark.parametrize("kind", [SimpleUploadedFile, TemporaryUploadedFile])
def test_where_it_was_filmed_stays_behind_and_everything_else_stays(kind):
    content = film_bytes(traces=b"+37.5665+126.9780/")
    upload = film_file(traces=b"+37.5665+126.9780/")
    if kind is TemporaryUploadedFile:
        upload = TemporaryUploadedFile("film.mp4", "video/mp4", len(content), None)
        upload.write(content)
    found = cleaned(upload)
    left = upload.read()
    assert b"+37.5665" not in left
    assert b"udta" not in left
    assert len(left) == len(content) == found.size
    assert left[left.index(b"mdat") :] == content[content.index(b"mdat") :]
    assert found.sha256 == hashlib.sha256(left).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        film_bytes(codec=b"hvc1"),
        film_bytes(brand=b"qt  "),
        film_bytes(seconds=0),
        film_bytes(size=(0, 0)),
        film_bytes()[:100],
        box(b"ftyp", b"isom\0\0\2\0") + box(b"mdat", b"no head"),
        b"\0\0\0\x18ftypisom\0\0\2\0isomavc1\0\0\0\1moov\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\0\0\0\x20ftypisom" + b"\0" * 1000,
    ],
)
def test_what_is_no_such_film_is_refused(content):
    with pytest.raises(Invalid) as refused:
        cleaned(SimpleUploadedFile("film.mp4", content))
    assert refused.value.code == "not_a_film"


def test_what_is_too_large_is_refused_unread():
    with pytest.raises(Invalid) as refused:
        cleaned(film_file(), largest=1000)
    assert refused.value.code == "too_large"


def test_a_film_is_told_from_a_picture():
    assert is_film(film_file(name="no ending"))
    assert not is_film(picture_file())
    assert not is_film(SimpleUploadedFile("a", b""))
