"""The last look at an answer's words before they leave: signed, checked, and confirmed where that is needed."""

import hmac
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from channels.registry import capabilities_for
from guidelines.checks import PERSONAL_DATA, Finding, Severity
from guidelines.phrases import sentence
from inbox.cotags import signed
from inbox.models import Conversation, Message
from inbox.selectors.cotags import signature_of
from inbox.wording import confirmation, findings_about, reached_anyway
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Wording:
    """The words as they go out, and the kinds of personal data in them that somebody has confirmed."""

    text: str
    confirmed: tuple[str, ...] = ()


def wording_of(
    conversation: Conversation,
    target: Message,
    *,
    text: str,
    author_id: int,
    confirm: str = "",
    is_public: bool = True,
) -> Wording:
    """Return the words as they go out, with the author's co-tag.

    Raises Invalid when they cannot go out as they are. Personal data in public is Invalid with the code
    `needs_confirmation`, what was found (`findings`: kind, start, end) and the `confirm` with which the
    same words are let through.
    """
    whole = signed(text, signature_of(author_id, conversation.account))
    uncounted = reached_anyway(conversation.channel, target)
    capabilities = capabilities_for(conversation.channel)
    if not is_public:
        capabilities = replace(capabilities, max_length=capabilities.private_length)
    findings = findings_about(whole, capabilities, uncounted, is_public=is_public)
    blockers = [finding for finding in findings if finding.severity == Severity.BLOCKER]
    if blockers:
        raise Invalid(sentence(blockers[0]), code=blockers[0].code, field="text")
    personal = [finding for finding in findings if finding.code in PERSONAL_DATA]
    if personal:
        _must_be_confirmed(conversation, text, personal, confirm)
    return Wording(whole, tuple(sorted({finding.code for finding in personal})))


def _must_be_confirmed(
    conversation: Conversation, text: str, personal: list[Finding], confirm: str
) -> None:
    wanted = confirmation(conversation.pk, text)
    if hmac.compare_digest(confirm.encode(), wanted.encode()):
        return
    raise Invalid(
        _("There is personal data in this public reply."),
        code="needs_confirmation",
        field="text",
        findings=[{"kind": f.code, "start": f.start, "end": f.end} for f in personal],
        confirm=wanted,
    )


def note_confirmed(actor: Actor, conversation: Conversation, wording: Wording) -> None:
    """Record that somebody sent personal data on purpose: its kinds, never the data."""
    if wording.confirmed:
        record(
            actor, "inbox.reply.confirmed", conversation,
            unit_id=conversation.unit_id, kinds=list(wording.confirmed),
        )  # fmt: skip
