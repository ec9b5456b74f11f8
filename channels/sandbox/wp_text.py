"""What WordPress does to text: filtering, entities, curly quotes, paragraphs, links, slugs."""

import html
import re
import unicodedata
from urllib.parse import quote

ALLOWED = {
    "a", "abbr", "acronym", "b", "blockquote", "cite", "code", "del", "em", "i", "q", "s",
    "strike", "strong", "br",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)/?>|<!--.*?-->", re.DOTALL)
_ENTITY = re.compile(r"&(?!(?:[a-zA-Z][a-zA-Z0-9]*|#\d+|#x[0-9a-fA-F]+);)")
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_LINK = re.compile(r"(?<![\"'>=/\w])(https?://[^\s<>\"']+)")
_SPLIT = re.compile(r"(<[^>]*>)")
_BLOCK = re.compile(r"^<(p|div|h[1-6]|ul|ol|blockquote|figure|table|pre|hr)\b", re.IGNORECASE)


def _one_tag(match: re.Match[str]) -> str:
    closing, name, rest = match[1], (match[2] or "").lower(), match[3] or ""
    if name not in ALLOWED:
        return ""
    if closing:
        return f"</{name}>"
    href = _HREF.search(rest) if name == "a" else None
    if href and href[1].lower().startswith(("http://", "https://", "mailto:")):
        return f'<a href="{href[1]}" rel="nofollow ugc">'
    return f"<{name}>"


def filter_comment(text: str) -> str:
    """Return a comment as it is stored: foreign tags gone (their text stays), the rest encoded."""
    parts, at = [], 0
    for match in _TAG.finditer(text):
        parts.append(_encode(text[at : match.start()]))
        parts.append(_one_tag(match))
        at = match.end()
    parts.append(_encode(text[at:]))
    return "".join(parts)


def _encode(text: str) -> str:
    return _ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def add_rel(text: str) -> str:
    """Mark the links of an unfiltered comment, as WordPress does for everybody."""
    return re.sub(r"<a (?![^>]*rel=)([^>]*)>", r'<a \1 rel="nofollow ugc">', text)


def encode_name(name: str) -> str:
    """Return a plain name as WordPress stores it."""
    return _ENTITY.sub("&amp;", re.sub(r"<[^>]*>", "", name)).replace("<", "&lt;")


def _curl(text: str) -> str:
    text = _ENTITY.sub("&#038;", text).replace("&amp;", "&#038;")
    text = text.replace("...", "&#8230;").replace("---", "&#8212;").replace("--", "&#8211;")
    text = re.sub(r'(^|[\s(\[{])"(?=\S)', r"\1&#8220;", text).replace('"', "&#8221;")
    return re.sub(r"(^|[\s(\[{])'(?=\S)", r"\1&#8216;", text).replace("'", "&#8217;")


def texturize(text: str) -> str:
    """Make quotes curly and ampersands entities, outside tags."""
    pieces = _SPLIT.split(text)
    return "".join(piece if piece.startswith("<") else _curl(piece) for piece in pieces)


def paragraphs(text: str) -> str:
    """Wrap blank-line separated parts in <p> and break lines, as wpautop does."""
    blocks = [b.strip() for b in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if b.strip()]
    wrapped = [
        b if _BLOCK.match(b) else "<p>" + b.replace("\n", "<br />\n") + "</p>" for b in blocks
    ]
    return "\n".join(wrapped) + "\n" if wrapped else ""


def linkify(text: str) -> str:
    """Turn bare addresses into links, outside tags."""

    def link(match: re.Match[str]) -> str:
        address = match[1].replace("&amp;", "&#038;")
        return f'<a href="{address}" rel="nofollow ugc">{match[1]}</a>'

    return _LINK.sub(link, text)


def render_comment(stored: str) -> str:
    """Return `content.rendered` of a comment."""
    return paragraphs(texturize(linkify(stored)))


def render_post(content: str) -> str:
    """Return `content.rendered` of an article."""
    return paragraphs(texturize(content))


def plain(markup: str) -> str:
    """Return the text of markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def slugify(title: str) -> str:
    """Return WordPress' slug of a title: lower case, dashes, other scripts percent-encoded."""
    text = plain(unicodedata.normalize("NFC", title)).lower()
    text = re.sub(r"[^\w\s-]", "", text)
    return quote(re.sub(r"[\s_-]+", "-", text).strip("-")).lower()[:200]


def count_links(text: str) -> int:
    """Return how many links a comment holds."""
    return len(re.findall(r"<a\s[^>]*href|https?://", text, re.IGNORECASE))
