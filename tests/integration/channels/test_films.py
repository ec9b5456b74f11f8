"""Films on their way out of the console: nobody waits in a worker, and nothing is uploaded twice."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from channels.actions.ancestors import ancestors_of_author_drop
from channels.models import Ancestor, Delivery, DeliveryMedia
from channels.tasks import dispatch
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_delivery
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db
MP4 = b"\0\0\0\x20ftypisom" + b"\0" * 1000


@pytest.fixture
def line(sandbox):
    return connect(sandbox, "x")


@pytest.fixture
def delivery(line):
    made = make_delivery(account=line.account, kind="post", text="film")
    DeliveryMedia.objects.create(
        delivery=made, file=ContentFile(MP4, name="a.mp4"), content_type="video/mp4"
    )
    return made


def processing(line, seconds):
    line.sandbox.control(
        "settings", {"account": line.there["name"], "x_processing_seconds": seconds}
    )


def come_back(delivery):
    """Let its time come."""
    Delivery.objects.filter(pk=delivery.pk).update(not_before=now())
    dispatch()
    delivery.refresh_from_db()


def test_a_film_that_is_worked_on_comes_back_and_is_not_uploaded_again(line, delivery):
    processing(line, 30)
    dispatch()
    delivery.refresh_from_db()
    handles = delivery.media_handles
    assert (delivery.state, delivery.reason_code) == ("retry_wait", "processing")
    assert (delivery.retries, delivery.attempts_made, len(handles)) == (0, 0, 1)
    assert delivery.not_before > now()
    come_back(delivery)
    assert (delivery.state, delivery.media_handles) == ("retry_wait", handles)


def test_once_it_is_ready_it_leaves_with_what_was_uploaded(line, delivery):
    processing(line, 1)
    dispatch()
    delivery.refresh_from_db()
    handles = delivery.media_handles
    for _ in range(50):
        come_back(delivery)
        if delivery.state == "sent":
            break
    shown = line.sandbox.control("item", id=delivery.external_id)
    assert shown["media"] == handles


def test_what_x_has_forgotten_by_now_is_uploaded_anew(line, delivery):
    processing(line, 30)
    dispatch()
    delivery.refresh_from_db()
    handles = delivery.media_handles
    assert delivery.handles_until > now() + timedelta(hours=22)
    Delivery.objects.filter(pk=delivery.pk).update(handles_until=now())
    processing(line, 0)
    come_back(delivery)
    assert delivery.state == "sent"
    assert line.sandbox.control("item", id=delivery.external_id)["media"] != handles


def test_what_an_erased_person_wrote_above_is_gone():
    account = make_account(kind="x")
    row = Ancestor.objects.create(
        account=account, external_id="1", author_external_id="7", author={"name": "Ann"},
        text="words", state="found", noted_at=now(),
    )  # fmt: skip
    ancestors_of_author_drop(account.pk, "7")
    row.refresh_from_db()
    assert (row.state, row.text, row.author, row.author_external_id) == ("gone", "", {}, "")
