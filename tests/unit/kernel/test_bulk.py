"""Rows that are made fast are the rows that Django makes."""

import pytest
from django.db.models import Model

from inbox.models import Contact, Conversation, Draft, Message, Wait
from opsconsole.audit.models import Activity
from opsconsole.kernel.bulk import row_new


@pytest.mark.parametrize("model", [Contact, Conversation, Message, Wait, Activity])
def test_a_new_row_begins_as_djangos_does(model: type[Model]):
    fast, slow = row_new(model), model()
    names = [field.attname for field in model._meta.concrete_fields]
    assert [getattr(fast, name) for name in names] == [getattr(slow, name) for name in names]
    assert (fast._state.adding, fast._state.db) == (True, None)
    assert fast.__dict__.keys() == slow.__dict__.keys()


def test_relations_and_their_numbers_go_together():
    contact = Contact(pk=7, name="한결")
    conversation = row_new(Conversation, contact=contact, channel="x")
    assert (conversation.contact_id, conversation.contact, conversation.channel) == (
        7,
        contact,
        "x",
    )


def test_nothing_is_shared_between_two_rows():
    one, two = row_new(Message), row_new(Message)
    one.media.append("a picture")
    assert two.media == []
    assert row_new(Draft).request_key != row_new(Draft).request_key
