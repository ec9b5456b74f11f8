"""HTML of blogs as plain words. Pure; says nothing about where the HTML comes from."""

import html
import re
import unicodedata

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from opsconsole.kernel.text import storable

_BREAK = re.compile(r"<br\s*/?>\n?", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</p>\s*<p[^>]*>", re.IGNORECASE)
#: Markdown as writers know it; HTML in it is shown, not obeyed.
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable(["table", "strikethrough"])
    .disable("image")
)


def tokens(text: str) -> list[Token]:
    """Return Markdown taken apart, for whoever shows it."""
    return _MARKDOWN.parse(storable(text))


def formatted(text: str) -> str:
    """Return Markdown as HTML that is safe to publish and to show: CommonMark without pictures, tables, line breaks
    kept."""
    return nh3.clean(_MARKDOWN.render(storable(text))).strip()


def plain(markup: str) -> str:
    """Return HTML as text: breaks kept, tags gone, entities resolved once, NFC.

    Half an emoji or a NUL would stop the sanitiser, and with it the whole page of a poll.
    """
    text = _PARAGRAPH.sub("\n\n", _BREAK.sub("\n", storable(markup)))
    return unicodedata.normalize("NFC", html.unescape(nh3.clean(text, tags=set()))).strip()
