"""The sandbox pushes: proofs, signatures, what is told and what is not, and every misfortune on the way."""

import hashlib
import hmac

import pytest
import requests

from channels.sandbox.push import signature
from channels.sandbox.rows import Account
from tests.support.ear import ear

__all__ = ["ear"]


@pytest.fixture
def listen(sandbox, ear):
    """Make an account with a listener: `listen("facebook", **wishes)`."""

    def make(platform: str, **wish):
        account = sandbox.account(platform)
        secrets = account["credentials"]
        ear.secret = secrets.get("consumer_secret") or secrets["app_secret"]
        ear.verify_token = "very secret"
        body = {"account": account["name"], "url": ear.url, "verify_token": "very secret", **wish}
        assert sandbox.control("push", body)["waiting"] == 0
        return account

    return make


def arrive(sandbox, account):
    """Let everything arrive; returns how it went."""
    assert sandbox.control("push/flush", {})["arrived"]
    return sandbox.control("push", account=account["name"])["counts"]


@pytest.mark.parametrize("platform", ["x", "facebook"])
def test_a_listener_must_prove_itself(sandbox, ear, platform):
    account = sandbox.account(platform)
    ear.secret, ear.verify_token = "not the secret", "right"
    body = {"account": account["name"], "url": ear.url, "verify_token": "wrong"}
    response = requests.post(f"{sandbox.url}/_control/push", json=body, timeout=10)
    assert response.status_code == 400
    assert "could not be verified" in response.json()["error"]
    assert len(ear.asked) == 1
    sandbox.say(account, "nobody hears this")
    assert ear.calls == []


def test_facebook_tells_what_strangers_do_and_signs_the_bytes(sandbox, ear, listen):
    page = listen("facebook")
    said = sandbox.say(page, "안녕하세요 😀", kind="comment", author="민지")
    sandbox.control("edit", {"id": said, "text": "고쳤어요"})
    sandbox.control("delete", {"id": said})
    arrive(sandbox, page)
    told = sorted(ear.changes(), key=lambda value: value["created_time"])
    assert {value["verb"] for value in told} == {"add", "edited", "remove"}
    added = next(value for value in told if value.get("message") == "안녕하세요 😀")
    assert (added["comment_id"], added["item"]) == (said, "comment")
    assert added["parent_id"] == added["post_id"]
    assert added["from"]["name"] == "민지"
    assert all("message" not in value for value in told if value["verb"] == "remove")
    for raw, headers in ear.calls:
        digest = hmac.new(ear.secret.encode(), raw, hashlib.sha256).hexdigest()
        assert headers["X-Hub-Signature-256"] == f"sha256={digest}"
        assert raw.isascii()


def test_facebook_tells_mentions_photos_and_withheld_people(sandbox, ear, listen):
    page = listen("facebook")
    sandbox.say(page, "보세요", kind="mention", author="수아")
    sandbox.say(page, "", kind="comment", media=[True], author={"name": "곽", "withheld": True})
    arrive(sandbox, page)
    mention = next(v for v in ear.changes() if "sender_name" in v)
    assert mention["sender_name"] == "수아"
    photo = next(v for v in ear.changes() if "photo" in v)
    assert not {"message", "from"} & photo.keys()


def test_facebook_may_speak_as_it_used_to(sandbox, ear, listen):
    page = listen("facebook")
    sandbox.control("settings", {"account": page["name"], "fb_push_form": "old"})
    sandbox.say(page, "hello", kind="comment", author="Ann")
    arrive(sandbox, page)
    (value,) = [v for v in ear.changes() if v["item"] == "comment"]
    assert isinstance(value["sender_id"], int)
    assert "from" not in value


