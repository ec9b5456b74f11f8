"""What becomes of a writer's words on their way out: the article's address, and tags in links. Pure."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from channels.types import LINK

#: An address in running text or in Markdown; words of other scripts end it.
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"'`\u0080-\uffff]+")
_TAIL = ".,;:!?*_~"
#: As long as an article's address may be expected to be; X counts every address alike.
_SAMPLE = "https://blog.example.com/2026/01/an-article-of-ours/"


def addresses_in(text: str) -> list[str]:
    """Return the web addresses of a text, in order, each once."""
    found = (match[0].rstrip(_TAIL) for match in _ADDRESS.finditer(text))
    return list(dict.fromkeys(found))


def announcing(text: str) -> str:
    """Return a text with a place for the article's address: at its end where the writer gave none."""
    return text if LINK.search(text) else f"{text.rstrip()}\n{{{{link}}}}".lstrip()


def tagged(text: str, *, source: str, campaign: str) -> str:
    """Return a text whose links say where a visitor came from; those that say so already are left alone.

    https://support.google.com/analytics/answer/10917952
    """
    tags = {"utm_source": source, "utm_medium": "social", "utm_campaign": campaign}
    text = LINK.sub(f"{{{{link?{urlencode(tags)}}}}}", text)

    def with_tags(match: re.Match[str]) -> str:
        address = match[0].rstrip(_TAIL)
        return _tagged_address(address, tags) + match[0][len(address) :]

    return _ADDRESS.sub(with_tags, text)


def _tagged_address(address: str, tags: dict[str, str]) -> str:
    parts = urlsplit(address)
    present = dict(parse_qsl(parts.query, keep_blank_values=True))
    if any(name.startswith("utm_") for name in present):
        return address
    query = "&".join(filter(None, [parts.query, urlencode(tags)]))
    return urlunsplit(parts._replace(query=query))


def sample(text: str) -> str:
    """Return a text with an address in the article's place, to count and to show it before there is one."""
    return LINK.sub(_SAMPLE, text)


def clock(seconds: float) -> str:
    """Say how long a film is: minutes and seconds, with hours where there are some."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
