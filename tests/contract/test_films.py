"""Films and GIFs on their way out: uploaded in pieces, waited for, and described."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.adapters.x.uploading import PIECE
from channels.errors import Ambiguous, NotReady, Rejected, Unreachable
from channels.sandbox.media import draw_picture
from channels.types import OutgoingMedia
from tests.support.voices import one

#: The first bytes tell the kind; nobody plays the rest.
MP4 = b"\0\0\0\x20ftypisom" + b"\0" * 1000
GIF = b"GIF89a\x10\0\x10\0" + b"\0" * 1000


def film(content=MP4, kind="video/mp4", alt=""):
    return OutgoingMedia("film.mp4" if kind == "video/mp4" else "a.gif", kind, content, alt)


@pytest.fixture
def x(connect):
    return connect("x")


@pytest.fixture
def page(connect):
    return connect("facebook")


def waited(x, out):
    """Prepare once; return what was uploaded while X still works on it."""
    with pytest.raises(NotReady) as told:
        x.adapter().prepare(out)
    return told.value


@pytest.mark.parametrize(("content", "kind"), [(MP4, "video/mp4"), (GIF, "image/gif")])
def test_x_works_on_a_film_and_is_asked_again_without_another_upload(x, content, kind):
    out = x.post("보세요", media=(film(content, kind, "불꽃"),))
    told = waited(x, out)
    assert (told.seconds >= 1, told.keeps, len(told.handles)) == (True, 86_400, 1)
    again = out.with_handles(told.handles)
    assert waited(x, again).handles == told.handles
    x.set(x_processing_seconds=0)
    uploaded = x.shown(told.handles[0])
    assert uploaded["alt_text"] == "불꽃"
    assert uploaded["category"] == ("tweet_video" if kind == "video/mp4" else "tweet_gif")


def test_x_takes_a_film_once_it_is_ready(x):
    x.set(x_processing_seconds=0)
    out = x.post("보세요", media=(film(),))
    receipt = x.adapter().publish(x.adapter().prepare(out))
    shown = one(x.walk()[0], receipt.external_id)
    assert [(m.kind, bool(m.url)) for m in shown.media] == [("video", True)]
    found = x.adapter().find(
        out, since=datetime.now(UTC) - timedelta(minutes=1), until=datetime.now(UTC)
    )
    assert [r.external_id for r in found] == [receipt.external_id]


def test_a_large_film_comes_in_several_pieces_and_whole(x):
    x.set(x_processing_seconds=0)
    content = MP4 + b"\1" * PIECE
    out = x.adapter().prepare(x.post("길어요", media=(film(content),)))
    x.sandbox.control("item", id=out.media_handles[0])
    assert x.adapter().publish(out).external_id


def test_a_film_that_x_cannot_play_is_refused_for_good(x):
    x.set(x_processing="fails", x_processing_seconds=0)
    with pytest.raises(Rejected) as told:
        x.adapter().prepare(x.post("깨짐", media=(film(),)))
    assert "could not be processed" in told.value.detail


def test_what_is_no_film_is_refused(x):
    with pytest.raises(Rejected):
        x.adapter().prepare(x.post("거짓", media=(film(b"GIF89a....."),)))


def test_pictures_are_ready_at_once(x):
    picture = OutgoingMedia("a.png", "image/png", draw_picture(90), "그림")
    out = x.adapter().prepare(x.post("사진", media=(picture,)))
    assert len(out.media_handles) == 1
    assert x.adapter().prepare(out).media_handles == out.media_handles


def test_facebook_takes_a_film_in_the_pieces_it_asks_for(page):
    content = MP4 + b"\1" * 450_000
    out = page.adapter().prepare(page.post("영상이에요", media=(film(content),)))
    assert page.stands("영상이에요") == 0
    receipt = page.adapter().publish(out)
    assert receipt.external_id.startswith(f"{page.there['id']}_")
    assert receipt.url.startswith("http")
    shown = one(page.walk()[0], receipt.external_id)
    assert [m.kind for m in shown.media] == ["video"]
    found = page.adapter().find(
        out, since=datetime.now(UTC) - timedelta(minutes=1), until=datetime.now(UTC)
    )
    assert [r.external_id for r in found] == [receipt.external_id]


def test_facebook_takes_nothing_that_is_no_film(page):
    out = page.adapter().prepare(page.post("거짓", media=(film(b"no film at all"),)))
    with pytest.raises(Rejected):
        page.adapter().publish(out)
    assert page.stands("거짓") == 0


def test_a_lost_answer_to_the_last_call_is_unclear_and_found_again(page):
    out = page.adapter().prepare(page.post("사라진 답", media=(film(),)))
    page.fault("drop_after", method="POST", path_regex="videos")
    with pytest.raises(Ambiguous):
        page.adapter().publish(out)
    found = page.adapter().find(
        out, since=datetime.now(UTC) - timedelta(minutes=1), until=datetime.now(UTC)
    )
    assert len(found) == 1


def test_an_upload_that_breaks_off_has_made_nothing(page):
    page.fault("drop_before", method="POST", path_regex="videos")
    with pytest.raises(Unreachable):
        page.adapter().prepare(page.post("끊김", media=(film(),)))
    assert page.stands("끊김") == 0
