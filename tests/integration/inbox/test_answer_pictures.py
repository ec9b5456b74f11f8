"""Pictures of answers: what is taken and what is left of it, who sees them, and how they leave."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from channels.models import DeliveryMedia
from channels.tasks import outgoing
from inbox.actions.pictures import (
    Shown,
    picture_add,
    picture_remove,
    pictures_describe,
    pictures_sweep,
)
from inbox.actions.replies import reply_send
from inbox.actions.scheduling import reply_schedule, scheduled_send_due
from inbox.actions.undo import reply_undo
from inbox.models import Conversation, Draft, Picture
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.models import User
from tests.factories.channels import make_account
from tests.factories.films import film_file
from tests.factories.inbox import make_conversation
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.html import fields_of
from tests.support.sending import send_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return make_conversation(account=make_account(kind="x"), kind="mention")


@pytest.fixture
def ana(conversation):
    return make_actor("operator", conversation.unit)


def file_of(form="JPEG", size=(40, 30), name="IMG_2031 우리집.jpg", mode="RGB", **options):
    out = BytesIO()
    Image.new(mode, size, "red").save(out, form, **options)
    return SimpleUploadedFile(name, out.getvalue())


def with_traces():
    """A photo that says where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0110] = "Galaxy S26"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    return file_of(exif=exif)


def add(actor, conversation, upload=None, **given):
    return picture_add(actor, conversation_id=conversation.pk, upload=upload or file_of(), **given)


def answer(actor, conversation, *shown, **given):
    return reply_send(
        actor, conversation_id=conversation.pk, answers_id=None, text="여기 있어요.",
        request_key=uuid4(), pictures=shown, **given,
    )  # fmt: skip


def test_nothing_but_what_one_sees_is_kept(conversation, ana):
    picture = add(ana, conversation, with_traces())
    with picture.file.open("rb") as file:
        kept = Image.open(BytesIO(file.read()))
        assert (kept.format, kept.size) == ("JPEG", (30, 40))
        assert not kept.getexif()
        assert "Galaxy" not in str(kept.info)
    assert "IMG" not in picture.file.name


@pytest.mark.parametrize(
    ("form", "mode", "kind"),
    [("PNG", "RGBA", "image/png"), ("PNG", "P", "image/png"), ("WEBP", "RGB", "image/webp"),
     ("JPEG", "CMYK", "image/jpeg"), ("JPEG", "L", "image/jpeg")],
)  # fmt: skip
def test_what_it_is_its_content_says(conversation, ana, form, mode, kind):
    picture = add(ana, conversation, file_of(form, mode=mode, name="virus.exe"))
    assert picture.content_type == kind
    with picture.file.open("rb") as file:
        assert Image.open(file).format == form


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (lambda: SimpleUploadedFile("a.png", b"GIF89a not really"), "not_a_picture"),
        (lambda: file_of("TIFF"), "not_a_picture"),
        (lambda: file_of("BMP"), "not_a_picture"),
        (lambda: SimpleUploadedFile("a.svg", b"<svg onload='x'/>"), "not_a_picture"),
        (lambda: SimpleUploadedFile("a.jpg", file_of().read()[:300]), "not_a_picture"),
        (lambda: SimpleUploadedFile("a.jpg", b"\0" * (5 * 2**20 + 1)), "too_large"),
        (lambda: file_of("PNG", size=(8000, 5001), mode="1"), "not_a_picture"),
    ],
    ids=["lies", "tiff", "bmp", "svg", "half", "heavy", "bomb"],
)
def test_what_is_refused(conversation, ana, upload, code):
    with pytest.raises(Invalid) as refused:
        add(ana, conversation, upload())
    assert refused.value.code == code
    assert not Picture.objects.exists()


@pytest.mark.parametrize(("kind", "most"), [("x", 4), ("facebook", 1), ("blog", 0)])
def test_as_many_as_the_channel_takes(kind, most):
    conversation = make_conversation(account=make_account(kind=kind))
    ana = make_actor("operator", conversation.unit)
    for _ in range(most):
        add(ana, conversation)
    with pytest.raises(Conflict):
        add(ana, conversation)
    assert Picture.objects.count() == most


def test_it_goes_out_described_and_shows_in_the_thread(conversation, ana):
    first, second = add(ana, conversation), add(ana, conversation, file_of("PNG"))
    reply = answer(
        ana, conversation, Shown(second.pk, " 공유기  뒷면 "), Shown(first.pk, "", True)
    )
    out = outgoing(reply.delivery)
    assert [(m.content_type, m.alt_text) for m in out.media] == [
        ("image/png", "공유기 뒷면"),
        ("image/jpeg", ""),
    ]
    assert out.media[0].content.startswith(b"\x89PNG")
    client = Client()
    client.force_login(make_user("gil", role="guest", unit=conversation.unit, language="en"))
    for _ in range(2):  # on its way, and as a fact
        page = client.get(f"/conversations/{conversation.pk}/").content.decode()
        assert 'alt="공유기 뒷면"' in page
        assert f"/conversations/{conversation.pk}/pictures/{second.pk}/" in page
        if reply.delivery.state == "planned":
            reply.delivery = send_next()


