"""The doors: who is heard, who is not, and that nothing is said to be taken that is not stored."""

import base64
import hashlib
import hmac
import json

import pytest
from django.db import connection, connections
from django.test import Client

from channels.actions.doors import door_close, door_renew
from channels.models import InboundItem, PushDoor, PushEvent
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.body_limit import LARGEST_HOOK
from tests.factories.channels import make_account
from tests.support.doors import SECRET, changes, comment, knocker
from tests.support.together import together

pytestmark = pytest.mark.django_db

BODY = {
    "facebook": changes("page", comment(1)),
    "x": {"data": {"event_type": "post.create", "filter": {"user_id": "1"}, "payload": {}}},
}


@pytest.fixture(params=["facebook", "x"])
def platform(request):
    return knocker(request.param)


def stored():
    return PushEvent.objects.count()


# --- signatures


def test_a_signed_call_is_stored_as_it_came(platform):
    raw = json.dumps(BODY[platform.account.kind], indent=3).encode()
    answer = platform.post(raw)
    assert (answer.status_code, answer.content) == (200, b"")
    event = PushEvent.objects.get()
    assert bytes(event.body) == raw
    assert (event.account, event.source, event.state) == (
        platform.account, platform.account.kind, "waiting",
    )  # fmt: skip
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_signature_is_what_the_platform_documents():
    """Written out by hand, apart from the code that checks it."""
    for kind, name in (("facebook", "X-Hub-Signature-256"), ("x", "x-twitter-webhooks-signature")):
        made = knocker(kind)
        raw = b'{"object":"page","entry":[]}'
        digest = hmac.new(SECRET.encode(), raw, hashlib.sha256)
        text = (
            digest.hexdigest()
            if kind == "facebook"
            else base64.b64encode(digest.digest()).decode()
        )
        given = {name: f"sha256={text}"}
        answer = Client().post(made.path, raw, content_type="application/json", headers=given)
        assert answer.status_code == 200, kind


@pytest.mark.parametrize(
    "sign",
    ["", "sha256=", "sha256=" + "0" * 64, "sha256=" + "A" * 43 + "=", "한글", "sha1=x", "0" * 64],
    ids=["missing", "empty", "forged", "forged in base 64", "not ASCII", "another kind", "bare"],
)
def test_a_forged_or_missing_signature_is_refused(platform, sign):
    given = sign.encode("utf-8").decode("latin-1")
    assert platform.post(BODY[platform.account.kind], sign=given).status_code == 403
    assert stored() == 0
    assert PushDoor.objects.get().refused_at is not None


def test_a_signature_over_another_body_is_refused(platform):
    _name, sign = {
        "facebook": ("X-Hub-Signature-256", "hex"), "x": ("X-Twitter-Webhooks-Signature", "b64"),
    }[platform.account.kind]  # fmt: skip
    raw = json.dumps(BODY[platform.account.kind]).encode()
    digest = hmac.new(SECRET.encode(), raw, hashlib.sha256)
    text = digest.hexdigest() if sign == "hex" else base64.b64encode(digest.digest()).decode()
    altered = raw.replace(b"{", b"{ ", 1)
    assert platform.post(altered, sign=f"sha256={text}").status_code == 403
    assert platform.post(raw, sign=f"sha256={text}").status_code == 200
    assert stored() == 1


def test_the_secret_of_another_account_opens_nothing(platform):
    other = knocker(platform.account.kind)
    other.secret = "another app's secret"
    assert other.post(BODY[platform.account.kind]).status_code == 403
    assert stored() == 0


@pytest.mark.parametrize("kind", ["facebook", "x"])
def test_without_a_secret_nobody_is_believed(kind):
    """An empty key signs as well as any other."""
    made = knocker(account=make_account(kind=kind, secrets={"app_secret": "", "page": "x"}))
    made.secret = ""
    assert made.post(BODY[kind]).status_code == 403
    assert stored() == 0


def test_the_same_bytes_again_are_taken_and_not_stored_twice(platform):
    for _ in range(3):
        assert platform.post(BODY[platform.account.kind]).status_code == 200
    assert stored() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_at_the_same_moment_are_stored_once(platform):
    raw = json.dumps(BODY[platform.account.kind]).encode()
    answers = together(*[lambda: platform.post(raw).status_code] * 6)
    assert answers == [200] * 6
    assert stored() == 1


