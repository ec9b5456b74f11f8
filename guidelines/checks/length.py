"""How long a text is in a platform's own counting. Pure."""

import unicodedata

from twitter_text import parse_tweet

from guidelines.checks.findings import Finding, Severity

#: The counting of X: Hangul, CJK and emoji weigh 2, each address 23.
X_WEIGHTED = "x_weighted"


def measure(text: str, counting: str) -> int:
    """Return the length as the platform will see it, after NFC. CRLF counts as one line break.

    Source of the weights: https://docs.x.com/fundamentals/counting-characters
    """
    wire = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    if counting == X_WEIGHTED:
        return int(parse_tweet(wire).weightedLength)
    return len(wire)


def check_length(text: str, counting: str, max_length: int) -> list[Finding]:
    """Find a text that the platform would refuse as too long."""
    length = measure(text, counting)
    if length <= max_length:
        return []
    params = {"length": length, "limit": max_length, "over": length - max_length}
    return [Finding("too_long", Severity.BLOCKER, params)]
