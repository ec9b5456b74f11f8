"""What an answer says once it stands on the platform, and what is remarked about it. Reads no rows."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from channels.lifecycle import ChannelKind
from channels.types import Capabilities
from guidelines.checks import PERSONAL_DATA, Finding, run_all
from guidelines.phrases import sentence
from inbox.models import Message

_HANDLE = re.compile(r"(?<![A-Za-z0-9_@/])@([A-Za-z0-9_]{1,15})")
#: Characters shown on either side of what is remarked on.
_AROUND = 24


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding as people read it: the sentence, and the place with what stands around it."""

    code: str
    sentence: str
    before: str
    found: str
    after: str


def reached_anyway(channel: str, target: Message | None) -> frozenset[str]:
    """Return the handles, in small letters, that X puts before an answer by itself and does not count."""
    if channel != ChannelKind.X or target is None:
        return frozenset()
    author = target.contact.handle if target.contact else ""
    return frozenset(
        handle.lower() for handle in (author, *_HANDLE.findall(target.text)) if handle
    )


def findings_about(
    text: str, capabilities: Capabilities, uncounted: Collection[str], *, is_public: bool = True
) -> list[Finding]:
    """Return what is to be said about a text as it would go out; personal data only where all can read it."""
    found = run_all(
        text, counting=capabilities.counting, max_length=capabilities.max_length,
        uncounted=uncounted,
    )  # fmt: skip
    return [finding for finding in found if is_public or finding.code not in PERSONAL_DATA]


def remark(text: str, finding: Finding) -> Remark:
    """Say a finding in the reader's language, with its place in the text."""
    start, end = finding.start, finding.end
    return Remark(
        code=finding.code,
        sentence=sentence(finding),
        before=text[max(0, start - _AROUND) : start],
        found=text[start:end],
        after=text[end : end + _AROUND],
    )


def confirmation(conversation_id: int, text: str) -> str:
    """Return the word with which somebody says "send these words anyway"; other words need another."""
    return salted_hmac("inbox.personal_data", f"{conversation_id}:{text}").hexdigest()