# --- addresses


def test_a_wrong_address_is_no_door(platform):
    wrong = platform.path[:-1] + ("a" if platform.path[-1] != "a" else "b")
    assert platform.post(BODY[platform.account.kind], path=wrong).status_code == 404
    other = {"facebook": "x", "x": "facebook"}[platform.account.kind]
    path = f"/hooks/{other}/{platform.door.token}"
    assert platform.post(BODY[platform.account.kind], path=path).status_code == 404
    assert stored() == 0


def test_a_renewed_door_is_heard_at_its_new_address_alone(platform):
    old = platform.path
    platform.door = door_renew(SYSTEM, account_id=platform.account.pk)
    assert platform.path != old
    assert platform.post(BODY[platform.account.kind], path=old).status_code == 404
    assert platform.post(BODY[platform.account.kind]).status_code == 200
    door_close(SYSTEM, account_id=platform.account.pk)
    assert platform.post(BODY[platform.account.kind]).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(platform, method):
    assert getattr(Client(), method)(platform.path).status_code == 405


# --- proofs


def test_facebook_proves_itself_with_the_verify_token():
    made = knocker()
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    right = {**asked, "hub.verify_token": made.door.verify_token}
    answer = made.client.get(made.path, right)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert PushDoor.objects.get().proved_at is not None


@pytest.mark.parametrize("given", [{}, {"hub.verify_token": ""}, {"hub.verify_token": "wrong"}])
def test_a_wrong_verify_token_is_not_echoed(given):
    made = knocker()
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", **given}
    answer = made.client.get(made.path, asked)
    assert answer.status_code == 403
    assert b"1158201444" not in answer.content
    assert PushDoor.objects.get().proved_at is None


def test_x_gets_its_challenge_answered():
    made = knocker("x")
    answer = made.client.get(made.path, {"crc_token": "abc 한"})
    digest = hmac.new(SECRET.encode(), "abc 한".encode(), hashlib.sha256).digest()
    assert answer.json() == {"response_token": "sha256=" + base64.b64encode(digest).decode()}
    assert PushDoor.objects.get().proved_at is not None
    assert made.client.get(made.path).status_code == 400


# --- what a door costs, and when it says no


def test_a_door_costs_one_read_and_one_insert(platform, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        assert platform.post(BODY[platform.account.kind]).status_code == 200


def test_a_body_that_is_too_large_is_refused(platform):
    assert platform.post(b" " * (LARGEST_HOOK + 1)).status_code == 413
    assert stored() == 0


def test_three_megabytes_are_taken(platform):
    """More than Django keeps of an ordinary form."""
    assert platform.post(b" " * (3 * 1024 * 1024)).status_code == 200
    assert PushEvent.objects.get().size == 3 * 1024 * 1024


@pytest.mark.django_db(transaction=True)
def test_a_slow_database_is_a_503_and_never_a_silent_200(platform, settings):
    """Somebody holds the table; the platform is told to come again, and then it is stored."""
    settings.PUSH_PATIENCE_SECONDS = 0.1
    own = connections["default"].copy()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("LOCK TABLE channels_pushevent IN ACCESS EXCLUSIVE MODE")
        answer = platform.post(BODY[platform.account.kind])
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
    finally:
        own.rollback()
        own.close()
    assert stored() == 0
    assert platform.post(BODY[platform.account.kind]).status_code == 200
    assert stored() == 1


@pytest.mark.django_db(transaction=True)
def test_what_the_database_undoes_is_no_success(platform):
    """The insert goes through, its commit does not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_commit() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'disk full'; END $$; "
            "CREATE CONSTRAINT TRIGGER no_commit AFTER INSERT ON channels_pushevent "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no_commit()"
        )
    try:
        assert platform.post(BODY[platform.account.kind]).status_code == 503
        assert stored() == 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_commit CASCADE")


def test_nothing_lands_at_the_door(platform):
    platform.post(BODY[platform.account.kind])
    assert not InboundItem.objects.exists()
