"""Saved replies and approval through the API."""

import pytest
from rest_framework.test import APIClient

from inbox.models import Draft
from tests.factories.inbox import make_conversation
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return make_conversation(language="en")


def client_of(role, conversation):
    client = APIClient()
    client.force_login(make_user(role=role, unit=conversation.unit, language="en"))
    return client


def test_saved_replies_are_kept_offered_and_put_away(conversation):
    boss = client_of("manager", conversation)
    words = {
        "title": "Greeting", "shortcut": "hello", "text": "Hello {{customer}}!",
        "unit": conversation.unit_id, "is_shared": True,
    }  # fmt: skip
    made = boss.post("/api/v1/saved-replies/", words, format="json")
    assert made.status_code == 201
    address = f"/api/v1/saved-replies/{made.json()['id']}/"
    ana = client_of("operator", conversation)
    (offer,) = ana.get(f"/api/v1/conversations/{conversation.pk}/saved-replies/?text=he").json()
    assert offer["text"] == f"Hello {conversation.contact.name}!"
    assert offer["saved"]["is_shared"] is True
    assert ana.post(f"{address}used/").status_code == 204
    assert ana.put(address, words, format="json").status_code == 403
    refused = boss.put(address, words | {"text": "{{phone}}"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_variable")
    assert boss.post(f"{address}archive/").json()["archived_at"]
    assert ana.get("/api/v1/saved-replies/").json()["results"] == []
    assert boss.post(f"{address}restore/").json()["used_count"] == 1


def test_a_guest_asks_and_a_manager_decides(conversation):
    guest, boss = client_of("guest", conversation), client_of("manager", conversation)
    home = f"/api/v1/conversations/{conversation.pk}/"
    refused = guest.post(f"{home}replies/", {"text": "We look into it."}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "needs_approval")
    asked = guest.post(f"{home}candidates/", {"text": "We look into it."}, format="json")
    assert asked.status_code == 202
    (waiting,) = boss.get(f"{home}candidates/").json()
    digest = waiting["draft"]["digest"]
    address = f"/api/v1/candidates/{asked.json()['id']}/"
    stale = boss.post(f"{address}approve/", {"digest": "x"}, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "changed")
    sent = boss.post(f"{address}approve/", {"digest": digest}, format="json")
    assert (sent.status_code, sent.json()["text"]) == (202, "We look into it.")
    late = boss.post(f"{address}decline/", {"digest": digest, "note": "No."}, format="json")
    assert late.json()["code"] == "decided"
    assert Draft.objects.get().state == "sent"
