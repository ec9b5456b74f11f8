"""Live desks in the API: opened, spoken at, taken back, and got past a failure."""

from uuid import uuid4

import pytest

from campaigns.models import LiveDesk, LiveLine
from channels.errors import Rejected
from tests.factories.campaigns import leave_live
from tests.support.sending import refuse_next, send_next


@pytest.fixture
def client(company, client_of):
    return client_of(company.seo)


@pytest.fixture
def address(company, client):
    body = {
        "unit": company.mobile.pk, "name": "The launch", "request_key": str(uuid4()),
        "accounts": [{"account": company.account.pk, "mode": "apart"}],
    }  # fmt: skip
    made = [client.post("/api/v1/live-desks/", body, format="json") for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert LiveDesk.objects.count() == 1
    return f"/api/v1/live-desks/{made[0].json()['id']}/"


def say(client, address, text, **given):
    return client.post(f"{address}lines/", {"text": text, **given}, format="json")


def test_a_desk_with_its_places_and_snippets(client, address):
    client.post(f"{address}snippets/", {"text": "Soon."}, format="json")
    shown = client.get(address).json()
    assert shown["state"] == "open"
    assert [place["mode"] for place in shown["places"]] == ["apart"]
    (snippet,) = shown["snippets"]
    change = {"text": "Very soon.", "version": 1}
    one = f"{address}snippets/{snippet['id']}/"
    assert client.put(one, change, format="json").json()["text"] == "Very soon."
    assert client.put(one, change, format="json").status_code == 409
    assert client.delete(one).status_code == 204
    assert client.get("/api/v1/live-desks/").json()["results"][0]["snippets"] == []


def test_the_same_key_says_it_once_and_nearly_the_same_is_pointed_out(
    company, client, client_of, address
):
    key = str(uuid4())
    first = [say(client, address, "The doors are open.", request_key=key) for _ in range(2)]
    assert {answer.json()["id"] for answer in first} == {LiveLine.objects.get().pk}
    colleague = client_of(company.min)
    warned = say(colleague, address, "The doors are open!")
    assert (warned.status_code, warned.json()["code"]) == (409, "nearly_same")
    assert say(colleague, address, "The doors are open!", confirm="nearly_same").status_code == 201
    assert say(client, address, "Elsewhere", places=[0]).status_code == 422
    one = first[0].json()["id"]
    assert colleague.delete(f"{address}lines/{one}/").status_code == 403
    assert client.delete(f"{address}lines/{one}/").json()["is_taken_back"] is True


def test_past_a_failure(client, address):
    for text in ("One thing.", "Another matter."):
        say(client, address, text)
    desk = LiveDesk.objects.get()
    leave_live(desk)
    refuse_next(Rejected("no"))
    second, first = client.get(f"{address}lines/").json()
    assert [row["words"][0]["delivery"]["state"] for row in (first, second)] == [
        "rejected",
        "missed",
    ]
    word = f"{address}words/{first['words'][0]['id']}/"
    assert client.post(f"{word}retry/").status_code == 200
    assert client.post(f"{word}skip/").status_code == 409
    leave_live(desk)
    assert send_next().text == "One thing."
    assert send_next().text == "Another matter."
    place = client.get(address).json()["places"][0]["id"]
    assert client.post(f"{address}places/{place}/skip-master/").status_code == 409
    assert client.post(f"{address}close/").json()["state"] == "closed"
    assert say(client, address, "Too late.").status_code == 409
    assert client.post(f"{address}reopen/").json()["state"] == "open"