def test_each_is_described_or_said_to_need_no_words(conversation, ana):
    picture = add(ana, conversation)
    with pytest.raises(Invalid) as refused:
        answer(ana, conversation, Shown(picture.pk))
    assert (refused.value.code, refused.value.data["picture"]) == ("alt_missing", picture.pk)
    pictures_describe(ana, conversation_id=conversation.pk, words={picture.pk: "요금표"})
    answer(ana, conversation, Shown(picture.pk))
    assert DeliveryMedia.objects.get().alt_text == "요금표"


def test_only_ones_own_and_only_once(conversation, ana):
    picture, other = add(ana, conversation), make_actor("operator", conversation.unit)
    for actor, shown in ((other, Shown(picture.pk, "x")), (ana, Shown(9999, "x"))):
        with pytest.raises(NotFound):
            answer(actor, conversation, shown)
    with pytest.raises(NotFound):
        picture_remove(other, conversation_id=conversation.pk, picture_id=picture.pk)
    answer(ana, conversation, Shown(picture.pk, "x"))
    with pytest.raises(NotFound):
        picture_remove(ana, conversation_id=conversation.pk, picture_id=picture.pk)


def test_a_private_answer_carries_none():
    conversation = make_conversation()
    ana = make_actor("operator", conversation.unit)
    picture = add(ana, conversation)
    with pytest.raises(Conflict):
        answer(ana, conversation, Shown(picture.pk, "x"), private=True)


def test_taken_back_they_wait_again_and_sent_later_they_come_along(conversation, ana):
    picture = add(ana, conversation)
    reply = answer(ana, conversation, Shown(picture.pk, "요금표"), undo_seconds=10)
    draft = reply_undo(ana, conversation_id=conversation.pk, reply_id=reply.pk)
    picture.refresh_from_db()
    assert (picture.reply_id, picture.alt_text) == (None, "요금표")
    draft = reply_schedule(
        ana, conversation_id=conversation.pk, text=draft.text, request_key=draft.request_key,
        send_at=now() + timedelta(hours=30), pictures=[Shown(picture.pk)],
    )  # fmt: skip
    Picture.objects.update(created_at=now() - timedelta(days=2))
    assert pictures_sweep() == 0
    Draft.objects.filter(pk=draft.pk).update(send_at=now())
    scheduled_send_due()
    sent = send_next()
    assert [media.alt_text for media in sent.media.all()] == ["요금표"]


def test_what_nobody_sent_is_thrown_away_after_a_day(
    conversation, ana, django_capture_on_commit_callbacks
):
    old, fresh, sent = (add(ana, conversation) for _ in range(3))
    answer(ana, conversation, Shown(sent.pk, "x"))
    Picture.objects.exclude(pk=fresh.pk).update(created_at=now() - timedelta(hours=25))
    storage, name = old.file.storage, old.file.name
    with django_capture_on_commit_callbacks(execute=True):
        assert pictures_sweep() == 1
    assert not storage.exists(name)
    assert storage.exists(sent.file.name)
    assert set(Picture.objects.values_list("pk", flat=True)) == {fresh.pk, sent.pk}


def test_who_may_see_and_add(conversation, ana):
    picture = add(ana, conversation)
    address = f"/conversations/{conversation.pk}/pictures/{picture.pk}/"
    people = {
        "uploader": (User.objects.get(pk=ana.user_id), 200),
        "colleague": (make_user(role="operator", unit=conversation.unit), 404),
        "stranger": (make_user(role="manager", unit=make_unit()), 404),
    }
    clients = {}
    for who, (user, status) in people.items():
        clients[who] = Client()
        clients[who].force_login(user)
        assert clients[who].get(address).status_code == status, who
    with pytest.raises(NotAllowed):
        add(make_actor("staff", conversation.unit), conversation)
    answer(ana, conversation, Shown(picture.pk, "x"))
    seen = clients["colleague"].get(address)
    assert seen.status_code == 200
    assert seen["Content-Type"] == "image/jpeg"
    assert seen["X-Content-Type-Options"] == "nosniff"
    assert "private" in seen["Cache-Control"]
    assert clients["stranger"].get(address).status_code == 404
    assert Client().get(address).status_code in {302, 401, 403}


