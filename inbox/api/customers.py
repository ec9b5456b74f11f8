"""Endpoints about the customer of a conversation: who it is, what is remembered, spam and blocks."""

from rest_framework.request import Request
from rest_framework.response import Response

from inbox.actions.blocking import (
    contact_block,
    contact_unblock,
    conversation_not_spam,
    conversation_spam,
)
from inbox.actions.contact_notes import contactnote_add, contactnote_change, contactnote_remove
from inbox.actions.customers import (
    contact_mark_vip,
    contact_merge,
    contact_set_language,
    contact_unmerge,
)
from inbox.actions.reading import conversation_read, conversation_unread
from inbox.api import customer_shapes as shapes
from inbox.api.shapes import ConversationShape
from inbox.selectors.access import conversation_for
from inbox.selectors.contacts import contact_panel
from opsconsole.kernel.api import Nothing, body_of
from opsconsole.kernel.openapi import READ, operation, request_example
from opsconsole.people.api.base import ActorViewSet

Customer = shapes.CustomerShape


class CustomerViewSet(ActorViewSet):
    """The customer of one conversation."""

    @operation("customer_retrieve", "conversations", returns=Customer, refusals=READ)
    def retrieve(self, request: Request, conversation_id: int) -> Response:
        """Show the customer on every channel within your reach."""
        return self._customer(conversation_id)

    @operation(
        "customer_vip", "conversations", body=shapes.VipRequest, returns=Customer,
        examples=[request_example("A journalist", {"is_vip": True, "reason": "Journalist"})],
    )  # fmt: skip
    def vip(self, request: Request, conversation_id: int) -> Response:
        """Mark the customer as VIP, or take the mark off."""
        given = body_of(request, shapes.VipRequest)
        contact_mark_vip(self.actor, conversation_id=conversation_id, **given)
        return self._customer(conversation_id)

    @operation(
        "customer_language", "conversations", body=shapes.LanguageRequest, returns=Customer,
        examples=[request_example("Vietnamese", {"language": "vi"})],
    )  # fmt: skip
    def language(self, request: Request, conversation_id: int) -> Response:
        """Set the language in which the customer is answered."""
        given = body_of(request, shapes.LanguageRequest)
        contact_set_language(self.actor, conversation_id=conversation_id, **given)
        return self._customer(conversation_id)

    @operation(
        "customer_merge", "conversations", body=shapes.ContactRequest, returns=Customer,
        examples=[request_example("The same person", {"contact": 12})],
    )  # fmt: skip
    def merge(self, request: Request, conversation_id: int) -> Response:
        """Hold another contact for the same person; history and notes are shown together."""
        other = body_of(request, shapes.ContactRequest)["contact"]
        contact_merge(self.actor, conversation_id=conversation_id, contact_id=other)
        return self._customer(conversation_id)

    @operation(
        "customer_unmerge", "conversations", body=shapes.ContactRequest, returns=Customer,
        examples=[request_example("Another person after all", {"contact": 12})],
    )  # fmt: skip
    def unmerge(self, request: Request, conversation_id: int) -> Response:
        """Part a contact from the person again."""
        other = body_of(request, shapes.ContactRequest)["contact"]
        contact_unmerge(self.actor, conversation_id=conversation_id, contact_id=other)
        return self._customer(conversation_id)

    @operation(
        "customer_block", "conversations", body=shapes.BlockRequest, returns=Customer,
        examples=[request_example("With a reason", {"reason": "Insults"})],
    )  # fmt: skip
    def block(self, request: Request, conversation_id: int) -> Response:
        """Block the customer: what they write is kept, but waits for nobody."""
        given = body_of(request, shapes.BlockRequest)
        contact_block(self.actor, conversation_id=conversation_id, **given)
        return self._customer(conversation_id)

    @operation("customer_unblock", "conversations", returns=Customer)
    def unblock(self, request: Request, conversation_id: int) -> Response:
        """Let what the customer writes from now on wait again."""
        body_of(request, Nothing)
        contact_unblock(self.actor, conversation_id=conversation_id)
        return self._customer(conversation_id)

    @operation(
        "customer_notes_create", "conversations",
        body=shapes.ContactNoteRequest, returns=shapes.ContactNoteShape, status=201,
        examples=[request_example("For everybody", {"text": "Prefers to be called."})],
    )  # fmt: skip
    def add_note(self, request: Request, conversation_id: int) -> Response:
        """Remember something about the customer."""
        text = body_of(request, shapes.ContactNoteRequest)["text"]
        row = contactnote_add(self.actor, conversation_id=conversation_id, text=text)
        return Response(shapes.ContactNoteShape(row).data, status=201)

    @operation(
        "customer_notes_update", "conversations",
        body=shapes.ContactNoteRequest, returns=shapes.ContactNoteShape,
        examples=[request_example("In other words", {"text": "Call after 6 pm."})],
    )  # fmt: skip
    def change_note(self, request: Request, conversation_id: int, note_id: int) -> Response:
        """Change a note about the customer; a colleague's only if you direct its unit."""
        text = body_of(request, shapes.ContactNoteRequest)["text"]
        row = contactnote_change(
            self.actor, conversation_id=conversation_id, note_id=note_id, text=text
        )
        return Response(shapes.ContactNoteShape(row).data)

    @operation("customer_notes_delete", "conversations", returns=None, status=204)
    def remove_note(self, request: Request, conversation_id: int, note_id: int) -> Response:
        """Remove a note about the customer."""
        contactnote_remove(self.actor, conversation_id=conversation_id, note_id=note_id)
        return Response(status=204)

    def _customer(self, conversation_id: int) -> Response:
        row = conversation_for(self.actor, conversation_id)
        return Response(Customer(contact_panel(self.actor, row)).data)


class SortingViewSet(ActorViewSet):
    """What becomes of one conversation as a whole: spam or not, read or not."""

    @operation(
        "conversations_spam", "conversations", body=shapes.SpamRequest, returns=ConversationShape,
        examples=[request_example("And block", {"block": True, "seen_version": 12})],
    )  # fmt: skip
    def spam(self, request: Request, conversation_id: int) -> Response:
        """Resolve a conversation as spam; with `block`, block its customer in the same act."""
        given = body_of(request, shapes.SpamRequest)
        row = conversation_spam(self.actor, conversation_id=conversation_id, **given)
        return Response(ConversationShape(row).data)

    @operation("conversations_not_spam", "conversations", returns=ConversationShape)
    def not_spam(self, request: Request, conversation_id: int) -> Response:
        """Take a conversation out of the spam: it waits as before, and its customer is unblocked."""
        body_of(request, Nothing)
        row = conversation_not_spam(self.actor, conversation_id=conversation_id)
        return Response(ConversationShape(row).data)

    @operation(
        "conversations_read", "conversations", body=shapes.ReadRequest, returns=None, status=204,
        examples=[request_example("Up to here", {"version": 12, "newest": 345})],
    )  # fmt: skip
    def read(self, request: Request, conversation_id: int) -> Response:
        """Note how far you have read a conversation."""
        given = body_of(request, shapes.ReadRequest)
        conversation_read(self.actor, conversation_id=conversation_id, **given)
        return Response(status=204)

    @operation("conversations_unread", "conversations", returns=None, status=204)
    def unread(self, request: Request, conversation_id: int) -> Response:
        """Let the customer's newest line be new to you again."""
        body_of(request, Nothing)
        conversation_unread(self.actor, conversation_id=conversation_id)
        return Response(status=204)
