"""Reads of tags."""

from django.db.models import QuerySet

from inbox.models import Tag
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.kernel.prepared import prepared
from opsconsole.people.roles import Ability

#: Tags among which a field that takes any word makes suggestions.
OFFERED = 100


def tag_page(actor: Actor, *, cursor: str = "", size: int = 50) -> KeysetPage[Tag]:
    """Return tags, oldest first. Tags belong to no unit; NotAllowed for those who read no inbox."""
    actor.must(Ability.READ_INBOX)
    rows = Tag.objects.order_by("pk")
    if cursor:
        rows = rows.filter(pk__gt=after_number(cursor))
    return cut(rows[: size + 1], size, lambda row: [row.pk])


@prepared
def tags_offered() -> QuerySet[Tag]:
    """Return the tags that are offered to whoever types one: the oldest hundred."""
    return Tag.objects.order_by("pk")[:OFFERED]


@prepared
def tags_of(conversation_id: int) -> QuerySet[Tag]:
    """Return the tags of a conversation by name. No gate: whoever asks has passed the conversation's."""
    return Tag.objects.filter(conversation_tags__conversation=conversation_id).order_by("name")
