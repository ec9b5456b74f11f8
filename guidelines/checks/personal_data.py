"""A customer's personal data in a public text. Pure."""

import re

from guidelines.checks.findings import Finding, Severity

#: The codes of what is found here.
PERSONAL_DATA = frozenset({"phone", "resident_number", "email", "card"})
#: Digits as Korean and Japanese keyboards may write them; each stays one character, so places stay true.
_PLAIN = str.maketrans("０１２３４５６７８９－", "0123456789-")
_BIRTH = r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_RESIDENT = re.compile(rf"(?<![\d-])({_BIRTH})(\s?-\s?)?([1-8]\d{{6}})(?!-?\d)")
_PATTERNS = {
    "phone": re.compile(
        r"(?<![\d-])(?:\+?82[-.\s]?\(?0?\)?|0)"
        r"(?:1[016789][-.\s]?\d{3,4}[-.\s]?\d{4}|70[-.\s]?\d{4}[-.\s]?\d{4}"
        r"|(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4])[-.\s)]+\d{3,4}[-.\s]\d{4})(?!-?\d)"
    ),
    "email": re.compile(
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?![\w-])", re.ASCII | re.IGNORECASE
    ),
}
_CARD = re.compile(r"(?<![\d-])(?:\d[ -]?){12,18}\d(?!-?\d)")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def check_personal_data(text: str) -> list[Finding]:
    """Find phone numbers, resident numbers, e-mail addresses and card numbers, in the order of the text.

    What is found twice counts once: a resident number is no phone number as well.
    """
    plain = text.translate(_PLAIN)
    found = [
        *(_found("resident_number", m) for m in _RESIDENT.finditer(plain) if _is_resident(m)),
        *(_found("card", m) for m in _CARD.finditer(plain) if _is_card(m.group())),
        *(_found(kind, m) for kind, rule in _PATTERNS.items() for m in rule.finditer(plain)),
    ]
    return sorted(_apart(found), key=lambda finding: finding.start)


def _found(kind: str, match: re.Match[str]) -> Finding:
    return Finding(kind, Severity.WARNING, {}, match.start(), match.end())


def _apart(found: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for finding in found:
        if all(finding.end <= other.start or other.end <= finding.start for other in kept):
            kept.append(finding)
    return kept


def _is_resident(match: re.Match[str]) -> bool:
    """Written with its hyphen it is taken for one: numbers given since October 2020 have no check digit.

    Thirteen digits in a row need the check digit, which keeps order and tracking numbers out. That of
    foreigners, whose seventh digit is 5 to 8, is two higher.
    """
    if match.group(2):
        return True
    digits = [int(digit) for digit in match.group(1) + match.group(3)]
    weighed = sum(map(int.__mul__, digits, _WEIGHTS))
    top = 13 if digits[6] in range(5, 9) else 11
    return (top - weighed % 11) % 10 == digits[12]


def _is_card(digits: str) -> bool:
    """Luhn's check keeps order and tracking numbers out (ISO/IEC 7812-1, annex B)."""
    numbers = [int(digit) for digit in digits if digit.isdigit()][::-1]
    doubled = [sum(divmod(2 * number, 10)) for number in numbers[1::2]]
    return (sum(numbers[::2]) + sum(doubled)) % 10 == 0
