"""What the menus of a conversation offer: why it may be resolved, until when it may be put aside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from inbox.actions.triage import suggested_resolution
from inbox.lifecycle import Resolution
from inbox.models import Conversation
from inbox.snoozes import moment_of
from inbox.status import RESOLUTION_KEYS, RESOLUTION_WORDS, SNOOZE_WORDS


@dataclass(frozen=True, slots=True)
class Offer:
    """One entry of a menu. `at` is the moment it stands for, if it stands for one."""

    value: str
    label: Any
    key: str
    is_suggested: bool = False
    at: datetime | None = None


def resolution_offers(conversation: Conversation) -> list[Offer]:
    """Return why this may be resolved, what fits the situation first."""
    suggested = suggested_resolution(conversation)
    offers = [
        Offer(code, RESOLUTION_WORDS[code], RESOLUTION_KEYS[code], code == suggested)
        for code in RESOLUTION_KEYS
        if code != Resolution.ANSWERED or conversation.waiting_since is None
    ]
    return sorted(offers, key=lambda offer: not offer.is_suggested)


def snooze_offers() -> list[Offer]:
    """Return until when one may put something aside, with the moments in the console's zone."""
    at = timezone.localtime()
    return [
        Offer(choice, words, str(number), at=moment_of(choice, at))
        for number, (choice, words) in enumerate(SNOOZE_WORDS.items(), start=1)
    ]
