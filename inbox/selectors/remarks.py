"""What is remarked about words while they are typed, and when they are stopped."""

from dataclasses import dataclass

from channels.models import ChannelAccount
from guidelines.checks.personal_data import check_personal_data
from guidelines.checks.wording import check_placeholder
from inbox.selectors.access import conversation_for
from inbox.wording import Remark, remark
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.text import typed

#: Far above any platform's limit.
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is being typed as an answer from an account, and what is remarked about it."""

    account: ChannelAccount
    words: str
    remarks: list[Remark]


def remarks_on(actor: Actor, conversation_id: int, text: str) -> Remarks:
    """Return what would stop this answer; its length is counted on the screen. One query."""
    account = conversation_for(actor, conversation_id).account
    words = typed(text)[:_LONGEST]
    found = [*check_personal_data(words), *check_placeholder(words)]
    return Remarks(account, words, [remark(words, finding) for finding in found])


def personal_remarks(text: str) -> list[Remark]:
    """Return the personal data in a text, each with its place."""
    words = typed(text)
    return [remark(words, finding) for finding in check_personal_data(words)]
