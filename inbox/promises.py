"""Recognises what we have promised in an answer, Korean or English. Pure: text in, proposals out.

A proposal is only offered: an operator makes a follow-up of it, or does not. So it rather leaves
out what is politeness (노력하겠습니다) or hangs on the customer (남겨 주시면 연락드리겠습니다).
"""

import re
from dataclasses import dataclass
from datetime import datetime

from inbox.due_words import due_in

#: Proposals from one answer, and characters of each that are quoted.
MOST, LONGEST_QUOTE = 3, 300


@dataclass(frozen=True, slots=True)
class Promise:
    """A sentence that promises something, and by when: None when it does not say."""

    quote: str
    due_at: datetime | None


_SENTENCE_END = re.compile(r"(?<=[.!?。…~])\s+|\n+")

#: Words by which Korean speaks of what we are going to do.
_KOREAN_WILL = re.compile(
    r"겠습니다|겠어요|[할릴줄낼]게요|(?:할|드릴|될|올릴|보낼)\s*(?:예정|계획)(?:입니다|이에요|이며|이오니)"
    r"|기로\s*(?:했습니다|하였습니다)|(?:하|드리|되)도록\s*(?:하겠|할)"
)
#: Deeds that can be checked later.
_KOREAN_DEED = re.compile(
    r"연락|회신|답변|답글|전달|처리|조치|수정|개선|복구|발송|보내|환불|교환|방문|안내|알려|확인|점검"
    r"|검토|공지|보상|지급|신고|접수|반영|배정|설치|재전송|업데이트|살펴|알아"
)
#: Politeness, refusals, and what others shall do.
_KOREAN_NOT = re.compile(
    r"모르겠|알겠습니다|감사하겠|감사드리겠|고맙겠|부탁(?:드리|하)겠|사과(?:드리|하)겠|기다리겠|좋겠|싶겠"
    r"|못\s*하겠|없겠|않겠|않을|힘들겠|어렵겠|되겠습니까|바라겠|양해"
)
#: The customer has to do something first.
_KOREAN_IF = re.compile(
    r"(?:시|으시|주시|하시)면\s|(?:시|으시|주시|하시)면,|원하시는\s*경우|필요하시면|말씀하시면"
)
#: Says nothing that could be kept or broken unless a day is named.
_KOREAN_VAGUE = re.compile(r"노력하겠|최선을\s*다하겠|힘쓰겠|되도록\s*하겠|보답하겠|거듭나겠")

_ENGLISH_WILL = re.compile(
    r"\b(?:we|i|our \w+|the \w+|it|you)(?:\s+will|['’]ll)\b|\b(?:we|i)(?:['’](?:re|m)|\s+(?:are|am))\s+going to\b",
    re.IGNORECASE,
)
_ENGLISH_OURS = re.compile(r"\b(?:we|i)\b", re.IGNORECASE)
_ENGLISH_NOT = re.compile(
    r"\b(?:will not|won['’]t|will never|will be (?:happy|glad|pleased|able)|['’]ll be (?:happy|glad|pleased|able)"
    r"|['’]ll (?:see|need|have to)|will (?:see|need|have to)|will do our best|['’]ll do our best"
    r"|you(?:['’]ll| will) (?:need|have|find|see))\b",
    re.IGNORECASE,
)
_ENGLISH_IF = re.compile(
    r"\b(?:if|once|when|as soon as) you\b|\b(?:please|kindly)\b.*\b(?:and|so) (?:we|i)\b",
    re.IGNORECASE,
)


def promises_in(text: str, *, at: datetime) -> list[Promise]:
    """Return what an answer written at `at` promises, in its order; moments in the zone of `at`."""
    found = []
    for sentence in _SENTENCE_END.split(text):
        quote = " ".join(sentence.split())
        due = due_in(quote, at=at)
        if quote and _promises(quote, has_due=due is not None):
            found.append(Promise(quote[:LONGEST_QUOTE], due))
    return found[:MOST]


def _promises(sentence: str, *, has_due: bool) -> bool:
    if sentence.rstrip("\"'”’) ").endswith(("?", "까요", "까")):
        return False
    return _in_korean(sentence, has_due) or _in_english(sentence, has_due)


def _in_korean(sentence: str, has_due: bool) -> bool:
    if not _KOREAN_WILL.search(sentence) or _KOREAN_NOT.search(sentence):
        return False
    if _KOREAN_IF.search(sentence):
        return False
    if has_due:
        return True
    return bool(_KOREAN_DEED.search(sentence)) and not _KOREAN_VAGUE.search(sentence)


def _in_english(sentence: str, has_due: bool) -> bool:
    found = _ENGLISH_WILL.search(sentence)
    if found is None or _ENGLISH_NOT.search(sentence) or _ENGLISH_IF.search(sentence):
        return False
    return has_due or bool(_ENGLISH_OURS.match(found[0]))
