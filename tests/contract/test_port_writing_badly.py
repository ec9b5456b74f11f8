"""What writes do on a bad day: one create call, an honest error, and reading back tells what stands."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.errors import (
    Ambiguous,
    AuthExpired,
    RateLimited,
    Rejected,
    RejectionCode,
    Unreachable,
)
from channels.markup import formatted
from channels.sandbox.media import draw_picture
from channels.types import Outgoing, OutgoingKind, OutgoingMedia
from tests.support.voices import Place

#: The time-out where something is waited for in vain.
SHORT = 0.6
#: Where each platform takes posts and answers.
CREATES = r"^(/2/tweets|.*/feed|.*/comments|.*/posts)$"


def now() -> datetime:
    return datetime.now(UTC)


TEXT = '확인 중입니다 & "곧" 알려 드릴게요 <1분>'


@pytest.fixture(params=["post", "reply"])
def out(request, place) -> Outgoing:
    """A post, and an answer to a question."""
    return place.post(TEXT) if request.param == "post" else place.reply(TEXT, place.asked())


def strike(place: Place, kind: str, **wish) -> None:
    """Let the next create call go wrong."""
    place.fault(kind, method="POST", path_regex=CREATES, **wish)


def written(out: Outgoing, place: Place) -> str:
    """Return a text as the sandbox counts it: blogs are sent HTML."""
    if place.kind != "blog":
        return out.text
    if out.kind == OutgoingKind.POST:
        return formatted(out.text)
    return out.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


LOST = {
    "500 before": ("status", {"status": 500}, 0),
    "500 after": ("status", {"status": 500, "after": True}, 1),
    "502 after, as a page": ("status", {"status": 502, "after": True, "body": "html"}, 1),
    "503 before": ("status", {"status": 503}, 0),
    "504 after": ("status", {"status": 504, "after": True}, 1),
    "reset before": ("drop_before", {}, 0),
    "reset after": ("drop_after", {}, 1),
    "HTML after": ("garbage", {}, 1),
    "HTML before": ("garbage", {"before": True}, 0),
    "half an answer": ("half", {}, 1),
    "an empty answer": ("canned", {"body": "", "after": True}, 1),
    "no content": ("canned", {"body": "", "status": 204, "after": True}, 1),
    "no id": ("canned", {"body": {"data": {}}, "after": True}, 1),
    "an id of nothing": ("canned", {"body": {"id": "", "data": {"id": ""}}, "after": True}, 1),
    "a list": ("canned", {"body": [], "after": True}, 1),
    "null": ("canned", {"body": None, "after": True}, 1),
}
WAITED = {
    "no answer, nothing stored": ("timeout_before", {"seconds": 5}, 0),
    "no answer, but stored": ("timeout_after", {"seconds": 5}, 1),
    "an answer that drips": ("drip", {"ms": 60}, 1),
}


def lose(place: Place, out: Outgoing, kind: str, wish: dict[str, Any], stands: int) -> None:
    """Publish while this goes wrong: called unclear, one create call, and found as often as it stands."""
    began = now()
    strike(place, kind, **wish)
    with pytest.raises(Ambiguous):
        place.adapter().publish(out)
    assert len(place.creates()) == 1
    found = place.find(out, began)
    assert len(found) == stands == place.stands(written(out, place))
    assert [r.external_id for r in found] == _stored(place)


@pytest.mark.parametrize("case", LOST.values(), ids=LOST.keys())
def test_an_unclear_answer_is_called_so_and_read_back(place, case):
    lose(place, place.reply(TEXT, place.asked()), *case)


@pytest.mark.parametrize("name", ["503 before", "500 after", "reset after", "HTML after", "no id"])
def test_an_unclear_post_is_called_so_and_read_back(place, name):
    lose(place, place.post(TEXT), *LOST[name])


@pytest.mark.parametrize(("kind", "wish", "stands"), WAITED.values(), ids=WAITED.keys())
def test_nobody_waits_for_ever(place, out, kind, wish, stands):
    began = now()
    strike(place, kind, **wish)
    with pytest.raises(Ambiguous):
        place.adapter(timeout=SHORT).publish(out)
    assert now() - began < timedelta(seconds=4)
    assert len(place.creates()) == 1
    assert len(place.find(out, began)) == stands


def _stored(place: Place) -> list[str]:
    """Return our ids for what the create calls brought into being."""
    made = [call for call in place.creates() if call["stored"]]
    is_post = [place.kind == "blog" and call["path"].endswith("/posts") for call in made]
    return [
        f"post:{call['external_id']}" if is_article else call["external_id"]
        for call, is_article in zip(made, is_post, strict=True)
    ]


@pytest.mark.parametrize("kind", ["drop_after", "garbage"])
def test_what_shows_late_is_found_late(place, out, kind):
    """Reads lag behind: absent at first, and then there. Once, not twice."""
    began = now()
    strike(place, kind, visible_after=0.4)
    with pytest.raises(Ambiguous):
        place.adapter().publish(out)
    looks = 1
    while not (found := place.find(out, began)):
        assert now() - began < timedelta(seconds=15)
        looks += 1
    assert looks > 1 or now() - began > timedelta(seconds=0.4)
    assert [r.external_id for r in found] == _stored(place)


def test_reading_back_what_cannot_be_read_is_no_proof(place, out):
    """Absence is proved by complete reads only, whatever goes wrong with them."""
    began = now()
    strike(place, "drop_after")
    with pytest.raises(Ambiguous):
        place.adapter().publish(out)
    for trouble in (
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 401},
        {"kind": "status", "status": 429},
        {"kind": "garbage"},
        {"kind": "half"},
        {"kind": "canned", "body": {}},
    ):
        place.fault(method="GET", **trouble)
        with pytest.raises((Unreachable, AuthExpired, RateLimited)):
            raise AssertionError(f"{trouble} gave {place.find(out, began)}")
    assert len(place.find(out, began)) == 1


# --- what certainly created nothing


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ({"status": 401}, AuthExpired),
        ({"status": 403}, Rejected),
        ({"status": 429}, RateLimited),
    ],
)
def test_a_refusal_is_no_riddle(place, out, trouble, error):
    began = now()
    strike(place, "status", **trouble)
    with pytest.raises(error):
        place.adapter().publish(out)
    assert len(place.creates()) == 1
    assert place.find(out, began) == []
    assert place.adapter().publish(out).external_id  # the same may be sent once it is allowed


def test_a_limit_on_writing_tells_its_end(place, out):
    wish = {"code": 32} if place.kind == "facebook" else {"status": 429}
    strike(place, "status", reset_in=300, **wish)
    with pytest.raises(RateLimited) as caught:
        place.adapter().publish(out)
    assert timedelta(seconds=280) < caught.value.until - now() <= timedelta(seconds=301)


def test_a_platform_that_cannot_be_reached_has_created_nothing(place, out):
    """Connections are refused: no byte left, so the same may be sent again."""
    nowhere = place.adapter(base_url="http://127.0.0.1:1")
    with pytest.raises(Unreachable):
        nowhere.publish(out)
    with pytest.raises(Unreachable):
        nowhere.find(out, since=now() - timedelta(hours=1), until=now())


@pytest.mark.parametrize("status", [302, 307])
def test_no_redirect_carries_our_words_elsewhere(place, out, status, peer):
    strike(place, "canned", status=status, headers={"Location": f"{peer.url}/elsewhere"}, body="")
    with pytest.raises((Ambiguous, Rejected)):
        place.adapter().publish(out)
    assert peer.connections == 0
    assert place.stands(written(out, place)) == 0


def test_a_duplicate_after_a_lost_answer_is_evidence(connect):
    """The first answer is lost; the second call says that this was said already."""
    place = connect("x")
    began, out = now(), place.post("한 번만")
    strike(place, "drop_after")
    with pytest.raises(Ambiguous):
        place.adapter().publish(out)
    with pytest.raises(Rejected) as refused:
        place.adapter().publish(out)
    assert refused.value.code == RejectionCode.DUPLICATE
    assert len(place.find(out, began)) == 1


# --- pictures


def test_a_lost_upload_may_be_repeated(place):
    """Nothing of it is public, so there is no riddle: try again."""
    picture = OutgoingMedia("a.png", "image/png", draw_picture(90), alt_text="하늘")
    out = place.post("사진", media=(picture,))
    uploads = r"(media|photos|upload)$"
    for trouble in (
        {"kind": "status", "status": 503},
        {"kind": "drop_after"},
        {"kind": "garbage"},
        {"kind": "canned", "body": {}},
    ):
        place.fault(method="POST", path_regex=uploads, **trouble)
        with pytest.raises(Unreachable):
            raise AssertionError(f"{trouble} gave {place.adapter().prepare(out).media_handles}")
    out = place.adapter().prepare(out)
    place.adapter().publish(out)
    assert place.stands(written(out, place)) == 1


# --- taking back


@pytest.mark.parametrize(
    ("kind", "wish"), [("drop_after", {}), ("status", {"status": 503}), ("garbage", {})]
)
def test_taking_back_may_be_repeated_until_it_is_clear(place, kind, wish):
    receipt = place.adapter().publish(place.post("실수"))
    place.fault(kind, method="DELETE", **wish)
    with pytest.raises((Ambiguous, Unreachable)):
        place.adapter().remove(receipt.external_id)
    place.adapter().remove(receipt.external_id)
    shown = place.shown(receipt.external_id)
    assert shown.get("deleted") or shown.get("status") == "gone"


def test_a_wrong_address_is_not_taken_for_something_removed(connect):
    """A 404 of a server that knows no WordPress says nothing about our comment."""
    place = connect("blog")
    receipt = place.adapter().publish(place.reply("실수", place.asked()))
    lost = {"code": "rest_no_route", "message": "No route", "data": {"status": 404}}
    for body in (lost, "<h1>Not found</h1>"):
        place.canned(body, 404, method="DELETE")
        with pytest.raises(Rejected):
            place.adapter().remove(receipt.external_id)


@pytest.mark.parametrize("kind", ["x", "facebook", "blog"])
def test_nothing_is_retried_behind_our_back(connect, kind):
    """Whatever happens, one publish is one create call."""
    place = connect(kind)
    asked = place.asked()
    for number, (fault, wish, _stands) in enumerate(LOST.values()):
        out = place.reply(f"답 {number}", asked)
        strike(place, fault, **wish)
        with pytest.raises(Ambiguous):
            place.adapter().publish(out)
    assert [call["text"] for call in place.creates()] == [f"답 {n}" for n in range(len(LOST))]
