"""HTML of blogs as plain words. Pure; says nothing about where the HTML comes from."""

import html
import re
import unicodedata

import nh3

from opsconsole.kernel.text import storable

_BREAK = re.compile(r"<br\s*/?>\n?", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</p>\s*<p[^>]*>", re.IGNORECASE)


def plain(markup: str) -> str:
    """Return HTML as text: breaks kept, tags gone, entities resolved once, NFC.

    Half an emoji or a NUL would stop the sanitiser, and with it the whole page of a poll.
    """
    text = _PARAGRAPH.sub("\n\n", _BREAK.sub("\n", storable(markup)))
    return unicodedata.normalize("NFC", html.unescape(nh3.clean(text, tags=set()))).strip()
