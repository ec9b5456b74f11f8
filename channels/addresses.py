"""Finding a platform's own id in the address a person pastes. Pure; asks no platform."""

import re
from urllib.parse import parse_qs, urlsplit

from channels.lifecycle import ChannelKind

_STATUS = re.compile(r"/status(?:es)?/(\d+)")
_COMMENT = re.compile(r"^comment-(\d+)$")


def id_in(given: str, *, kind: str, thread: str) -> str:
    """Return the id that an address names, as our adapter for that channel would; empty when it names none.

    What is no address is taken for the id itself. `thread` is the post under which to look.
    """
    given = given.strip()
    if "://" not in given:
        return given
    parts = urlsplit(given)
    if kind == ChannelKind.X:
        found = _STATUS.search(parts.path)
        return found[1] if found else ""
    if kind == ChannelKind.FACEBOOK:
        query = parse_qs(parts.query)
        comment = query.get("reply_comment_id") or query.get("comment_id")
        if comment:
            return f"{thread.rpartition('_')[2]}_{comment[0].rpartition('_')[2]}"
        return ""
    found = _COMMENT.match(parts.fragment)
    return found[1] if found else ""
