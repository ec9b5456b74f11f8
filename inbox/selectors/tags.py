"""Reads of tags."""

from inbox.models import Tag
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.people.roles import Ability


def tag_page(actor: Actor, *, cursor: str = "", size: int = 50) -> KeysetPage[Tag]:
    """Return tags, oldest first. Tags belong to no unit; NotAllowed for those who read no inbox."""
    actor.must(Ability.READ_INBOX)
    rows = Tag.objects.order_by("pk")
    if cursor:
        rows = rows.filter(pk__gt=after_number(cursor))
    return cut(rows[: size + 1], size, lambda row: [row.pk])
