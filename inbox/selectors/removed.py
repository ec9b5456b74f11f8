"""What a customer took back is nobody's to read any more, except for those who must be able to."""

from collections.abc import Iterable

from inbox.models import Message, MessageRevision
from inbox.selectors.belongings import keep_read


def withhold_removed(messages: Iterable[Message]) -> None:
    """Empty the removed messages among these rows, in memory only: the rows are for reading.

    That one stood there and when it went is kept; words, pictures, link and former versions go.
    """
    for message in messages:
        if message.removed_at is None:
            continue
        message.text, message.media, message.permalink = "", [], ""
        keep_read(message, "revisions", MessageRevision.objects.none())
        message.edited_at = None
