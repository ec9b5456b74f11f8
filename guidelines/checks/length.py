"""How long a text is in a platform's own counting. Pure."""

import re
import unicodedata
from collections.abc import Collection

from twitter_text import parse_tweet

from guidelines.checks.findings import Finding, Severity

#: The counting of X: Hangul, CJK and emoji weigh 2, each address 23.
X_WEIGHTED = "x_weighted"
_HEAD = re.compile(r"@(\w{1,15})(?!\w)\s*", re.ASCII)


def measure(text: str, counting: str, uncounted: Collection[str] = ()) -> int:
    """Return the length as the platform will see it, after NFC. CRLF counts as one line break.

    `uncounted` are the handles, in small letters, of those whom an answer on X reaches anyway: at its
    head they weigh nothing.
    Source of the weights: https://docs.x.com/fundamentals/counting-characters
    """
    wire = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    if counting == X_WEIGHTED:
        counted = _without_head(wire, uncounted)
        return int(parse_tweet(counted).weightedLength) if counted else 0
    return len(wire)


def _without_head(text: str, uncounted: Collection[str]) -> str:
    while (match := _HEAD.match(text)) and match.group(1).lower() in uncounted:
        text = text[match.end() :]
    return text


def check_length(
    text: str, counting: str, max_length: int, uncounted: Collection[str] = ()
) -> list[Finding]:
    """Find a text that the platform would refuse as too long."""
    length = measure(text, counting, uncounted)
    if length <= max_length:
        return []
    params = {"length": length, "limit": max_length, "over": length - max_length}
    return [Finding("too_long", Severity.BLOCKER, params)]
