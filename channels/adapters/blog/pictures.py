"""Pictures and films of an article: the first picture is its featured one, the rest stands in it. Pure.

https://developer.wordpress.org/block-editor/reference-guides/core-blocks/#image
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from channels.types import Outgoing, OutgoingMedia

#: Parts a picture's number from its address in a handle.
_BAR = "|"


def handle_of(uploaded: Mapping[str, Any]) -> str:
    """Return what has to be remembered of an upload: its number and its address."""
    return f"{uploaded['id']}{_BAR}{uploaded.get('source_url') or ''}"


def number_of(handle: str) -> int:
    """Return a picture's number."""
    return int(handle.partition(_BAR)[0])


def featured(out: Outgoing) -> int | None:
    """Return the number of the first picture; a film is none."""
    pairs = zip(out.media, out.media_handles, strict=False)
    stills = [handle for media, handle in pairs if not _is_film(media)]
    return number_of(stills[0]) if stills else None


def figures(out: Outgoing) -> str:
    """Return the films, and the pictures after the first, below the words; nothing for one that has no address."""
    rest = list(zip(out.media, out.media_handles, strict=False))
    first = next((handle for media, handle in rest if not _is_film(media)), "")
    return "".join(_figure(handle, media) for media, handle in rest if handle != first)


def _is_film(media: OutgoingMedia) -> bool:
    return media.content_type.startswith("video/")


def _figure(handle: str, media: OutgoingMedia) -> str:
    number, _, address = handle.partition(_BAR)
    if not address:
        return ""
    words = escape(media.alt_text)
    if _is_film(media):
        return (
            f'\n<!-- wp:video {{"id":{int(number)}}} -->'
            f'\n<figure class="wp-block-video"><video controls src="{escape(address)}" '
            f'aria-label="{words}"></video></figure>'
            "\n<!-- /wp:video -->"
        )
    return (
        f'\n<!-- wp:image {{"id":{int(number)},"sizeSlug":"full"}} -->'
        f'\n<figure class="wp-block-image size-full"><img src="{escape(address)}" '
        f'alt="{words}" class="wp-image-{int(number)}"/></figure>'
        "\n<!-- /wp:image -->"
    )
