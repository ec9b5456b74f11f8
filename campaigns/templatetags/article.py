"""An article's Markdown as HTML, piece by piece: every word of the writer's is escaped on its way."""

from collections.abc import Iterable, Iterator

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from markdown_it.token import Token

from channels.markup import tokens

register = template.Library()


@register.filter
def as_article(text: str) -> SafeString:
    """Return Markdown as the blog will show it; what is no Markdown is shown as it was typed."""
    return format_html_join("", "{}", ((piece,) for piece in _pieces(tokens(text))))


def _pieces(found: Iterable[Token]) -> Iterator[SafeString]:
    for token in found:
        if token.children:
            yield from _pieces(token.children)
        else:
            yield _piece(token)


def _piece(token: Token) -> SafeString:
    if token.hidden:  # the paragraphs of a tight list
        return escape("")
    if token.nesting == 1:
        return _opened(token)
    if token.nesting == -1:
        return format_html("</{}>", token.tag)
    if token.type in {"softbreak", "hardbreak"}:
        return format_html("<br>")
    if token.type in {"code_inline", "code_block", "fence"}:
        return format_html("<code>{}</code>", token.content)
    return format_html("<hr>") if token.type == "hr" else escape(token.content)


def _opened(token: Token) -> SafeString:
    if token.tag == "a":
        address = token.attrGet("href")
        return format_html('<a href="{}" rel="noopener noreferrer" target="_blank">', address)
    return format_html("<{}>", token.tag)
