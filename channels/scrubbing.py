"""Keeping secrets out of what is written down: those known here, and all that look like some."""

import re
from collections.abc import Mapping

from opsconsole.kernel.redaction import redact

#: A shorter value is not looked for in texts: it would blank ordinary words.
_SHORTEST_SECRET = 4


def scrub(text: str, secrets: Mapping[str, str]) -> str:
    """Remove these very secrets, and all that look like some, from a text about to be kept."""
    for value in secrets.values():
        if len(value) >= _SHORTEST_SECRET:
            text = re.sub("".join(_forms(char) for char in value), "[redacted]", text)
    return redact(text)[:1000]


def _forms(char: str) -> str:
    """Return a pattern for a character however addresses, JSON or HTML may have written it."""
    if char.isascii() and char.isalnum():
        return char
    percent = "".join(f"%(?:25)*{byte:02x}" for byte in char.encode())
    code = ord(char)
    forms = [rf"\\?{re.escape(char)}", percent, rf"\\u{code:04x}", f"&#(?:0*{code}|x0*{code:x});"]
    if char == " ":
        forms += [r"\+", ""]  # in a form; and passwords are shown with blanks and sent without
    return f"(?i:{'|'.join(forms)})"