def test_the_form_uploads_sends_and_keeps_words_without_scripts(conversation):
    user = make_user("bo", role="operator", unit=conversation.unit, language="en")
    client, address = Client(), f"/conversations/{conversation.pk}/"
    client.force_login(user)
    fields = fields_of(client.get(address), "reply-form")
    back = client.post(f"{address}pictures/", fields | {"text": "반쯤 쓴 글", "file": file_of()})
    assert back.status_code == 200
    assert "반쯤 쓴 글" in back.content.decode()
    picture = Picture.objects.get()
    again = fields_of(back, "reply-form")
    assert again["picture"] == str(picture.pk)
    sent = again | {"text": "여기요", "then": "send", f"alt_{picture.pk}": "안내문"}
    del sent[f"plain_{picture.pk}"]
    refused = client.post(f"{address}reply/", sent | {f"alt_{picture.pk}": ""})
    assert refused.status_code == 422
    assert client.post(f"{address}reply/", sent).status_code == 302
    assert DeliveryMedia.objects.get().alt_text == "안내문"
    live = client.post(
        f"{address}pictures/", {"file": file_of("TIFF")}, headers={"HX-Request": "true"}
    )
    assert live.status_code == 422


@pytest.mark.parametrize("kind", ["x", "facebook"])
def test_the_whole_way_to_the_platform(sandbox, run_background, kind):
    from tests.support.platforms import connect

    line = connect(sandbox, kind)
    line.say("어떻게 하나요?", **({"kind": "comment"} if kind == "facebook" else {}))
    run_background()
    conversation = Conversation.objects.get(account=line.account)
    ana = make_actor("operator", line.account.unit)
    picture = add(ana, conversation, file_of(size=(64, 48)))
    reply = answer(ana, conversation, Shown(picture.pk, "빨간 단추"))
    run_background()
    reply.delivery.refresh_from_db()
    assert reply.delivery.state == "sent", reply.delivery.reason
    stored = sandbox.control("item", id=reply.delivery.external_id)
    (key,) = stored.get("media") or stored.get("photos")
    media = sandbox.control("item", id=key)
    assert (media["alt_text"], media["width"], media["height"]) == ("빨간 단추", 64, 48)


class TestFilms:
    """On X an answer may carry a film or a GIF, with nothing beside it."""

    def test_a_film_goes_along_whole_and_described(self, conversation, ana):
        film = picture_add(ana, conversation_id=conversation.pk, upload=film_file(20, body=9_000))
        assert (film.content_type, film.width, film.height) == ("video/mp4", 1280, 720)
        reply_send(
            ana, conversation_id=conversation.pk, answers_id=None, text="보세요",
            request_key=uuid4(), pictures=[Shown(film.pk, "불꽃놀이")],
        )  # fmt: skip
        (media,) = outgoing(Conversation.objects.get().replies.get().delivery).media
        assert (media.content_type, media.alt_text) == ("video/mp4", "불꽃놀이")
        assert media.content == film_file(20, body=9_000).read()

    def test_a_gif_goes_along_with_its_frames(self, conversation, ana):
        frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
        out = BytesIO()
        frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
        upload = SimpleUploadedFile("a.gif", out.getvalue())
        gif = picture_add(ana, conversation_id=conversation.pk, upload=upload)
        with gif.file.open("rb") as file, Image.open(file) as kept:
            assert (gif.content_type, kept.n_frames) == ("image/gif", 2)

    def test_neither_has_anything_beside_it(self, conversation, ana):
        picture_add(ana, conversation_id=conversation.pk, upload=file_of())
        with pytest.raises(Conflict) as refused:
            picture_add(ana, conversation_id=conversation.pk, upload=film_file())
        assert refused.value.code == "alone"
        assert Picture.objects.count() == 1

    @pytest.mark.parametrize(
        ("kind", "upload", "code"),
        [("x", lambda: film_file(141), "film_length"), ("x", lambda: film_file(codec=b"hvc1"), "not_a_film"),
         ("facebook", film_file, "no_films"), ("facebook", lambda: file_of("GIF"), "not_a_picture")],
    )  # fmt: skip
    def test_limits_are_told_at_the_door(self, kind, upload, code):
        row = make_conversation(account=make_account(kind=kind))
        actor = make_actor("operator", row.unit)
        with pytest.raises(Invalid) as refused:
            picture_add(actor, conversation_id=row.pk, upload=upload())
        assert refused.value.code == code
        assert not Picture.objects.exists()

    def test_it_is_played_in_the_composer(self, conversation):
        user = make_user(role="operator", unit=conversation.unit, language="en")
        client = Client()
        client.force_login(user)
        path = f"/conversations/{conversation.pk}/"
        client.post(f"{path}pictures/", {"file": film_file()}, headers={"HX-Request": "true"})
        film = Picture.objects.get()
        page = client.get(path).content.decode()
        assert f'<video controls preload="metadata" src="{path}pictures/{film.pk}/"' in page
        assert 'accept="image/jpeg,image/png,image/webp,image/gif,video/mp4"' in page
        assert "at most 140 seconds" in page
        part = client.get(f"{path}pictures/{film.pk}/", headers={"Range": "bytes=0-7"})
        assert (part.status_code, b"".join(part)[4:8]) == (206, b"ftyp")
