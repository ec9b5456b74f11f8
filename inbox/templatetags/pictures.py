"""How templates find the pictures that went out with an answer. Reads no rows."""

from django import template

from inbox.models import Message, Picture, Reply
from inbox.selectors.thread import Thread

register = template.Library()


@register.simple_tag
def sent_pictures(thread: Thread, row: Message | Reply) -> list[Picture]:
    """Return the pictures of an answer, whether it stands already or is on its way."""
    if isinstance(row, Reply):
        return thread.pictures.get(row.pk, [])
    reply = getattr(row.delivery, "reply", None) if row.delivery_id else None
    return thread.pictures.get(reply.pk, []) if reply else []
