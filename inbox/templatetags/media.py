"""How a picture or film from outside is shown: inside the page only over a safe way."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings

register = template.Library()

#: Films that every browser plays by itself.
_PLAYABLE = (".mp4", ".webm", ".m4v", ".mov")
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")


@register.filter
def shown_as(item: Mapping[str, Any]) -> str:
    """Return image, sticker, film, still (a film of which only a picture is known), link, or nothing.

    Over plain http nothing is drawn, only linked to; the sandbox is the exception the policy knows.
    """
    url = str(item.get("url") or "")
    if not url:
        return ""
    if not is_safe(url):
        return "link"
    path = urlsplit(url).path.lower()
    kind = item.get("kind", "image")
    if kind in {"image", "sticker", "link"}:
        return "image" if kind == "image" else kind
    if path.endswith(_PLAYABLE):
        return "film"
    is_picture = path.endswith(_PICTURES) or is_safe(str(item.get("preview") or ""))
    return "still" if is_picture else "link"


def is_safe(url: str) -> bool:
    """Whether the page may load something from there."""
    sandbox = settings.SANDBOX_URL
    return url.startswith("https://") or bool(sandbox and url.startswith(f"{sandbox}/"))