def test_x_tells_an_answer_twice_and_no_strangers_deletion(sandbox, ear, listen):
    account = listen("x")
    first = sandbox.say(account, "질문이요", author="@kim")
    arrive(sandbox, account)
    assert [a["event_type"] for a in ear.activities()] == ["post.mention.create"]
    (told,) = ear.activities()
    assert told["filter"]["user_id"] == account["id"]
    assert told["payload"]["id"] == first
    assert told["includes"]["users"][0]["username"] == "kim"
    sandbox.control("delete", {"id": first})
    counts = arrive(sandbox, account)
    assert counts["events"] == counts["delivered"] == 1
    raw, headers = ear.calls[0]
    there = Account(
        id="x", platform="x", title="", identity="", credentials=account["credentials"]
    )
    assert headers["x-twitter-webhooks-signature"] == signature(there, raw)


def test_changes_come_by_the_batch(sandbox, ear, listen):
    page = listen("facebook", batch=1000, batch_ms=60_000)
    sandbox.say_many(page, [{"text": f"말 {n}"} for n in range(250)], kind="visitor_post")
    assert ear.calls == []
    assert arrive(sandbox, page)["calls"] == 1
    assert len(ear.changes()) == 250


def test_every_misfortune_strikes_and_is_counted(sandbox, ear, listen):
    page = listen("facebook", loss=0.3, repeat=0.5, forged=0.4, noise=0.3, spread_ms=30)
    sandbox.say_many(page, [{"text": f"말 {n}"} for n in range(60)], kind="visitor_post")
    counts = arrive(sandbox, page)
    assert counts["events"] == 60 + counts["noise"]
    assert counts["delivered"] + counts["lost"] == counts["events"]
    assert min(counts[name] for name in ("lost", "repeated", "forged", "noise")) > 5
    assert counts["forged_taken"] == counts["forged"]  # this listener believes everything
    firsts = [v["message"] for v in ear.changes() if v["item"] == "status"]
    order = [int(text.split()[1]) for text in dict.fromkeys(firsts)]
    assert order != sorted(order)


def test_what_is_due_arrives_and_the_rest_stays_on_its_way(sandbox, ear, listen):
    page = listen("facebook", delay_ms=3_600_000)
    sandbox.say(page, "later", kind="visitor_post")
    sandbox.control("push/behave", {"account": page["name"], "delay_ms": 0})
    sandbox.say(page, "now", kind="visitor_post")
    assert sandbox.control("push/flush", {"only_due": True})["arrived"]
    assert [v["message"] for v in ear.changes()] == ["now"]
    assert sandbox.control("push", account=page["name"])["waiting"] == 1
    arrive(sandbox, page)
    assert [v["message"] for v in ear.changes()] == ["now", "later"]


def test_what_is_refused_is_sent_again(sandbox, ear, listen):
    page = listen("facebook")
    ear.statuses = [503, 500]
    sandbox.say(page, "once", kind="visitor_post")
    counts = arrive(sandbox, page)
    assert (counts["refused"], counts["delivered"]) == (2, 1)
    assert [v["message"] for v in ear.changes()] == ["once"]


def test_a_wish_for_nobody_is_refused(sandbox):
    account = sandbox.account("x")
    body = {"account": account["name"], "loss": 1}
    response = requests.post(f"{sandbox.url}/_control/push/behave", json=body, timeout=10)
    assert (response.status_code, "nobody listens" in response.json()["error"]) == (400, True)


@pytest.mark.parametrize("kind", ["webmention", "pingback", "trackback"])
def test_strangers_sites_ping(sandbox, ear, kind):
    blog = sandbox.account("wordpress")
    body = {
        "account": blog["name"],
        "kind": kind,
        "url": ear.url,
        "text": "좋은 글",
        "author": "옆집",
    }
    sent = sandbox.control("ping", body)
    assert sent["status"] == 200
    ((raw, _headers),) = ear.calls
    assert sent["source"].encode() in raw.replace(b"%3A", b":").replace(b"%2F", b"/")
    page = requests.get(sent["source"], timeout=10).text
    assert sent["target"] in page
    sandbox.control("ping", {"id": sent["id"], "links": False})
    assert sent["target"] not in requests.get(sent["source"], timeout=10).text
    sandbox.control("ping", {"id": sent["id"], "gone": True})
    assert requests.get(sent["source"], timeout=10).status_code == 410
