"""A customer's personal data in a public text. Pure."""

import re

from guidelines.checks.findings import Finding, Severity

_KINDS = {
    "resident_number": re.compile(
        r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s?-\s?[1-8]\d{6}(?!\d)"
    ),
    "phone": re.compile(r"(?<![\d-])01[016789][-.\s]?\d{3,4}[-.\s]?\d{4}(?!\d)"),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w", re.ASCII),
}
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){13,18}\d(?!\d)")


def check_personal_data(text: str) -> list[Finding]:
    """Find mobile numbers, resident numbers, e-mail addresses and card numbers."""
    found = [
        Finding(kind, Severity.WARNING, {}, match.start(), match.end())
        for kind, pattern in _KINDS.items()
        for match in pattern.finditer(text)
    ]
    cards = (m for m in _CARD.finditer(text) if _is_card(m.group()))
    return found + [Finding("card", Severity.WARNING, {}, m.start(), m.end()) for m in cards]


def _is_card(digits: str) -> bool:
    """Luhn's check keeps order and tracking numbers out (ISO/IEC 7812-1, annex B)."""
    numbers = [int(digit) for digit in digits if digit.isdigit()][::-1]
    doubled = [sum(divmod(2 * number, 10)) for number in numbers[1::2]]
    return (sum(numbers[::2]) + sum(doubled)) % 10 == 0
