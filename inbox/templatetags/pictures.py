"""How templates find the pictures that went out with an answer. Reads no rows."""

from django import template

from channels.types import Capabilities
from inbox.models import Message, Picture, Reply
from inbox.pictures import kinds_of
from inbox.selectors.thread import Thread
from opsconsole.kernel.films import MP4

register = template.Library()


@register.filter
def accepted(capabilities: Capabilities) -> str:
    """Return the kinds of files that an answer may carry, as a file field names them."""
    return ",".join(kinds_of(capabilities))


@register.filter
def is_film(picture: Picture) -> bool:
    """Tell whether what goes along is a film."""
    return picture.content_type == MP4


@register.simple_tag
def sent_pictures(thread: Thread, row: Message | Reply) -> list[Picture]:
    """Return the pictures of an answer, whether it stands already or is on its way."""
    if isinstance(row, Reply):
        return thread.pictures.get(row.pk, [])
    reply = getattr(row.delivery, "reply", None) if row.delivery_id else None
    return thread.pictures.get(reply.pk, []) if reply else []
