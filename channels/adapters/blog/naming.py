"""The address of an article of ours: readable, and proof of which delivery it is. Pure.

WordPress has no idempotency key, but it lets us name what we create. The name is the title, as WordPress itself would
make it, and behind it the mark of the delivery. Sites with a plugin that makes names of their own (numbers instead
of Korean, say) lose the mark; there an article is known by its title, its words and its time.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from channels.adapters.blog.mapping import as_html, fingerprint, moment
from channels.markup import formatted, plain
from channels.types import Outgoing

#: Bytes of a name as WordPress stores it, percent-encoded; it cuts off what is longer.
LONGEST = 200
#: Latin letters that come apart in no other way.
_LATIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
)
#: Accents that belong to no letter, and what makes a sign an emoji.
_LOOSE = re.compile("[\u0300-\u036f\ufe00-\ufe0f]")
#: How the names of our articles end.
_MARKED = re.compile(r"-[0-9a-f]{8}$")


def slug_of(out: Outgoing) -> str:
    """Return the name for an article: the words of its title, cut at a word where they are many, and its mark."""
    room = LONGEST - len(out.mark) - 1
    words = _words(out.title)
    while words and len(quote("-".join(words))) > room:
        last = words.pop()
        if not words and len(last) > 1:
            words = [last[:-1]]
    return f"{'-'.join(words) or 'post'}-{out.mark}"


def _words(title: str) -> list[str]:
    """Return a title's words in small letters, without signs; apostrophes part nothing."""
    text = re.sub(r"['’]", "", unicodedata.normalize("NFKC", title)).lower().translate(_LATIN)
    text = _LOOSE.sub("", "".join(map(_without_accents, unicodedata.normalize("NFC", text))))
    words = "".join(char if _is_kept(char) else " " for char in text).split()
    return [word for word in words if any(char.isalnum() for char in word)]


def _without_accents(char: str) -> str:
    """WordPress writes Latin letters plainly, each version a little differently: so we do it beforehand."""
    bare = unicodedata.normalize("NFD", char)[0]
    return bare if bare.isascii() else char


def _is_kept(char: str) -> bool:
    """Letters, figures, and the marks upon letters of other scripts; not Latin that has no plain form, nor emoji."""
    if char.isascii():
        return char.isalnum()
    kind = unicodedata.category(char)
    is_foreign = "LATIN" not in unicodedata.name(char, "")
    return kind in {"Mn", "Mc"} or (kind[0] in "LN" and is_foreign)


def is_named_so(article: Mapping[str, Any], out: Outgoing) -> bool:
    """Whether an article's name is the one we gave it, or bears its mark behind a name that the site made."""
    slug = str(article.get("slug") or "")
    return slug == out.nonce or slug.endswith(f"-{out.mark}")


def says_the_same(
    article: Mapping[str, Any], out: Outgoing, since: datetime, until: datetime
) -> bool:
    """Whether an article whose name bears no mark of ours has this title and these words, and is from this time."""
    if _MARKED.search(str(article.get("slug") or "")):
        return False
    return (
        since <= moment(str(article.get("date_gmt") or "")) <= until
        and fingerprint(_raw(article, "title")) == fingerprint(as_html(out.title))
        and _bare(_raw(article, "content")) == _bare(formatted(out.text))
    )


def _raw(article: Mapping[str, Any], part: str) -> str:
    return str((article.get(part) or {}).get("raw") or "")


def _bare(markup: str) -> str:
    return fingerprint(plain(markup))
