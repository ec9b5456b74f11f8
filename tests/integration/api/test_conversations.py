"""Working on a conversation through the API."""

from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from django.db import connection

from channels.models import Delivery
from inbox.models import Conversation, Reply
from tests.factories.inbox import make_conversation, make_message
from tests.integration.api.conftest import token_client


@pytest.fixture
def row(company):
    return make_conversation(account=company.account)


@pytest.fixture
def ana(company):
    return token_client(company.ana)


def act(client, row, verb, body=None, **extra):
    address = f"/api/v1/conversations/{row.pk}/{verb}/"
    return client.post(address, {} if body is None else body, format="json", **extra)


def test_claim_release_and_claim_by_another(company, row, ana):
    claimed = act(ana, row, "claim").json()
    assert (claimed["assignee"]["id"], claimed["state"]) == (company.ana.pk, "open")
    refused = act(token_client(company.boris), row, "claim")
    assert refused.status_code == 409
    assert refused.json()["code"] == "taken"
    assert refused.json()["assignee"] == company.ana.pk
    assert str(company.ana) in refused.json()["detail"]
    assert act(ana, row, "release").json()["assignee"] is None
    assert act(token_client(company.boris), row, "claim").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_once_one_wins_and_the_other_learns_who(company):
    for _turn in range(5):
        row = make_conversation(account=company.account)
        start, answers = Barrier(2), {}

        def claim(user, row=row, start=start, answers=answers):
            client = token_client(user)
            start.wait(timeout=20)
            try:
                answers[user] = act(client, row, "claim")
            finally:
                connection.close()

        threads = [Thread(target=claim, args=(user,)) for user in (company.ana, company.boris)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        assert sorted(answer.status_code for answer in answers.values()) == [200, 409]
        (winner,) = [user for user, answer in answers.items() if answer.status_code == 200]
        (refusal,) = [answer for answer in answers.values() if answer.status_code == 409]
        assert str(winner) in refusal.json()["detail"]
        assert refusal.json()["assignee"] == winner.pk
        assert Conversation.objects.get(pk=row.pk).assignee == winner


def test_assign_to_a_colleague_but_not_to_a_stranger(company, row, ana):
    assert act(ana, row, "assign", {"assignee": company.boris.pk}).status_code == 200
    stranger = act(token_client(company.min), row, "assign", {"assignee": company.chioma.pk})
    assert (stranger.status_code, stranger.json()["field"]) == (422, "assignee")


def test_hand_over_moves_it_out_of_sight(company, row, ana):
    answer = act(ana, row, "hand-over", {"unit": company.home.pk, "reason": "router"})
    assert answer.json()["unit"]["id"] == company.home.pk
    assert ana.get(f"/api/v1/conversations/{row.pk}/").status_code == 404
    assert token_client(company.chioma).get(f"/api/v1/conversations/{row.pk}/").status_code == 200


def test_tags_come_and_go(company, row, ana):
    (tag,) = act(ana, row, "tags", {"name": " #Roaming "}).json()["tags"]
    assert tag["name"] == "Roaming"
    assert [t["id"] for t in act(ana, row, "tags", {"name": "roaming"}).json()["tags"]] == [
        tag["id"]
    ]
    assert tag["id"] in [t["id"] for t in ana.get("/api/v1/tags/").json()["results"]]
    assert ana.delete(f"/api/v1/conversations/{row.pk}/tags/{tag['id']}/").status_code == 204
    assert ana.get(f"/api/v1/conversations/{row.pk}/").json()["conversation"]["tags"] == []


def test_a_note_stands_in_the_timeline(company, row, ana):
    note = act(ana, row, "notes", {"text": "Waits for the invoice."})
    assert note.status_code == 201
    entries = ana.get(f"/api/v1/conversations/{row.pk}/").json()["entries"]
    (shown,) = [entry for entry in entries if entry["kind"] == "note"]
    assert shown["note"]["id"] == note.json()["id"]
    assert shown["message"] is shown["reply"] is shown["activity"] is None


def test_a_thread_tells_what_one_may_do(company, row, ana):
    mine = ana.get(f"/api/v1/conversations/{row.pk}/").json()
    assert mine["can_work"]
    assert mine["can_reply"]
    assert not mine["can_direct"]
    assert mine["reply_target"] == row.messages.get().pk
    guest = token_client(company.gil).get(f"/api/v1/conversations/{row.pk}/").json()
    assert not guest["can_work"]
    assert guest["can_draft"]
    assert not guest["can_send"], "a colleague reads it first"


def test_older_entries_are_a_page_away(company, row, ana):
    for number in range(5):
        make_message(row, text=f"line {number}")
    seen, address = [], f"/api/v1/conversations/{row.pk}/?limit=2"
    while address:
        page = ana.get(address).json()
        seen = [e["message"]["id"] for e in page["entries"] if e["kind"] == "message"] + seen
        address = page["older"]
    assert seen == list(row.messages.order_by("posted_at", "id").values_list("pk", flat=True))


def test_a_reply_becomes_a_delivery(company, row, ana):
    answer = act(ana, row, "replies", {"text": "We are on it."})
    assert answer.status_code == 202, answer.content
    body = answer.json()
    assert body["answers"] == row.messages.get().pk
    delivery = ana.get(f"/api/v1/deliveries/{body['delivery']['id']}/").json()
    assert delivery["text"] == "We are on it."
    assert delivery["state"] in {"planned", "ready"}


@pytest.mark.parametrize("place", ["header", "body"])
def test_the_same_key_twice_is_one_reply(company, row, ana, place):
    key = str(uuid4())
    body = {"text": "Once."} | ({"request_key": key} if place == "body" else {})
    extra = {"headers": {"Idempotency-Key": key}} if place == "header" else {}
    first, second = (act(ana, row, "replies", body, **extra) for _turn in range(2))
    assert first.status_code == second.status_code == 202
    assert first.json()["id"] == second.json()["id"]
    assert Reply.objects.count() == Delivery.objects.count() == 1


def test_a_key_does_not_serve_another_reply(company, row, ana):
    key = {"headers": {"Idempotency-Key": str(uuid4())}}
    assert act(ana, row, "replies", {"text": "One."}, **key).status_code == 202
    other_text = act(ana, row, "replies", {"text": "Two."}, **key)
    other_row = make_conversation(account=company.account)
    elsewhere = act(ana, other_row, "replies", {"text": "One."}, **key)
    for refused in (other_text, elsewhere):
        assert (refused.status_code, refused.json()["code"]) == (409, "key_reused")


@pytest.mark.parametrize(
    ("header", "in_body", "code"),
    [("not a key", None, "bad_key"), (str(UUID(int=1)), str(UUID(int=2)), "two_keys")],
)
def test_keys_that_make_no_sense_are_refused(company, row, ana, header, in_body, code):
    body = {"text": "Hello."} | ({"request_key": in_body} if in_body else {})
    refused = act(ana, row, "replies", body, headers={"Idempotency-Key": header})
    assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_a_colleagues_conversation_is_not_answered_over_their_head(company, row, ana):
    act(token_client(company.boris), row, "claim")
    refused = act(ana, row, "replies", {"text": "Me too."})
    assert (refused.status_code, refused.json()["code"]) == (409, "taken")


def test_what_was_not_read_is_not_answered(company, row, ana):
    refused = act(ana, row, "replies", {"text": "Hi.", "seen_version": 0})
    assert (refused.status_code, refused.json()["code"]) == (409, "unseen")


def test_an_empty_reply_is_refused_by_field(company, row, ana):
    refused = act(ana, row, "replies", {"text": ""})
    assert (refused.status_code, refused.json()["field"]) == (422, "text")


def test_snooze_and_wake(company, row, ana):
    refused = act(ana, row, "snooze", {"until": None})
    assert (refused.status_code, refused.json()["code"]) == (422, "reason")
    aside = act(ana, row, "snooze", {"until": None, "reason": "Waits for us all."}).json()
    assert (aside["state"], aside["snoozed_until"]) == ("snoozed", None)
    assert act(ana, row, "wake").json()["state"] == "new"


def test_resolve_and_reopen(company, row, ana):
    act(ana, row, "claim")
    resolved = act(ana, row, "resolve", {"reason": "answered"}).json()
    assert (resolved["state"], resolved["waiting_since"]) == ("resolved", None)
    assert resolved["resolved_at"]
    assert act(ana, row, "reopen").json()["state"] == "open"
