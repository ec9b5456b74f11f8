"""Texts that are empty or unfinished. Pure."""

import re

from guidelines.checks.findings import Finding, Severity

_PLACEHOLDER = re.compile(
    r"\{\{.*?\}\}|\[(?:link|name|url|링크|이름)\]|\bTBD\b|\blorem ipsum\b", re.IGNORECASE
)
#: Characters that show nothing: a text of only these is blank on the platform.
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")


def check_blank(text: str) -> list[Finding]:
    """Find a text that would show nothing."""
    if _INVISIBLE.sub("", text):
        return []
    return [Finding("blank", Severity.BLOCKER)]


def check_placeholder(text: str) -> list[Finding]:
    """Find what somebody meant to fill in."""
    return [
        Finding("placeholder", Severity.BLOCKER, {"found": m.group()}, m.start(), m.end())
        for m in _PLACEHOLDER.finditer(text)
    ]
