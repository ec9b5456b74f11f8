"""What stands on a page: whether it links to an article, who wrote it, what it says of it. Pure.

https://microformats.org/wiki/h-entry · https://www.w3.org/TR/webmention/#webmention-verification
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import mf2py
from bs4 import BeautifulSoup, Tag

from channels.pings.pages import FetchedPage
from opsconsole.kernel.text import storable, web_address

#: Characters of somebody's words that are kept, and around a link where nothing says which words count.
LONGEST_TEXT, AROUND = 2000, 160
#: Where an address may stand in a page. https://www.w3.org/TR/webmention/#h-webmention-verification
_PLACES = ("href", "src", "cite", "data", "poster")
_SHORT = re.compile(r"[?&](?:p|page_id)=(\d+)")
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)")


@dataclass(frozen=True, slots=True)
class Writing:
    """What somebody wrote about an article of ours."""

    title: str
    text: str
    author: str
    author_url: str
    photo: str
    is_answer: bool


def writing_about(page: FetchedPage, target: str) -> Writing | None:
    """Return what a page says about an article; None when it does not link to exactly that."""
    if page.content_type.startswith("text/plain"):
        words = page.body.decode("utf-8", "replace")
        return _plain(page, words) if target in words.split() else None
    soup = _soup(page)
    link = _link_to(soup, target, page.final)
    if link is None:
        return None
    entry = _entry(soup, page.final)
    properties = entry.get("properties", {})
    author = _author(properties, soup, page.final)
    return Writing(
        title=_title(properties, soup),
        text=_words(properties) or _around(link),
        is_answer=target in [_url_of(one) for one in properties.get("in-reply-to", [])],
        **author,
    )


def title_of(page: FetchedPage) -> str:
    """Return an article's own title."""
    soup = _soup(page)
    heading = soup.find("meta", property="og:title")
    given = str(heading.get("content") or "") if isinstance(heading, Tag) else ""
    return _clean(given or _text_of(soup.title), 600)


def number_of(page: FetchedPage, target: str) -> str:
    """Return the number under which WordPress keeps an article, from its short link; empty when it tells none."""
    for address in (target, page.final, page.links, _shortlink(page)):
        if found := _SHORT.search(address):
            return found[1]
    return ""


def _shortlink(page: FetchedPage) -> str:
    link = _soup(page).find("link", rel="shortlink")
    return str(link.get("href") or "") if isinstance(link, Tag) else ""


def _soup(page: FetchedPage) -> BeautifulSoup:
    named = _CHARSET.search(page.content_type)
    return BeautifulSoup(page.body, "html.parser", from_encoding=named[1] if named else None)


def _plain(page: FetchedPage, words: str) -> Writing:
    host = urlsplit(page.final).hostname or ""
    return Writing("", _clean(words), host, page.final, "", is_answer=False)


def _link_to(soup: BeautifulSoup, target: str, base: str) -> Tag | None:
    for tag in soup.find_all(True):
        for place in _PLACES:
            given = tag.get(place)
            if isinstance(given, str) and _is_same(given.strip(), target, base):
                return tag
    return None


def _is_same(given: str, target: str, base: str) -> bool:
    if given == target:
        return True
    try:
        return urljoin(base, given) == target
    except ValueError:
        return False


def _entry(soup: BeautifulSoup, base: str) -> dict[str, Any]:
    """Return the page's first entry, or nothing: most pages of the world have none."""
    items: list[dict[str, Any]] = list(mf2py.parse(doc=soup, url=base)["items"])
    for item in items:
        items += [one for one in item.get("children", []) if isinstance(one, dict)]
        if {"h-entry", "h-cite"} & set(item.get("type", [])):
            return item
    return {}


def _author(properties: dict[str, Any], soup: BeautifulSoup, base: str) -> dict[str, str]:
    found = (properties.get("author") or [""])[0]
    card = found.get("properties", {}) if isinstance(found, dict) else {}
    name = _first(card, "name") or (
        found if isinstance(found, str) else str(found.get("value", ""))
    )
    named = soup.find("meta", attrs={"name": "author"})
    said = str(named.get("content") or "") if isinstance(named, Tag) else ""
    host = (urlsplit(base).hostname or "").removeprefix("www.")
    is_address = name.startswith(("http://", "https://"))
    parts = urlsplit(base)
    return {
        "author": _clean("" if is_address else name, 120) or _clean(said, 120) or host,
        "author_url": web_address(_first(card, "url")) or f"{parts.scheme}://{parts.netloc}/",
        "photo": web_address(_first(card, "photo")),
    }


def _first(properties: dict[str, Any], name: str) -> str:
    return _url_of((properties.get(name) or [""])[0])


def _url_of(given: Any) -> str:
    """Return the text of a property, whichever of its forms it has."""
    if isinstance(given, dict):
        inner = given.get("properties", {}).get("url") or [given.get("value", "")]
        return str(inner[0])
    return str(given)


def _title(properties: dict[str, Any], soup: BeautifulSoup) -> str:
    return _clean(_first(properties, "name") or _text_of(soup.title), 300)


def _words(properties: dict[str, Any]) -> str:
    for name in ("content", "summary"):
        given = (properties.get(name) or [""])[0]
        text = str(given.get("value", "")) if isinstance(given, dict) else str(given)
        if text.strip():
            return _clean(text)
    return ""


def _around(link: Tag) -> str:
    """Return the words around a link, as WordPress shows pingbacks."""
    said = _text_of(link)
    block = link.find_parent(["p", "li", "blockquote", "td", "div", "article", "section"])
    whole = _text_of(block) if isinstance(block, Tag) else said
    at = max(whole.find(said), 0)
    start, end = max(at - AROUND, 0), at + len(said) + AROUND
    cut = whole[start:end].strip()
    return _clean(f"{'… ' if start else ''}{cut}{' …' if end < len(whole) else ''}")


def _text_of(tag: Tag | None) -> str:
    return " ".join(tag.get_text(" ").split()) if tag is not None else ""


def _clean(text: str, limit: int = LONGEST_TEXT) -> str:
    return storable(unicodedata.normalize("NFC", text).strip(), limit)
